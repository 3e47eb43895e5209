//! Time as an argument: the wall clock with its zone, and the monotonic clock with the boot that it counts from.

mod fixed;
mod system;
mod utc;

pub use fixed::FixedClock;
pub use system::SystemClock;
pub use utc::{NotATime, UtcTime};

/// What a device's clock shows, and how far it can be believed.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> UtcTime;

    /// Milliseconds on a clock that never jumps and stands still in sleep; comparable between processes of one boot.
    fn monotonic_ms(&self) -> u64;

    /// A name for the present boot of this machine; `unknown` where the system has none.
    fn boot_id(&self) -> String;

    /// The name of the local time zone (`Europe/Berlin`), or `unknown`.
    fn zone(&self) -> String;

    /// The local time's distance from UTC at that moment, in seconds, east positive.
    fn utc_offset_seconds(&self, at: UtcTime) -> i32;

    /// Whether something keeps the wall clock right.
    fn sync(&self) -> ClockSync;

    /// Everything at one moment, as the ledger keeps it.
    fn reading(&self) -> ClockReading {
        let now = self.now();
        ClockReading {
            now,
            mono_ms: self.monotonic_ms(),
            boot: self.boot_id(),
            zone: self.zone(),
            utc_offset: offset_text(self.utc_offset_seconds(now)),
            sync: self.sync(),
        }
    }
}

/// Whether something keeps the wall clock right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockSync {
    /// A time service says that it has set the clock.
    Yes,
    /// A time service runs and has not set the clock yet.
    No,
    /// Nobody says.
    Unknown,
}

impl ClockSync {
    /// `yes`, `no` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// A device's clock at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockReading {
    /// The wall clock.
    pub now: UtcTime,
    /// [`Clock::monotonic_ms`].
    pub mono_ms: u64,
    /// [`Clock::boot_id`].
    pub boot: String,
    /// [`Clock::zone`].
    pub zone: String,
    /// The distance from UTC as `+01:00`; with seconds (`+00:19:32`) where a zone has them.
    pub utc_offset: String,
    /// [`Clock::sync`].
    pub sync: ClockSync,
}

fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.unsigned_abs();
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    if rest == 0 {
        format!("{sign}{hours:02}:{minutes:02}")
    } else {
        format!("{sign}{hours:02}:{minutes:02}:{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_written_out() {
        assert_eq!(offset_text(0), "+00:00");
        assert_eq!(offset_text(-12_600), "-03:30");
        assert_eq!(offset_text(1172), "+00:19:32");
    }

    #[test]
    fn the_system_clock_tells_all_it_knows() {
        let clock = SystemClock::new();
        let (first, second) = (clock.reading(), clock.reading());
        assert!(second.mono_ms >= first.mono_ms);
        assert_eq!(first.boot, second.boot);
        assert!(!first.boot.is_empty() && !first.zone.is_empty());
        assert!(first.now > "2024-01-01T00:00:00.000000+00:00".parse().unwrap());
    }
}
