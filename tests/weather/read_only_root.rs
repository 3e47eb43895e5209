//! A write-blocked copy of a data root: it can be read and checked, and nothing is changed.

use support::program::Room;
use support::{mounts, sound};

use crate::sealed_case;

#[test]
fn is_read_and_not_changed() {
    if !mounts::inside("read_only_root::is_read_and_not_changed") {
        return;
    }
    let room = Room::new();
    let bundle = sealed_case(&room, 4);
    let before = sound::fingerprint(&room.data());
    mounts::read_only(&room.data());

    for command in [
        &["ingest", "files"][..],
        &["seal"],
        &["projects", "create", "other"],
    ] {
        let ran = room.run(command).ends(3);
        assert_eq!(
            room.hide(&ran.err),
            "error[read_only]: Could not open ROOM/data/termite_fieldpack/runtime/.lock: it can only be read.
  at: ROOM/data/termite_fieldpack/runtime/.lock
  next: Work on a writable copy; a read-only one can be read and checked.
"
        );
    }
    let items = sound::items(&room);
    assert_eq!(items.len(), 4);
    sound::whole(&room, &items);
    sound::chain(&room);
    let checked = room.run(&["verify", &bundle]).ends(0).out;
    assert!(checked.contains("ACCEPTED."), "{checked}");
    room.run(&["bundles"]).ends(0);

    assert_eq!(sound::fingerprint(&room.data()), before);
    mounts::unmount(&room.data());
}
