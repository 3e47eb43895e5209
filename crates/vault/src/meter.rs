//! Progress that several threads add to.

use std::sync::atomic::{AtomicU64, Ordering};

use store::Watch;

/// Counts the bytes that all readers have done.
pub(crate) struct Meter<'a> {
    pub watch: &'a dyn Watch,
    done: AtomicU64,
    total: u64,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(watch: &'a dyn Watch, total: u64) -> Self {
        Self {
            watch,
            done: AtomicU64::new(0),
            total,
        }
    }

    pub(crate) fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.watch.progress(done, Some(self.total.max(done)));
    }
}
