//! The process dies instead of each durable operation in turn, from the announcement of an upload to the last answer: what
//! was acknowledged is there, and by asking again each file becomes one item. Needs `--features crash-points`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use store::Unwatched;
use store::clock::FixedClock;
use vault::{Intake, Piece, Sending, Upload};

use crate::support::{Desk, ROOM, bytes, open, time};

const ROOT: &str = "VAULT_TEST_ROOT";
/// Two with the same bytes, so that one does not move into the store.
const FILES: [(&str, usize); 3] = [("a", 40_000), ("b", 40_000), ("c", 7)];

/// Sends what is missing of all files in two pieces each, then takes them.
fn work(root: &Path) {
    let clock = Arc::new(FixedClock::at(time("2026-03-01T10:00:00.000000+00:00")));
    let (vault, act, project) = open(root, None, &clock);
    let mut ids = Vec::new();
    for (path, length) in FILES {
        let begun = vault.uploads(&project, 0, 100).unwrap();
        let begun = begun.into_iter().find(|upload| upload.path == path);
        let sending = Sending {
            path,
            length: Some(length as u64),
            ..Sending::default()
        };
        let mut upload: Upload = match begun {
            Some(upload) => upload,
            None => vault.begin_upload(&project, &sending, ROOM, &act).unwrap(),
        };
        let whole = bytes(length);
        for end in [length / 2, length] {
            let at = usize::try_from(upload.offset()).unwrap();
            if at < end {
                let piece = Piece::at(upload.offset());
                let sent = vault.append(&upload.id, piece, &mut &whole[at..end], ROOM, &Unwatched);
                upload = sent.unwrap();
                acknowledge(&format!("{path} {end}"));
            }
        }
        ids.push(upload.id);
    }
    let intake = Intake::default();
    let taken = vault.capture_uploads(&project, &ids, &intake, &act, &Unwatched, &mut |item| {
        acknowledge(&format!("item {}", item.path));
    });
    taken.unwrap();
}

#[expect(
    clippy::print_stdout,
    reason = "the test that has started this one reads it"
)]
fn acknowledge(what: &str) {
    // The harness has begun a line of its own.
    println!("\nACK {what}");
}

#[test]
fn child_sends_and_takes() {
    if let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) {
        work(&root);
    }
}

fn run(root: &Path, crash_at: u64, count: &Path) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "points::child_sends_and_takes", "--nocapture"])
        .env(ROOT, root)
        .env("FIELDGRADE_CRASH_AT", crash_at.to_string())
        .env("FIELDGRADE_CRASH_COUNT_FILE", count);
    command.output().unwrap()
}

/// What was acknowledged is there.
fn judge(desk: &Desk, output: &Output) {
    let uploads = desk.vault.uploads(&desk.project, 0, 100).unwrap();
    let items = desk.vault.items(&desk.project, 0, 100).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().filter_map(|line| line.strip_prefix("ACK ")) {
        let (what, value) = line.split_once(' ').unwrap();
        if what == "item" {
            assert!(
                items.iter().any(|item| item.path == value),
                "{line} is lost"
            );
        } else {
            let upload = uploads.iter().find(|upload| upload.path == what);
            assert!(
                upload.unwrap().offset() >= value.parse().unwrap(),
                "{line} is lost"
            );
        }
    }
    desk.sound();
}

#[test]
fn every_operation_may_be_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let whole = run_on(&Desk::new(), 0, &count);
    let total = count_of(&whole, &count);
    let acknowledged = String::from_utf8_lossy(&whole.stdout)
        .matches("\nACK ")
        .count();
    assert_eq!((total > 50, acknowledged), (true, 9), "{total} operations");
    for crash_at in 1..=total {
        let desk = Desk::new();
        let output = run_on(&desk, crash_at, &count);
        assert!(
            !output.status.success(),
            "operation {crash_at} did not stop it"
        );
        let desk = desk.reopen();
        judge(&desk, &output);
        assert!(
            run_on(&desk, 0, &count).status.success(),
            "after a crash at {crash_at}"
        );
        let desk = desk.reopen();
        desk.sound();
        let items = desk.vault.items(&desk.project, 0, 100).unwrap();
        let paths: Vec<&str> = items.iter().map(|item| item.path.as_str()).collect();
        assert_eq!(paths, ["a", "b", "c"], "after a crash at {crash_at}");
        desk.days(8);
        let _ = desk.vault.sweep_uploads(desk.now(), &|_| false).unwrap();
        assert_eq!(desk.vault.uploads(&desk.project, 0, 100).unwrap(), []);
    }
}

fn run_on(desk: &Desk, crash_at: u64, count: &Path) -> Output {
    run(&desk.root(), crash_at, count)
}

fn count_of(output: &Output, count: &Path) -> u64 {
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(count).unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}
