//! The zone of the machine, as a child of its own sees it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::path::Path;

use store::{Clock, SystemClock, UtcTime};
use support::{child, given_root, skip};

#[test]
fn child_tells_its_zone() {
    if given_root().is_none() {
        return;
    }
    let clock = SystemClock::new();
    let offset = |text: &str| clock.utc_offset_seconds(text.parse::<UtcTime>().unwrap());
    assert_eq!(clock.zone(), "Europe/Berlin");
    assert_eq!(offset("2026-01-15T12:00:00.000000+00:00"), 3600);
    assert_eq!(offset("2026-07-15T12:00:00.000000+00:00"), 7200);
}

#[test]
fn zone_and_offset_follow_tz() {
    if !Path::new("/usr/share/zoneinfo/Europe/Berlin").exists() {
        return skip(
            "zone_and_offset_follow_tz",
            "no time zone data are installed",
        );
    }
    let output = child("child_tells_its_zone", Path::new("/"))
        .env("TZ", "Europe/Berlin")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
