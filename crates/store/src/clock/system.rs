//! The clocks of the machine.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::time::{ClockId, clock_gettime};

use super::{Clock, ClockSync, UtcTime};

/// The clocks of the machine. The zone (from `TZ` or `/etc/localtime`) and the boot are read once.
#[derive(Debug, Clone)]
pub struct SystemClock {
    zone: TimeZone,
    boot: String,
}

impl SystemClock {
    /// Reads zone and boot.
    pub fn new() -> Self {
        Self {
            zone: TimeZone::system(),
            boot: boot_id(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> UtcTime {
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => {
                i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros)
            }
        };
        UtcTime::from_unix_micros(micros)
    }

    fn monotonic_ms(&self) -> u64 {
        let time = clock_gettime(ClockId::Monotonic);
        let ms = i128::from(time.tv_sec) * 1000 + i128::from(time.tv_nsec) / 1_000_000;
        u64::try_from(ms).unwrap_or(0)
    }

    fn boot_id(&self) -> String {
        self.boot.clone()
    }

    fn zone(&self) -> String {
        self.zone
            .iana_name()
            .unwrap_or(if self.zone == TimeZone::UTC {
                "Etc/UTC"
            } else {
                "unknown"
            })
            .to_owned()
    }

    fn utc_offset_seconds(&self, at: UtcTime) -> i32 {
        Timestamp::from_microsecond(at.unix_micros())
            .map_or(0, |at| self.zone.to_offset(at).seconds())
    }

    fn sync(&self) -> ClockSync {
        // systemd-timesyncd keeps this folder and touches the file when it has set the clock. Other services leave no
        // trace that an ordinary user can read, so all else is unknown.
        let folder = Path::new("/run/systemd/timesync");
        if folder.join("synchronized").exists() {
            ClockSync::Yes
        } else if folder.exists() {
            ClockSync::No
        } else {
            ClockSync::Unknown
        }
    }
}

/// The kernel's name for this boot, else `unknown`. (The second in which it started would be no substitute: it moves
/// when the wall clock is set.)
fn boot_id() -> String {
    let random = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let random = random
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    random.unwrap_or_else(|| "unknown".to_owned())
}
