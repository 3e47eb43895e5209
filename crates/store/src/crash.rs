//! Where a test lets the process die: every durable operation passes here first.
//!
//! Without the feature `crash-points` nothing of this is compiled in. With it, operations are counted from 1; the
//! process aborts *instead of* operation `FIELDGRADE_CRASH_AT`, and the count so far stands in the file
//! `FIELDGRADE_CRASH_COUNT_FILE` after each operation.

/// A kind of durable operation.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "crash-points"), allow(dead_code))]
pub(crate) enum Act {
    /// A file or folder comes into being.
    Create,
    /// All bytes of a file are handed to the system.
    Written,
    /// The bytes of a file are forced to the disk.
    Sync,
    /// A file gets another name.
    Rename,
    /// A name goes.
    Remove,
    /// The names in a folder are forced to the disk.
    SyncFolder,
    /// A database transaction is committed.
    Commit,
}

#[cfg(not(feature = "crash-points"))]
#[inline]
pub(crate) fn point(_act: Act) {}

#[cfg(feature = "crash-points")]
pub(crate) fn point(act: Act) {
    counted::point(act);
}

#[cfg(feature = "crash-points")]
mod counted {
    use std::ffi::OsString;
    use std::sync::{Mutex, OnceLock, PoisonError};

    use super::Act;

    struct Plan {
        crash_at: Option<u64>,
        count_file: Option<OsString>,
        done: Mutex<u64>,
    }

    pub(super) fn point(act: Act) {
        static PLAN: OnceLock<Plan> = OnceLock::new();
        let plan = PLAN.get_or_init(|| Plan {
            crash_at: std::env::var("FIELDGRADE_CRASH_AT")
                .ok()
                .and_then(|text| text.parse().ok()),
            count_file: std::env::var_os("FIELDGRADE_CRASH_COUNT_FILE"),
            done: Mutex::new(0),
        });
        let mut done = plan.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        if plan.crash_at == Some(*done) {
            std::process::abort();
        }
        if let Some(file) = &plan.count_file {
            // The count is a convenience of tests; when it cannot be written the test that reads it says so.
            let _ = std::fs::write(file, format!("{done} {act:?}\n"));
        }
    }
}
