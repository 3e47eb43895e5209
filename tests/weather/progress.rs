//! A bar that moves, in a terminal.

use std::fs::File;
use std::process::Command;

use support::program::{Room, program};

/// Runs a command in a terminal of its own and prints what a person saw there.
const TERMINAL: &str = "
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        seen = os.read(terminal, 65536)
    except OSError:
        break
    if not seen:
        break
    sys.stdout.buffer.write(seen)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
";

#[test]
fn capturing_a_large_file_shows_how_far_it_is() {
    let room = Room::new();
    // Of holes, which are hashed as zeros: the disk has no part in it.
    File::create(room.path("files/large.bin"))
        .unwrap()
        .set_len(3 << 30)
        .unwrap();
    let command = room.command(&["ingest", "files"]);
    let mut terminal = Command::new("python3");
    terminal
        .args(["-c", TERMINAL])
        .arg(program())
        .args(command.get_args());
    terminal.current_dir(room.path(""));
    terminal.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = terminal.env("TERM", "xterm").output().unwrap();
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{seen}");
    let (_, bars) = seen.split_once("Capturing [").expect("there is a bar");
    let mut values: Vec<u32> = bars
        .split("Capturing [")
        .filter_map(|bar| {
            let percent = bar.split_once(" %")?.0;
            percent.rsplit(' ').next()?.parse().ok()
        })
        .collect();
    assert!(values.is_sorted(), "it never goes back: {values:?}");
    values.dedup();
    assert!(values.len() >= 10, "{values:?}");
    let end = seen
        .rsplit('\r')
        .find(|part| part.contains("Stored"))
        .unwrap_or(&seen);
    assert!(
        end.contains("Stored: 1 file (3.2 GB) as intake 1."),
        "{end}"
    );
}

/// Where nobody looks, nothing is drawn.
#[test]
fn a_pipe_sees_no_bar() {
    let room = Room::new();
    File::create(room.path("files/large.bin"))
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    let ran = room.run(&["ingest", "files"]).ends(0);
    assert_eq!(ran.err, "");
}
