//! Ctrl-C.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{Files, Ran, command};

/// Far more than is read in the time of a test; it takes no room.
const HUGE: u64 = 1 << 40;

fn start(arguments: &[&str]) -> Child {
    let mut command = command(arguments);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Sends a signal after a while, and says what came and how long that took.
fn stop(child: Child, signal: &str) -> (Ran, Duration) {
    std::thread::sleep(Duration::from_millis(500));
    let id = child.id().to_string();
    let asked = Instant::now();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let ran = Ran {
        status: output.status.code().expect("it ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    (ran, asked.elapsed())
}

fn huge(folder: &Files) -> String {
    let path = folder.path("huge.zip");
    File::create(&path).unwrap().set_len(HUGE).unwrap();
    path
}

#[test]
fn a_check_stops_and_says_how_far_it_came() {
    let folder = Files::new();
    let huge = huge(&folder);
    for signal in ["-INT", "-TERM"] {
        let (ran, took) = stop(start(&["verify", &huge]), signal);
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!((ran.out.as_str(), ran.status), ("", 3));
        let err = folder.hide(&ran.err);
        assert!(
            err.starts_with("error[canceled]: Stopped: checking was not finished; "),
            "{err}"
        );
        assert!(
            err.contains(" MB were read") || err.contains(" GB were read"),
            "{err}"
        );
        assert!(err.contains("\n  at: DIR/huge.zip\n  next: "), "{err}");
    }
    let (ran, _) = stop(start(&["verify", &huge, "--json"]), "-INT");
    assert_eq!(
        (ran.status, &ran.document()["error"]["code"]),
        (3, &"canceled".into())
    );
}

/// A read that never comes back, as from a dead drive: here from a pipe that nobody writes into.
#[test]
fn even_a_read_that_hangs_is_left() {
    let folder = Files::new();
    let pipe = folder.path("rules.yaml");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let (ran, took) = stop(
        start(&["verify", "ours/good/series-1.zip", "--policy", &pipe]),
        "-INT",
    );
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!((ran.out.as_str(), ran.status), ("", 3));
    assert!(ran.err.starts_with("error[canceled]: "), "{}", ran.err);
}
