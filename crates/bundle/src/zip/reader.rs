//! An archive, read strictly and once: what is judged here is what is read afterwards.

use std::fmt;

use super::collide;
use super::directory;
use super::entry::Entry;
use super::limits::Limits;
use super::member::MemberReader;
use super::name::Name;
use super::place;
use super::problem::{Problem, Problems, Unreadable};
use crate::ReadAt;

/// An archive whose directory could be read.
///
/// It may still be refused: [`Archive::problems`] lists why. Only an archive without problems has one reading.
pub struct Archive<'a, R: ?Sized> {
    source: &'a R,
    entries: Vec<Entry>,
    sorted: Vec<u32>,
    name_bytes: u64,
    problems: Vec<Problem>,
    problem_count: u64,
    deviation: Option<String>,
}

impl<'a, R: ReadAt + ?Sized> Archive<'a, R> {
    /// Reads and judges end record, directory and every member's header.
    pub fn open(source: &'a R, limits: &Limits) -> Result<Self, Unreadable> {
        let mut problems = Problems::default();
        let place = place::find(source, &mut problems)?;
        let directory = directory::read(source, &place, limits, &mut problems)?;
        let sorted = collide::sort(&directory.entries);
        collide::judge(&directory.entries, &sorted, &mut problems);
        let (problems, problem_count) = problems.finish();
        Ok(Self {
            source,
            entries: directory.entries,
            sorted,
            name_bytes: directory.name_bytes,
            problems,
            problem_count,
            deviation: directory.deviation,
        })
    }

    /// A reader of what the member holds.
    pub fn reader(&self, entry: &Entry) -> MemberReader<'a, R> {
        MemberReader::new(self.source, entry)
    }
}

impl<R: ?Sized> Archive<'_, R> {
    /// The members in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Places of the entries in the order of their names, for [`super::position`].
    pub(crate) fn sorted(&self) -> &[u32] {
        &self.sorted
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The member of this name; the first one, should there be several.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.find_name(&Name::new(name))
    }

    /// The same for a name at hand.
    pub fn find_name(&self, name: &Name) -> Option<&Entry> {
        collide::find(&self.entries, &self.sorted, name)
    }

    /// What all members together claim to hold, in bytes.
    pub fn declared_size(&self) -> u64 {
        let sizes = self.entries.iter().map(|entry| entry.size);
        sizes.fold(0, u64::saturating_add)
    }

    /// Why the archive is refused: structure first, then names. At most a hundred reasons; empty if it is sound.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many problems there are, those not kept included.
    pub fn problem_count(&self) -> u64 {
        self.problem_count
    }

    /// The first way in which a sound archive departs from the one form in which archives are sealed.
    pub fn canonical_deviation(&self) -> Option<&str> {
        self.deviation.as_deref()
    }

    /// How many bytes of names are held in memory, besides the entries.
    pub fn held_name_bytes(&self) -> u64 {
        self.name_bytes
    }
}

/// Whatever it is read from, and without its million entries.
impl<R: ?Sized> fmt::Debug for Archive<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("entries", &self.len())
            .field("problems", &self.problems)
            .field("deviation", &self.deviation)
            .finish_non_exhaustive()
    }
}
