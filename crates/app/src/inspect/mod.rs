//! What is inside a bundle, by its own words: nothing is checked and nothing is believed.
//!
//! It works on broken bundles as far as they can be read, and names what cannot. Memory grows with the number of
//! members and with nothing else, whatever a file claims.

mod archive;
mod contents;
mod members;
mod value;

use std::path::Path;

use bundle::ReadAt;
use bundle::canon::{Object, Value};
use bundle::verify::Progress;
use bundle::zip::{Archive, Limits};

use crate::error::AppError;
use crate::fault::Fault;
use crate::file::FileReadAt;

pub use archive::{ArchiveFacts, BlobFacts, FoundProblem, MemberFacts};
pub use contents::DocumentFacts;

/// What a file says of itself. A part is missing where it is not there or cannot be read; the latter stands in
/// [`Inspection::unreadable`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inspection {
    /// The size of the file in bytes.
    pub file_bytes: u64,
    /// The archive.
    pub archive: Option<ArchiveFacts>,
    /// The manifest's fields, without the list of members and the object `fieldgrade`.
    pub manifest: Option<Object>,
    /// How many members the manifest lists.
    pub listed: Option<u64>,
    /// The manifest's object `fieldgrade`: what bundles of ours have and others do not.
    pub fieldgrade: Option<Value>,
    /// The sealer's label.
    pub label: Option<String>,
    /// The signer's card.
    pub card: Option<Object>,
    /// The name of the sealer's policy.
    pub policy_id: Option<String>,
    /// How many parts of the sealing program are listed.
    pub sbom_components: Option<u64>,
    /// How many entries of the record there are.
    pub entries: Option<u64>,
    /// How many changes are proposed.
    pub changes: Option<u64>,
    /// How many documents are listed.
    pub documents: Option<u64>,
    /// The first of them.
    pub first_documents: Vec<DocumentFacts>,
    /// What cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A part that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Which part: a member's name, or `archive`.
    pub part: String,
    /// Why, in a few words.
    pub why: String,
}

impl Inspection {
    /// Whether all of it could be read, and the archive has one reading only.
    pub fn whole(&self) -> bool {
        let sound = self
            .archive
            .as_ref()
            .is_some_and(|archive| archive.problems.is_empty());
        sound && self.unreadable.is_empty()
    }

    fn cannot_read(&mut self, part: &str, why: impl Into<String>) {
        let (part, why) = (part.to_owned(), why.into());
        self.unreadable.push(Unreadable { part, why });
    }
}

/// Looks into a file.
pub fn inspect_file(path: &Path, progress: &dyn Progress) -> Result<Inspection, AppError> {
    let source = FileReadAt::open(path)?;
    inspect(&source, progress).map_err(|error| error.in_file(path))
}

fn inspect<R: ReadAt + ?Sized>(
    source: &R,
    progress: &dyn Progress,
) -> Result<Inspection, AppError> {
    let mut inspection = Inspection {
        file_bytes: source.size(),
        ..Inspection::default()
    };
    match Archive::open(source, &Limits::default()) {
        Ok(archive) => {
            inspection.archive = Some(ArchiveFacts::of(&archive));
            contents::look(&archive, &mut inspection, progress);
        }
        Err(refusal) if refusal.problem.code == "zip_read_failed" => {
            let error = std::io::Error::other(refusal.problem.detail);
            return Err(error.into());
        }
        Err(refusal) => inspection.cannot_read("archive", refusal.problem.detail),
    }
    if progress.canceled() {
        return Err(Fault::Canceled.error());
    }
    Ok(inspection)
}

#[cfg(test)]
mod tests;
