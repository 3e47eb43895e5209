//! A data root of the reference platform is never written to.

use std::process::Command;

use support::program::Room;
use support::{sound, vectors};

#[test]
fn is_refused_and_unchanged() {
    let room = Room::new();
    let copied = Command::new("cp")
        .arg("-a")
        .args([vectors().join("legacy"), room.data()])
        .status();
    assert!(copied.unwrap().success());
    room.write("files/1.txt", "one");
    let before = sound::fingerprint(&room.data());
    assert!(before.len() > 10, "{before:?}");
    for command in [
        &["ingest", "files"][..],
        &["run", "files"],
        &["seal"],
        &["documents"],
        &["projects", "create", "x"],
    ] {
        let ran = room.run(command).ends(3);
        assert_eq!((ran.out.as_str(), room.hide(&ran.err).as_str()), (
            "",
            "error[reference_root]: The database ROOM/data/termite_fieldpack/runtime/termite.sqlite was made by the reference platform and is not changed.
  at: ROOM/data/termite_fieldpack/runtime/termite.sqlite
  next: Run `fieldgrade adopt` to take its evidence over, or choose another folder.
"
        ));
    }
    assert_eq!(sound::fingerprint(&room.data()), before);
}
