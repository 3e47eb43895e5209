//! A later version of the program was here.

use rusqlite::Connection;
use support::program::Room;
use support::sound;

use crate::sealed_case;

#[test]
fn is_left_alone() {
    let room = Room::new();
    sealed_case(&room, 2);
    let connection = Connection::open(room.runtime("termite.sqlite")).unwrap();
    let known: u32 = connection
        .query_row("SELECT max(version) FROM schema_version", (), |row| {
            row.get(0)
        })
        .unwrap();
    connection
        .execute(
            "INSERT INTO schema_version (version, name) VALUES (99, 'of tomorrow')",
            (),
        )
        .unwrap();
    drop(connection);
    let before = sound::sha256(&room.runtime("termite.sqlite"));
    let path = "ROOM/data/termite_fieldpack/runtime/termite.sqlite";
    for command in [
        &["ingest", "files"][..],
        &["seal"],
        &["documents"],
        &["ledger", "--verify"],
    ] {
        let ran = room.run(command).ends(3);
        assert_eq!((ran.out.as_str(), room.hide(&ran.err)), (
            "",
            format!(
                "error[database_newer]: The database {path} has version 99; this program knows versions up to {known}.
  at: {path}
  next: Use the newer version of the program that wrote it.
"
            )
        ));
    }
    assert_eq!(sound::sha256(&room.runtime("termite.sqlite")), before);
}
