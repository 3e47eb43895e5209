//! A database that rotted, or was cut short: nothing is read from it as if it were whole, and nothing is written to it.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use rusqlite::Connection;
use support::program::Room;
use support::sound;

use crate::sealed_case;

/// A sealed case whose whole database lies in its file, not in its journal.
fn closed_case(room: &Room) -> String {
    let bundle = sealed_case(room, 4);
    let connection = Connection::open(room.runtime("termite.sqlite")).unwrap();
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        .unwrap();
    drop(connection);
    assert!(!room.runtime("termite.sqlite-wal").exists());
    bundle
}

fn refused(damage: impl FnOnce(&File), detail: &str) {
    let room = Room::new();
    closed_case(&room);
    let path = room.runtime("termite.sqlite");
    damage(&File::options().write(true).open(&path).unwrap());
    let before = fs::read(&path).unwrap();
    let expected = format!(
        "error[database_corrupt]: The database ROOM/data/termite_fieldpack/runtime/termite.sqlite is damaged: {detail}.
  at: ROOM/data/termite_fieldpack/runtime/termite.sqlite
  next: Run `fieldgrade doctor`, and restore from a backup if it says so.
"
    );
    for command in [
        &["ingest", "files"][..],
        &["seal"],
        &["documents"],
        &["ledger", "--verify"],
    ] {
        let ran = room.run(command).ends(3);
        assert_eq!(
            (ran.out.as_str(), room.hide(&ran.err).as_str()),
            ("", expected.as_str())
        );
    }
    assert_eq!(fs::read(&path).unwrap(), before, "it stays as it was found");
    assert_eq!(sound::files(&room.runtime("cas/blobs")).len(), 4);
}

#[test]
fn a_header_of_something_else() {
    refused(
        |file| file.write_all_at(b"garbage, garbage", 0).unwrap(),
        "it is not an SQLite database",
    );
}

#[test]
fn noise_in_every_table() {
    refused(
        |file| {
            let end = file.metadata().unwrap().len();
            for page in 2..end / 4096 {
                file.write_all_at(&[0xA5; 4096], page * 4096).unwrap();
            }
        },
        "database disk image is malformed",
    );
}

#[test]
fn the_end_is_gone() {
    refused(
        |file| file.set_len(8192).unwrap(),
        "database disk image is malformed",
    );
}

/// SQLite notices nothing here; the chain of entries does.
#[test]
fn an_entry_that_was_rewritten() {
    let room = Room::new();
    closed_case(&room);
    let connection = Connection::open(room.runtime("termite.sqlite")).unwrap();
    let sql = "UPDATE events SET source = replace(source, '2.bin', '9.bin') WHERE kind = 'CAPTURE'";
    assert!(connection.execute(sql, ()).unwrap() > 0);
    drop(connection);
    let ran = room.run(&["ledger", "--verify"]).ends(1);
    assert!(ran.out.starts_with("Entry "), "{}", ran.out);
    let ran = room.run(&["ledger", "--verify", "--json"]).ends(1);
    assert_eq!(
        ran.document()["findings"].as_array().unwrap().len(),
        1,
        "{}",
        ran.out
    );
}
