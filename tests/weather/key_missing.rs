//! The signing key is gone: no other one takes its place silently.

use std::fs;

use support::program::Room;
use support::sound;

use crate::{captured_case, sealed_case};

#[test]
fn nothing_is_sealed_and_the_record_stays() {
    let room = Room::new();
    sealed_case(&room, 2);
    room.write("files/new", "new");
    room.run(&["ingest", "files"]).ends(0);
    let key = room.runtime("keys/toolchain_ed25519.pem");
    let kept = room.path("kept.pem");
    fs::rename(&key, &kept).unwrap();
    let keyid = room.run(&["bundles", "--json"]).ends(0).document();
    let ran = room.run(&["seal"]).ends(1);
    let err = room.hide(&ran.err);
    let name = err
        .split(' ')
        .find(|word| word.starts_with("FG_"))
        .unwrap_or_default();
    assert_eq!(
        err,
        format!(
            "error[key_missing]: The signing key {name} is not in ROOM/data/termite_fieldpack/runtime/keys/toolchain_ed25519.pem.
  at: ROOM/data/termite_fieldpack/runtime/keys/toolchain_ed25519.pem
  next: Put the key file back from a backup. If it is lost for good, run `fieldgrade keys replace --lost`, which is put on record.
"
        )
    );
    assert!(!key.exists(), "no new key");
    assert_eq!(
        room.run(&["bundles", "--json"]).ends(0).document(),
        keyid,
        "nothing was begun"
    );
    // Everything else goes on.
    room.write("files/more", "more");
    let more = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    sound::holds(&room, &more.lines());
    sound::chain(&room);

    fs::rename(&kept, &key).unwrap();
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    assert_eq!(
        (&sealed["number"], &sealed["documents"]),
        (&2.into(), &2.into())
    );
    sound::sealed(&room, &sealed);
}

#[test]
fn another_key_in_its_place() {
    let (room, other) = (Room::new(), Room::new());
    captured_case(&room, 1);
    captured_case(&other, 1);
    fs::copy(
        other.runtime("keys/toolchain_ed25519.pem"),
        room.runtime("keys/toolchain_ed25519.pem"),
    )
    .unwrap();
    let ran = room.run(&["seal"]).ends(1);
    assert!(ran.err.starts_with("error[key_invalid]: "), "{}", ran.err);
    assert!(ran.err.contains("it is not the key FG_"), "{}", ran.err);
    sound::chain(&room);
}
