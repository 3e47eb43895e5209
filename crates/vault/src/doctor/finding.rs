//! What was found.

use std::path::Path;

use super::codes;
use crate::error::{Result, VaultError};

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something that was acknowledged is damaged, missing or not to be relied on.
    Error,
    /// Nothing is lost, and somebody should act.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable word for it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in one sentence.
    pub what: String,
    /// Where.
    pub place: Option<String>,
    /// What to do about it.
    pub next: String,
    /// Whether it was mended just now.
    pub repaired: bool,
}

impl Finding {
    /// A finding in the catalogue's words, but for what is said of this one.
    pub(crate) fn new(code: &'static str, what: impl Into<String>) -> Self {
        let (_, severity, _, next) = codes::explain(code);
        Self {
            code,
            severity,
            what: what.into(),
            place: None,
            next: next.to_owned(),
            repaired: false,
        }
    }

    pub(crate) fn at(self, path: &Path) -> Self {
        self.within(path.display().to_string())
    }

    pub(super) fn within(self, place: String) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    pub(super) fn advising(self, next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            ..self
        }
    }

    pub(super) fn mended(self, repaired: bool) -> Self {
        Self { repaired, ..self }
    }

    /// An error as a finding; a cancel stays an error.
    pub(super) fn of_error(error: &VaultError, severity: Severity) -> Result<Self> {
        if let VaultError::Store(store::StoreError::Canceled) = error {
            return Err(VaultError::Store(store::StoreError::Canceled));
        }
        Ok(Self {
            code: error.code(),
            severity,
            what: error.to_string(),
            place: error.place().map(|path| path.display().to_string()),
            next: error.next_step(),
            repaired: false,
        })
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of ledgers.
    pub entries: u64,
    /// Items.
    pub items: u64,
    /// Files in the content-addressed store.
    pub blobs: u64,
    /// Bytes of blobs and packages that were read.
    pub bytes_read: u64,
    /// Sealed packages.
    pub bundles: u64,
}

/// The result of an examination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkup {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub counts: Counts,
}

impl Checkup {
    /// How many findings of a kind are left.
    pub fn left(&self, severity: Severity) -> usize {
        let left = |finding: &&Finding| finding.severity == severity && !finding.repaired;
        self.findings.iter().filter(left).count()
    }

    /// How many were mended.
    pub fn repaired(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.repaired)
            .count()
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Takes over what another examination found.
    pub(crate) fn take(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.counts.entries += other.counts.entries;
        self.counts.items += other.counts.items;
        self.counts.blobs += other.counts.blobs;
        self.counts.bytes_read += other.counts.bytes_read;
    }

    /// The worst first; among equals in the order in which they were found.
    pub(super) fn sorted(mut self) -> Self {
        self.findings.sort_by_key(|finding| finding.severity);
        self
    }
}
