//! The archive, as its directory describes it.

use bundle::ReadAt;
use bundle::zip::{Archive, Entry, Folder, Method, Name};

/// So many members that are no blobs are described.
const SHOWN: usize = 100;

/// What the directory says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveFacts {
    /// How many members there are.
    pub members: u64,
    /// What they hold together, in bytes.
    pub bytes: u64,
    /// How many are stored as they are.
    pub stored: u64,
    /// How many are deflated.
    pub deflated: u64,
    /// How many are packed in a way that is not read here.
    pub other_methods: u64,
    /// The documents' bytes.
    pub raw: BlobFacts,
    /// The texts taken out of documents.
    pub extract: BlobFacts,
    /// What else belongs to entries.
    pub aux: BlobFacts,
    /// The first members that are no blobs.
    pub others: Vec<MemberFacts>,
    /// How many more of these there are.
    pub more_others: u64,
    /// Why the archive is refused; the first hundred reasons.
    pub problems: Vec<FoundProblem>,
    /// How many reasons there are.
    pub problem_count: u64,
    /// Where a sound archive departs from the one form in which archives are sealed.
    pub deviation: Option<String>,
}

/// One folder of blobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlobFacts {
    /// How many there are.
    pub count: u64,
    /// What they hold together, in bytes.
    pub bytes: u64,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFacts {
    /// Its name.
    pub name: String,
    /// What it holds, in bytes.
    pub bytes: u64,
    /// What it takes in the archive, in bytes.
    pub packed: u64,
    /// `stored`, `deflated`, or a number.
    pub method: String,
}

/// One reason why an archive is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProblem {
    /// The word of the catalogue.
    pub code: &'static str,
    /// The member; empty if the whole archive is meant.
    pub place: String,
    /// What was found.
    pub detail: String,
}

impl ArchiveFacts {
    pub(super) fn of<R: ReadAt + ?Sized>(archive: &Archive<'_, R>) -> Self {
        let problems = archive.problems().iter().map(|problem| FoundProblem {
            code: problem.code,
            place: problem.place.clone(),
            detail: problem.detail.clone(),
        });
        let mut facts = Self {
            members: archive.len() as u64,
            bytes: archive.declared_size(),
            problems: problems.collect(),
            problem_count: archive.problem_count(),
            deviation: archive.canonical_deviation().map(str::to_owned),
            ..Self::default()
        };
        archive
            .entries()
            .iter()
            .for_each(|entry| facts.count(entry));
        facts
    }

    fn count(&mut self, entry: &Entry) {
        let method = match entry.method() {
            Method::Stored => &mut self.stored,
            Method::Deflated => &mut self.deflated,
            Method::Other(_) => &mut self.other_methods,
        };
        *method += 1;
        let blobs = match &entry.name {
            Name::Blob(Folder::Raw, _) => &mut self.raw,
            Name::Blob(Folder::Extract, _) => &mut self.extract,
            Name::Blob(Folder::Aux, _) => &mut self.aux,
            Name::Other(name) if self.others.len() < SHOWN => {
                self.others.push(MemberFacts {
                    name: name.to_string(),
                    bytes: entry.size,
                    packed: entry.compressed,
                    method: match entry.method() {
                        Method::Stored => "stored".to_owned(),
                        Method::Deflated => "deflated".to_owned(),
                        Method::Other(number) => number.to_string(),
                    },
                });
                return;
            }
            Name::Other(_) => {
                self.more_others += 1;
                return;
            }
        };
        blobs.count += 1;
        blobs.bytes = blobs.bytes.saturating_add(entry.size);
    }
}
