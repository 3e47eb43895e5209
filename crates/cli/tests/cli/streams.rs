//! Streams that do not take what is written to them.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::program::{command, run};

#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    for arguments in [
        &["verify", "ours/good/series-1.zip", "--any-signer"][..],
        &["verify", "ours/good/series-1.zip", "--any-signer", "--json"],
        &["completions", "bash"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
    }
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = command(&["completions", "bash"])
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.starts_with("error[disk_full]: "), "{err}");
    assert!(err.contains("\n  at: standard output\n"), "{err}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

/// Standard error carries what is not the answer, and only when it is wanted.
#[test]
fn pipes_see_no_bar_and_no_colour() {
    let ran = run(&["verify", "ours/good/series-4-full.zip"]);
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'));
    assert!(
        ran.err.lines().all(|line| line.starts_with("hint: ")),
        "{}",
        ran.err
    );
}
