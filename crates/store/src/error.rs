//! What can go wrong in the store: a stable code, one sentence, the place, the next step.

mod steps;

use std::io;
use std::path::{Path, PathBuf};

use bundle::Sha256;

use crate::blobs::BlobKind;
use crate::filesystem::Filesystem;
use crate::holder::{self, Holder};

pub use steps::NEXT_STEPS;

/// What the calls of this crate return.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A refusal or failure of the store. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `io`: the operating system refused an operation.
    #[error("could not {operation} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        operation: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// `disk_full`: no space, or the quota is used up.
    #[error("could not {operation} {}: the disk is full", path.display())]
    DiskFull {
        /// What was tried, as a verb.
        operation: &'static str,
        /// What it was tried on.
        path: PathBuf,
    },
    /// `permission_denied`: this user may not do that.
    #[error("could not {operation} {}: permission denied", path.display())]
    PermissionDenied {
        /// What was tried, as a verb.
        operation: &'static str,
        /// What it was tried on.
        path: PathBuf,
    },
    /// `read_only`: the place is mounted read-only, or was opened for reading only.
    #[error("could not {operation} {}: it can only be read", path.display())]
    ReadOnly {
        /// What was tried, as a verb.
        operation: &'static str,
        /// What it was tried on.
        path: PathBuf,
    },
    /// `database_locked`: another process held the database for longer than the time limit.
    #[error("the database {} is busy: another process has been writing to it for too long", shown(path.as_ref()))]
    DatabaseLocked {
        /// The database file, where known.
        path: Option<PathBuf>,
    },
    /// `database_corrupt`: the file is damaged or is not an SQLite database.
    #[error("the database {} is damaged: {detail}", shown(path.as_ref()))]
    DatabaseCorrupt {
        /// The database file, where known.
        path: Option<PathBuf>,
        /// What SQLite said.
        detail: String,
    },
    /// `database_newer`: a later version of the program has migrated the database.
    #[error("the database {} has version {found}; this program knows versions up to {known}", path.display())]
    DatabaseNewer {
        /// The database file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// `database_older`: the database must be migrated first, and this opening may not write.
    #[error("the database {} has version {found} and must be brought to version {known} first", path.display())]
    DatabaseOlder {
        /// The database file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The version that this program reads.
        known: u32,
    },
    /// `database_failed`: SQLite refused a statement for another reason.
    #[error("the database {} refused: {detail}", shown(path.as_ref()))]
    DatabaseFailed {
        /// The database file, where known.
        path: Option<PathBuf>,
        /// What SQLite said.
        detail: String,
    },
    /// `root_in_use`: other processes hold a folder that is needed alone, or alone a folder that is needed.
    #[error("the folder {} is in use by {}", path.display(), holder::list(holders))]
    RootInUse {
        /// The runtime folder.
        path: PathBuf,
        /// Who holds it, as far as known.
        holders: Vec<Holder>,
    },
    /// `network_filesystem`: on this file system only one process may have the database open.
    #[error("{} lies on {filesystem}, where only one process can use it, and it is in use by {}", path.display(), holder::list(holders))]
    NetworkFilesystem {
        /// The runtime folder.
        path: PathBuf,
        /// The kind of file system.
        filesystem: Filesystem,
        /// Who holds it, as far as known.
        holders: Vec<Holder>,
    },
    /// `reference_root`: the database was made by the reference platform.
    #[error("the database {} was made by the reference platform and is not changed", path.display())]
    ReferenceRoot {
        /// The database file.
        path: PathBuf,
    },
    /// `not_a_data_root`: the folder holds something else, or nothing.
    #[error("{} is not a data folder: {detail}", path.display())]
    NotADataRoot {
        /// The folder or file.
        path: PathBuf,
        /// What was found or missed.
        detail: &'static str,
    },
    /// `is_a_backup`: the folder is a backup, which is restored and not worked in.
    #[error("{} is a backup, not a data folder", path.display())]
    IsABackup {
        /// The folder.
        path: PathBuf,
    },
    /// `lease_lost`: the run was claimed by somebody else meanwhile.
    #[error("the run {run_id} is no longer this worker's")]
    LeaseLost {
        /// The run.
        run_id: String,
    },
    /// `blob_missing`: there is no blob of that kind and digest.
    #[error("the {kind} bytes {digest} are missing")]
    BlobMissing {
        /// The kind of blob.
        kind: BlobKind,
        /// The digest asked for.
        digest: Sha256,
        /// Where it should lie.
        path: PathBuf,
    },
    /// `blob_damaged`: the bytes under a digest have another digest.
    #[error("the {kind} bytes {digest} are damaged: {detail}")]
    BlobDamaged {
        /// The kind of blob.
        kind: BlobKind,
        /// The digest asked for.
        digest: Sha256,
        /// Where they lie.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
    /// `canceled`: whoever asked for it asked to stop.
    #[error("canceled")]
    Canceled,
}

impl StoreError {
    /// The failure of an operation on a path, sorted into its kind. A [`StoreError`] carried inside comes out unchanged.
    pub fn io(operation: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let source = match source.downcast::<Self>() {
            Ok(inner) => return inner,
            Err(source) => source,
        };
        let path = path.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { operation, path }
            }
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { operation, path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { operation, path },
            _ => Self::Io {
                operation,
                path,
                source,
            },
        }
    }

    /// The stable name, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::DiskFull { .. } => "disk_full",
            Self::PermissionDenied { .. } => "permission_denied",
            Self::ReadOnly { .. } => "read_only",
            Self::DatabaseLocked { .. } => "database_locked",
            Self::DatabaseCorrupt { .. } => "database_corrupt",
            Self::DatabaseNewer { .. } => "database_newer",
            Self::DatabaseOlder { .. } => "database_older",
            Self::DatabaseFailed { .. } => "database_failed",
            Self::RootInUse { .. } => "root_in_use",
            Self::NetworkFilesystem { .. } => "network_filesystem",
            Self::ReferenceRoot { .. } => "reference_root",
            Self::NotADataRoot { .. } => "not_a_data_root",
            Self::IsABackup { .. } => "is_a_backup",
            Self::LeaseLost { .. } => "lease_lost",
            Self::BlobMissing { .. } => "blob_missing",
            Self::BlobDamaged { .. } => "blob_damaged",
            Self::Canceled => "canceled",
        }
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. }
            | Self::DiskFull { path, .. }
            | Self::PermissionDenied { path, .. }
            | Self::ReadOnly { path, .. }
            | Self::DatabaseNewer { path, .. }
            | Self::DatabaseOlder { path, .. }
            | Self::RootInUse { path, .. }
            | Self::NetworkFilesystem { path, .. }
            | Self::ReferenceRoot { path }
            | Self::NotADataRoot { path, .. }
            | Self::IsABackup { path }
            | Self::BlobMissing { path, .. }
            | Self::BlobDamaged { path, .. } => Some(path),
            Self::DatabaseLocked { path }
            | Self::DatabaseCorrupt { path, .. }
            | Self::DatabaseFailed { path, .. } => path.as_deref(),
            Self::LeaseLost { .. } | Self::Canceled => None,
        }
    }

    /// What to do now.
    pub fn next_step(&self) -> &'static str {
        let found = NEXT_STEPS.iter().find(|(word, ..)| *word == self.code());
        found.map_or("", |(_, _, next)| *next)
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        Self::other(error)
    }
}

fn shown(path: Option<&PathBuf>) -> String {
    path.map_or_else(|| "(unnamed)".to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_the_system_are_sorted() {
        for (kind, code) in [
            (io::ErrorKind::StorageFull, "disk_full"),
            (io::ErrorKind::QuotaExceeded, "disk_full"),
            (io::ErrorKind::PermissionDenied, "permission_denied"),
            (io::ErrorKind::ReadOnlyFilesystem, "read_only"),
            (io::ErrorKind::ConnectionReset, "io"),
        ] {
            let error = StoreError::io("write", "/a/b", kind.into());
            assert_eq!(
                (error.code(), error.place()),
                (code, Some(Path::new("/a/b")))
            );
            assert!(
                error.to_string().starts_with("could not write /a/b: "),
                "{error}"
            );
            assert!(!error.next_step().is_empty());
        }
    }

    #[test]
    fn an_error_comes_through_a_stream_unchanged() {
        let inside = io::Error::from(StoreError::Canceled);
        assert_eq!(StoreError::io("read", "/a", inside).code(), "canceled");
    }
}
