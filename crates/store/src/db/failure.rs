//! What SQLite's errors mean.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::error::StoreError;

thread_local! {
    /// The database that this thread is working with, so that its errors can name it.
    static CURRENT: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// Does something with a database; errors of SQLite on the way name its file.
pub(crate) fn within<T>(path: &Path, act: impl FnOnce() -> T) -> T {
    struct Back(Option<PathBuf>);
    impl Drop for Back {
        fn drop(&mut self) {
            CURRENT.replace(self.0.take());
        }
    }
    let _back = Back(CURRENT.replace(Some(path.to_owned())));
    act()
}

/// The extended code for a shared-memory file that could not grow: the disk is full.
const IOERR_SHMSIZE: i32 = 4874;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let path = CURRENT.with_borrow(Clone::clone);
        let detail = error.to_string();
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::DatabaseFailed { path, detail };
        };
        let place = || path.clone().unwrap_or_default();
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::DatabaseLocked { path },
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Self::DatabaseCorrupt { path, detail }
            }
            ErrorCode::DiskFull => Self::DiskFull {
                operation: "write to",
                path: place(),
            },
            ErrorCode::SystemIoFailure if failure.extended_code == IOERR_SHMSIZE => {
                Self::DiskFull {
                    operation: "write to",
                    path: place(),
                }
            }
            ErrorCode::SystemIoFailure => Self::Io {
                operation: "read or write",
                path: place(),
                source: io::Error::other(error),
            },
            ErrorCode::ReadOnly => Self::ReadOnly {
                operation: "write to",
                path: place(),
            },
            ErrorCode::PermissionDenied => Self::PermissionDenied {
                operation: "open",
                path: place(),
            },
            ErrorCode::CannotOpen => Self::Io {
                operation: "open",
                path: place(),
                source: io::Error::other(error),
            },
            ErrorCode::OperationInterrupted => Self::Canceled,
            _ => Self::DatabaseFailed { path, detail },
        }
    }
}
