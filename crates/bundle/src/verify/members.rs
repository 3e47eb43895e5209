//! The members of an archive, found by name and marked as checks come upon them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::ReadAt;
use crate::digest::Sha256;
use crate::zip::{self, Archive, Entry, Folder, Name};

/// What the manifest says a member's digest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A digest.
    Digest(Sha256),
    /// Something else than a digest.
    NotADigest,
}

const LISTED: u8 = 1;
const NAMED: u8 = 2;
const DOCUMENT_WRITTEN: u8 = 4;

/// Entries with what is known of each: a byte of marks, and a digest only where it is not the name itself.
pub(crate) struct Members<'a> {
    entries: &'a [Entry],
    sorted: &'a [u32],
    marks: Vec<AtomicU8>,
    expected: HashMap<usize, Expected>,
}

impl<'a> Members<'a> {
    pub(crate) fn new<R: ReadAt + ?Sized>(archive: &'a Archive<'_, R>) -> Self {
        let (entries, sorted) = (archive.entries(), archive.sorted());
        let marks = entries.iter().map(|_| AtomicU8::new(0)).collect();
        Self {
            entries,
            sorted,
            marks,
            expected: HashMap::new(),
        }
    }

    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// Where a member stands in the archive.
    pub(crate) fn find(&self, name: &Name) -> Option<usize> {
        zip::position(self.entries, self.sorted, name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Entry> {
        self.find(&Name::new(name))
            .and_then(|i| self.entries.get(i))
    }

    pub(crate) fn blob(&self, folder: Folder, digest: &Sha256) -> Option<usize> {
        self.find(&Name::Blob(folder, *digest))
    }

    pub(crate) fn expect(&mut self, index: usize, digest: Option<&str>) {
        self.mark(index, LISTED);
        let digest = digest.and_then(|text| text.parse().ok());
        let own = self
            .entries
            .get(index)
            .and_then(|entry| entry.name.blob())
            .map(|(_, digest)| digest);
        if digest.is_none() || digest != own {
            self.expected
                .insert(index, digest.map_or(Expected::NotADigest, Expected::Digest));
        }
    }

    /// What the manifest says; `None` for members that it does not list.
    pub(crate) fn expected(&self, index: usize) -> Option<Expected> {
        if !self.has(index, LISTED) {
            return None;
        }
        let own = || {
            self.entries
                .get(index)
                .and_then(|entry| entry.name.blob())
                .map(|(_, d)| Expected::Digest(d))
        };
        self.expected.get(&index).cloned().or_else(own)
    }

    /// The digest that the manifest gives for a member.
    pub(crate) fn listed_digest(&self, name: &str) -> Option<Sha256> {
        match self.expected(self.find(&Name::new(name))?)? {
            Expected::Digest(digest) => Some(digest),
            Expected::NotADigest => None,
        }
    }

    pub(crate) fn is_listed(&self, index: usize) -> bool {
        self.has(index, LISTED)
    }

    /// An entry of the record names this blob.
    pub(crate) fn name(&self, index: usize) {
        self.mark(index, NAMED);
    }

    pub(crate) fn is_named(&self, index: usize) -> bool {
        self.has(index, NAMED)
    }

    /// Whether this is the first time that the graph node of this document is written.
    pub(crate) fn first_document(&self, index: usize) -> bool {
        let mark = self.marks.get(index);
        mark.is_some_and(|mark| {
            mark.fetch_or(DOCUMENT_WRITTEN, Ordering::Relaxed) & DOCUMENT_WRITTEN == 0
        })
    }

    fn mark(&self, index: usize, bit: u8) {
        if let Some(mark) = self.marks.get(index) {
            mark.fetch_or(bit, Ordering::Relaxed);
        }
    }

    fn has(&self, index: usize, bit: u8) -> bool {
        self.marks
            .get(index)
            .is_some_and(|mark| mark.load(Ordering::Relaxed) & bit != 0)
    }
}
