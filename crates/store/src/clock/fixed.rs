//! A clock that a test sets.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Clock, ClockSync, UtcTime};

/// A clock that goes only when told to.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
    mono_ms: AtomicU64,
    boot: Mutex<String>,
    zone: String,
    offset_seconds: i32,
    sync: ClockSync,
}

impl FixedClock {
    /// Stands at `now`, in UTC, monotonic zero, of boot `boot-1`.
    pub fn at(now: UtcTime) -> Self {
        Self {
            micros: AtomicI64::new(now.unix_micros()),
            mono_ms: AtomicU64::new(0),
            boot: Mutex::new("boot-1".to_owned()),
            zone: "Etc/UTC".to_owned(),
            offset_seconds: 0,
            sync: ClockSync::Unknown,
        }
    }

    /// In another boot.
    #[must_use]
    pub fn in_boot(self, boot: &str) -> Self {
        boot.clone_into(&mut self.boot());
        self
    }

    /// In another zone.
    #[must_use]
    pub fn in_zone(mut self, zone: &str, offset_seconds: i32) -> Self {
        zone.clone_into(&mut self.zone);
        self.offset_seconds = offset_seconds;
        self
    }

    /// Believed or not.
    #[must_use]
    pub const fn synchronised(mut self, sync: ClockSync) -> Self {
        self.sync = sync;
        self
    }

    /// Both clocks go on by so many milliseconds.
    pub fn advance_ms(&self, ms: u64) {
        self.mono_ms.fetch_add(ms, Ordering::AcqRel);
        self.micros.fetch_add(
            i64::try_from(ms.saturating_mul(1000)).unwrap_or(i64::MAX),
            Ordering::AcqRel,
        );
    }

    /// The machine starts again: another boot, and the monotonic clock from zero.
    pub fn reboot(&self, boot: &str) {
        boot.clone_into(&mut self.boot());
        self.mono_ms.store(0, Ordering::Release);
    }

    /// Somebody sets the wall clock; the monotonic one does not notice.
    pub fn set_wall(&self, now: UtcTime) {
        self.micros.store(now.unix_micros(), Ordering::Release);
    }

    fn boot(&self) -> MutexGuard<'_, String> {
        self.boot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_micros(self.micros.load(Ordering::Acquire))
    }

    fn monotonic_ms(&self) -> u64 {
        self.mono_ms.load(Ordering::Acquire)
    }

    fn boot_id(&self) -> String {
        self.boot().clone()
    }

    fn zone(&self) -> String {
        self.zone.clone()
    }

    fn utc_offset_seconds(&self, _at: UtcTime) -> i32 {
        self.offset_seconds
    }

    fn sync(&self) -> ClockSync {
        self.sync
    }
}
