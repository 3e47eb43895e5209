//! Progress and cancelling: what every call that can last is given.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Result, StoreError};

/// Told about progress and asked whether to stop, at least every MiB or row.
pub trait Watch: Sync {
    /// So much is done, of so much in all if that is known. The unit is the caller's: bytes, rows or items.
    fn progress(&self, done: u64, total: Option<u64>);

    /// True once the work is no longer wanted.
    fn canceled(&self) -> bool;

    /// Fails with `canceled` once the work is no longer wanted.
    ///
    /// # Errors
    /// `canceled`.
    fn go_on(&self) -> Result<()> {
        if self.canceled() {
            Err(StoreError::Canceled)
        } else {
            Ok(())
        }
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _done: u64, _total: Option<u64>) {}

    fn canceled(&self) -> bool {
        false
    }
}

/// Counts what it is told and cancels when asked to: for tests.
#[derive(Debug, Default)]
pub struct CountingWatch {
    reports: AtomicU64,
    last: AtomicU64,
    cancel_after: Option<u64>,
    canceled: AtomicBool,
}

impl CountingWatch {
    /// Cancels by itself once `done` has reached this.
    pub fn cancel_after(done: u64) -> Self {
        Self {
            cancel_after: Some(done),
            ..Self::default()
        }
    }

    /// Cancels now.
    pub fn cancel(&self) {
        self.canceled.store(true, Ordering::Release);
    }

    /// How often progress was told.
    pub fn reports(&self) -> u64 {
        self.reports.load(Ordering::Acquire)
    }

    /// The last `done`.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }
}

impl Watch for CountingWatch {
    fn progress(&self, done: u64, _total: Option<u64>) {
        self.reports.fetch_add(1, Ordering::AcqRel);
        self.last.store(done, Ordering::Release);
        if self.cancel_after.is_some_and(|limit| done >= limit) {
            self.cancel();
        }
    }

    fn canceled(&self) -> bool {
        self.canceled.load(Ordering::Acquire)
    }
}
