//! Bytes that were captured and are not there any more, or are others.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::program::Room;
use support::sound;

use crate::captured_case;

fn rot(room: &Room, digest: &str) {
    let path = room.blob(digest);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn all_are_named_when_sealing_and_healed_by_capturing_again() {
    let room = Room::new();
    captured_case(&room, 6);
    let digest = |item: usize| {
        sound::items(&room)[item - 1]["sha256"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    fs::remove_file(room.blob(&digest(2))).unwrap();
    rot(&room, &digest(4));
    fs::remove_file(room.blob(&digest(5))).unwrap();
    for _ in 0..2 {
        let ran = room.run(&["seal"]).ends(1);
        assert_eq!((ran.out.as_str(), room.hide(&ran.err).as_str()), (
            "",
            "error[blob_damaged]: The bytes of item 2 (2.bin) are missing, of item 4 (4.bin) are damaged, of item 5 (5.bin) are missing.
  at: ROOM/data/termite_fieldpack/runtime/cas
  next: Capture the same files again, which brings their bytes back, or restore them from a backup; then seal again. Items whose bytes are gone for good are withdrawn with `fieldgrade withdraw ITEM --erase --reason …`, and the rest can be sealed.
"
        ));
    }
    assert!(!room.bundles().exists(), "nothing was begun");
    sound::chain(&room);

    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), 6);
    sound::holds(&room, &again.lines());
    assert_eq!(sound::items(&room).len(), 6, "no new items");
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    assert_eq!(
        sealed["finished_before"].as_array().unwrap().len(),
        0,
        "nothing was begun: {sealed}"
    );
    sound::sealed(&room, &sealed);
    for file in sound::files(&room.bundles()) {
        sound::verified(&room, &file).ends(0);
    }
    sound::chain(&room);
}

/// Other bytes of the same length are noticed when they are read: by then the package is begun, and it is finished first.
#[test]
fn a_package_that_stumbles_over_damage_is_finished_once_it_is_healed() {
    let room = Room::new();
    captured_case(&room, 3);
    let digest = sound::items(&room)[1]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    rot(&room, &digest);
    for _ in 0..2 {
        let ran = room.run(&["seal", "--json"]).ends(1);
        assert_eq!(ran.document()["error"]["code"], "blob_damaged");
    }
    assert_eq!(
        fs::read_dir(room.bundles()).unwrap().count(),
        0,
        "nothing half done"
    );
    room.run(&["ingest", "files"]).ends(0);
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    assert_eq!(
        sealed["finished_before"].as_array().unwrap().len(),
        1,
        "{sealed}"
    );
    for file in sound::files(&room.bundles()) {
        sound::verified(&room, &file).ends(0);
    }
    sound::chain(&room);
}

#[test]
fn only_missing_ones() {
    let room = Room::new();
    captured_case(&room, 3);
    let digest = sound::items(&room)[2]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    fs::remove_file(room.blob(&digest)).unwrap();
    let ran = room.run(&["seal", "--json"]).ends(1);
    let error = ran.document()["error"].clone();
    assert_eq!(
        (&error["code"], &error["message"]),
        (
            &"blob_missing".into(),
            &"The bytes of item 3 (3.bin) are missing.".into()
        )
    );
}
