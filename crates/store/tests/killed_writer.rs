//! kill -9 at any moment leaves no half blob under a final name and loses nothing that was acknowledged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use support::{child, given_root, work};

#[test]
fn child_writes_groups() {
    if let Some(root) = given_root() {
        let first = std::env::var("STORE_TEST_FIRST").unwrap().parse().unwrap();
        work::write_groups(&root, first, u32::MAX);
    }
}

#[test]
fn kill_nine_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let mut acknowledged = BTreeSet::new();
    for round in 0..16_u32 {
        let mut command = child("child_writes_groups", &root);
        command
            .env("STORE_TEST_FIRST", (round * 10_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut writer = command.spawn().unwrap();
        let mut output = BufReader::new(writer.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("begun") {
            line.clear();
            assert_ne!(
                output.read_line(&mut line).unwrap(),
                0,
                "the writer did not begin"
            );
        }
        thread::sleep(Duration::from_millis(u64::from(1 + round * 37 % 300)));
        writer.kill().unwrap();
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        writer.wait().unwrap();
        let new = work::acknowledged(&rest);
        acknowledged.extend(&new);
        work::judge(&root, &acknowledged);
    }
    assert!(
        acknowledged.len() > 3,
        "the writers got nothing done: {acknowledged:?}"
    );
}
