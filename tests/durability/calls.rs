//! The process is killed instead of each call by which it, or SQLite inside it, changes something on the disk. The
//! points that the program counts itself lie between these.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::thread;

use support::program::{Ran, Room, skip};
use support::sound;

const FILES: usize = 3;
const KILL: i32 = 9;

/// Kills the program at the `n`th call of a kind, as each of its threads counts them. None if there are not so many.
fn killed(room: &Room, call: &str, n: u32) -> Option<Ran> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:signal=KILL:when={n}")]);
    let command = room.command(&["ingest", "--json-lines", "files"]);
    strace.arg(command.get_program()).args(command.get_args());
    strace.current_dir(room.path(""));
    strace.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = strace.output().unwrap();
    let killed = output.status.signal() == Some(KILL) || output.status.code() == Some(128 + KILL);
    assert!(killed || output.status.success(), "{output:?}");
    killed.then(|| output.into())
}

fn dies_at_each(call: &str) -> u32 {
    for n in 1.. {
        let room = Room::new();
        for n in 0..FILES {
            room.write(&format!("files/{n}"), n.to_le_bytes().repeat(1 + 5000 * n));
        }
        let Some(ran) = killed(&room, call, n) else {
            return n - 1;
        };
        let judged = std::panic::catch_unwind(|| {
            sound::holds(&room, &ran.lines());
            let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
            sound::tidy(&room);
            sound::holds(&room, &again.lines());
            assert_eq!(sound::items(&room).len(), FILES);
            sound::chain(&room);
        });
        assert!(judged.is_ok(), "after a kill at {call} number {n}");
    }
    0
}

#[test]
fn every_call_to_the_system_may_be_the_last() {
    let test = "calls::every_call_to_the_system_may_be_the_last";
    let permitted = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "true"])
        .output();
    match permitted {
        Err(_) => return skip(test, "strace is not installed"),
        Ok(output) if !output.status.success() => {
            return skip(test, "strace may not watch processes here");
        }
        Ok(_) => {}
    }
    thread::scope(|scope| {
        let first = scope.spawn(|| dies_at_each("pwrite64"));
        let others = ["fsync", "unlink", "renameat2", "mkdir", "ftruncate"];
        let second = scope.spawn(move || others.map(|call| (call, dies_at_each(call))));
        let (writes, others) = (first.join().unwrap(), second.join().unwrap());
        println!("killed at {writes} writes, {others:?}");
        assert!(writes > 20 && others[0].1 > 10, "{writes} {others:?}");
    });
}
