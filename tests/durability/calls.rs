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
fn killed(room: &Room, arguments: &[&str], call: &str, n: u32) -> Option<Ran> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:signal=KILL:when={n}")]);
    let command = room.command(arguments);
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

const INGEST: [&str; 3] = ["ingest", "--json-lines", "files"];
const SEAL: [&str; 2] = ["seal", "--json"];

fn some_files() -> Room {
    let room = Room::new();
    for n in 0..FILES {
        room.write(&format!("files/{n}"), n.to_le_bytes().repeat(1 + 5000 * n));
    }
    room
}

/// Kills at every call of a kind, in a room of its own each time, and judges what is left; how many there were.
fn each(arguments: &[&str], call: &str, make: fn() -> Room, judge: fn(&Room, &Ran)) -> u32 {
    for n in 1.. {
        let room = make();
        let Some(ran) = killed(&room, arguments, call, n) else {
            return n - 1;
        };
        let judged = std::panic::catch_unwind(|| {
            judge(&room, &ran);
            sound::tidy(&room);
            sound::chain(&room);
        });
        assert!(
            judged.is_ok(),
            "after a kill of {arguments:?} at {call} number {n}"
        );
    }
    0
}

fn captured(room: &Room, ran: &Ran) {
    sound::holds(room, &ran.lines());
    let again = room.run(&INGEST).ends(0);
    sound::holds(room, &again.lines());
    assert_eq!(sound::items(room).len(), FILES);
}

fn sealed(room: &Room, ran: &Ran) {
    let first = ran.lines();
    let again = room.run(&SEAL).ends(0).document();
    assert_eq!(
        (&again["number"], &again["documents"]),
        (&1.into(), &FILES.into())
    );
    sound::sealed(room, &again);
    if let Some(first) = first.first() {
        assert_eq!(first["sha256"], again["sha256"], "what was said stays true");
    }
}

fn captured_files() -> Room {
    let room = some_files();
    room.run(&INGEST).ends(0);
    room
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
        let writes = scope.spawn(|| each(&INGEST, "pwrite64", some_files, captured));
        let others = scope.spawn(|| {
            let of_ingest = ["fsync", "unlink", "renameat2", "mkdir", "ftruncate"]
                .map(|call| (call, each(&INGEST, call, some_files, captured)));
            let of_seal = ["pwrite64", "fsync", "rename", "renameat2"]
                .map(|call| (call, each(&SEAL, call, captured_files, sealed)));
            (of_ingest, of_seal)
        });
        let (writes, (of_ingest, of_seal)) = (writes.join().unwrap(), others.join().unwrap());
        println!("ingest: {writes} writes, {of_ingest:?}; seal: {of_seal:?}");
        assert!(writes > 20 && of_ingest[0].1 > 10 && of_seal[0].1 > 10);
    });
}
