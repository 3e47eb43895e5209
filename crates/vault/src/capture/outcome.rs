//! What became of each file.

use bundle::Sha256;

use crate::source::SourceError;
use crate::uploads::UploadId;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemStatus {
    /// A new item with bytes that were not there before.
    Captured,
    /// The bytes were there; the item, or the sighting of the same file, is recorded all the same.
    Duplicate,
    /// It was not captured.
    Failed,
}

impl ItemStatus {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Duplicate => "duplicate",
            Self::Failed => "failed",
        }
    }
}

/// Why a file was not captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// A stable word.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub next: &'static str,
}

impl From<&SourceError> for ItemError {
    fn from(error: &SourceError) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            next: error.next_step(),
        }
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOutcome {
    /// Its path relative to what was dropped, safe to show.
    pub path: String,
    /// The upload that it came by.
    pub upload: Option<UploadId>,
    /// The number of the item: a new one, or the one that was seen again.
    pub item: Option<u64>,
    /// The hash of the item's CAPTURE event.
    pub id: Option<Sha256>,
    /// Digest of the bytes.
    pub sha256: Option<Sha256>,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// What became of it.
    pub status: ItemStatus,
    /// The first item with the same bytes.
    pub same_as: Option<u64>,
    /// Whether it is the very same file again, so that no new item was made.
    pub sighting: bool,
    /// Why it was not captured.
    pub error: Option<ItemError>,
}

impl ItemOutcome {
    /// A file that was not captured.
    pub(crate) fn failed(path: String, error: ItemError) -> Self {
        Self {
            path,
            upload: None,
            item: None,
            id: None,
            sha256: None,
            bytes: None,
            status: ItemStatus::Failed,
            same_as: None,
            sighting: false,
            error: Some(error),
        }
    }
}

/// What became of a drop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaptureReport {
    /// Number of the intake; none if nothing was captured.
    pub intake: Option<u64>,
    /// New items with new bytes.
    pub captured: u64,
    /// Files whose bytes were there.
    pub duplicates: u64,
    /// Files that were not captured.
    pub failed: u64,
    /// Bytes of all that was captured or seen again.
    pub bytes: u64,
    /// The clock shows an earlier time than for the entry before.
    pub clock_went_back: bool,
    /// It was stopped before all files were reached.
    pub canceled: bool,
}
