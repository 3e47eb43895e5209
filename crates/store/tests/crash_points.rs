//! The process dies instead of each durable operation in turn, from the making of the data root to the last answer.
//! Needs `--features crash-points`.

#![cfg(feature = "crash-points")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use support::{child, given_root, work};

#[test]
fn child_writes_one_group() {
    if let Some(root) = given_root() {
        work::write_groups(&root, 0, 1);
    }
}

fn run(root: &Path, crash_at: u64, count: &Path) -> Output {
    let mut command = child("child_writes_one_group", root);
    command
        .env("FIELDGRADE_CRASH_AT", crash_at.to_string())
        .env("FIELDGRADE_CRASH_COUNT_FILE", count);
    command.output().unwrap()
}

#[test]
fn every_operation_may_be_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let whole = run(&folder.path().join("whole"), 0, &count);
    assert!(whole.status.success());
    let total: u64 = fs::read_to_string(&count)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(total > 3 * u64::from(work::GROUP), "{total} operations");
    for crash_at in 1..=total {
        let root = folder.path().join(crash_at.to_string());
        let output = run(&root, crash_at, &count);
        assert!(
            !output.status.success(),
            "operation {crash_at} did not stop it"
        );
        let acknowledged = work::acknowledged(&String::from_utf8_lossy(&output.stdout));
        work::judge(&root, &acknowledged);
        // And the work is done by asking again.
        assert!(
            run(&root, 0, &count).status.success(),
            "after a crash at {crash_at}"
        );
        work::judge(&root, &[0].into());
        fs::remove_dir_all(&root).unwrap();
    }
}
