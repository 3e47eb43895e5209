//! A database that was removed, or put back from an earlier day, is not taken for an empty or a whole one.

use std::fs;
use std::process::Command;

use support::program::Room;
use support::sound;

use crate::{captured_case, sealed_case};

fn refused(room: &Room, found: u64, expected: u64) {
    for command in [
        &["ingest", "files"][..],
        &["seal"],
        &["projects", "create", "other"],
    ] {
        let ran = room.run(command).ends(1);
        assert_eq!((ran.out.as_str(), ran.err), (
            "",
            format!(
                "error[ledger_rolled_back]: The record of actions ends at entry {found}, but entry {expected} was written before.
  next: Put the newer database back. If an older copy was put here on purpose, say so: `fieldgrade restore --here --reason …`; that is put on record.
"
            )
        ));
    }
}

#[test]
fn removed() {
    let room = Room::new();
    sealed_case(&room, 4);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(room.runtime(&format!("termite.sqlite{end}")));
    }
    refused(&room, 0, 8);
    assert!(
        !room.runtime("termite.sqlite").exists(),
        "no empty one takes its place"
    );
    room.run(&["documents"]).ends(3);
}

#[test]
fn put_back_from_an_earlier_day() {
    let room = Room::new();
    captured_case(&room, 4);
    let kept = room.path("kept");
    let copied = Command::new("cp")
        .arg("-a")
        .args([&room.runtime(""), &kept])
        .status();
    assert!(copied.unwrap().success());
    let number = room.run(&["seal", "--json"]).ends(0).document()["number"].clone();
    assert_eq!(number, 1);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(room.runtime(&format!("termite.sqlite{end}")));
        let _ = fs::copy(
            kept.join(format!("termite.sqlite{end}")),
            room.runtime(&format!("termite.sqlite{end}")),
        );
    }
    refused(&room, 6, 8);
    sound::chain(&room);
}
