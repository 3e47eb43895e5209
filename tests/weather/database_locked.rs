//! Another process holds the database.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use support::program::{Ran, Room, signal};
use support::sound;

use crate::captured_case;

fn hold(room: &Room) -> Connection {
    let connection = Connection::open(room.runtime("termite.sqlite")).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[test]
fn a_short_while_is_waited_for() {
    let room = Room::new();
    captured_case(&room, 1);
    room.write("files/new", "new");
    let held = hold(&room);
    let mut ingest = room.start(&["ingest", "--json-lines", "files"]);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(ingest.try_wait().unwrap(), None, "it waits");
    assert_eq!(sound::items(&room).len(), 1, "and reading does not");
    held.execute_batch("ROLLBACK").unwrap();
    let ran = Ran::from(ingest.wait_with_output().unwrap()).ends(0);
    sound::holds(&room, &ran.lines());
    sound::chain(&room);
}

#[test]
fn waiting_can_be_stopped() {
    let room = Room::new();
    captured_case(&room, 1);
    let _held = hold(&room);
    let ingest = room.start(&["ingest", "files"]);
    std::thread::sleep(Duration::from_secs(1));
    let asked = Instant::now();
    signal(&ingest, "INT");
    let ran = Ran::from(ingest.wait_with_output().unwrap()).ends(3);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    assert!(
        ran.err.starts_with("error[canceled]: Stopped: "),
        "{}",
        ran.err
    );
}

/// It takes a minute: so long is somebody else's transaction waited for.
#[test]
fn for_ever_is_too_long() {
    let room = Room::new();
    captured_case(&room, 2);
    room.write("files/new", "new");
    let held = hold(&room);
    let ran = room.run(&["ingest", "files"]).ends(3);
    assert_eq!(ran.out, "");
    let err = room.hide(&ran.err);
    let path = "ROOM/data/termite_fieldpack/runtime/termite.sqlite";
    assert!(
        err.ends_with(&format!(
            "error[database_locked]: The database {path} is busy: another process has been writing to it for too long.
  at: {path}
  next: Try again; if it lasts, end the process that holds the database.
"
        )),
        "{err}"
    );
    drop(held);
    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), 3);
    sound::holds(&room, &again.lines());
    sound::tidy(&room);
}
