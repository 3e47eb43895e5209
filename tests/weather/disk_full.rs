//! No space left, where documents lie and where packages lie.

use std::fs;

use support::program::Room;
use support::{mounts, sound};

const MIB: u64 = 1 << 20;

fn folder_of(room: &Room, name: &str, bytes: u64) -> std::path::PathBuf {
    let folder = room.data().join("termite_fieldpack").join(name);
    fs::create_dir_all(&folder).unwrap();
    mounts::small_disk(&folder, bytes);
    folder
}

#[test]
fn while_capturing() {
    if !mounts::inside("disk_full::while_capturing") {
        return;
    }
    let room = Room::new();
    for n in 0..1100 {
        room.write(&format!("files/a{n:04}"), n.to_string());
    }
    for n in 0..40_u8 {
        room.write(&format!("files/b{n:03}"), [n, 1].repeat(150_000));
    }
    let runtime = folder_of(&room, "runtime", 8 * MIB);
    let ran = room.run(&["ingest", "--json-lines", "files"]).ends(3);
    let acknowledged = ran.lines();
    // Four groups of 256 before the large ones; the last of them may be on their way when the disk is full.
    assert!(
        (256..=1024).contains(&acknowledged.len()),
        "{}",
        acknowledged.len()
    );
    let (hint, error) = ran.err.split_once('\n').unwrap();
    assert_eq!(
        hint,
        format!(
            "hint: {} files of this drop are stored and on record; start the same command again for the rest",
            acknowledged.len()
        )
    );
    let error = room.hide(error);
    let runtime_files = "ROOM/data/termite_fieldpack/runtime/";
    assert!(
        error.starts_with(&format!(
            "error[disk_full]: Could not write {runtime_files}cas/tmp/"
        )) || error.starts_with(&format!(
            "error[disk_full]: Could not write to {runtime_files}termite.sqlite: "
        )),
        "{error}"
    );
    assert!(
        error.ends_with(
            "  next: Free some space on that disk, then try again; nothing recorded was lost.\n"
        ),
        "{error}"
    );
    sound::tidy(&room);
    sound::holds(&room, &acknowledged);
    sound::chain(&room);

    mounts::resize(&runtime, 64 * MIB);
    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), 1140);
    sound::holds(&room, &again.lines());
    assert_eq!(sound::items(&room).len(), 1140);
    sound::chain(&room);
    mounts::unmount(&runtime);
}

/// Also where there is not even room for an empty case.
#[test]
fn while_a_case_is_begun() {
    if !mounts::inside("disk_full::while_a_case_is_begun") {
        return;
    }
    for kib in [16, 64, 100, 140, 180, 220, 300] {
        let room = Room::new();
        room.write("files/1", [1].repeat(50_000));
        let runtime = folder_of(&room, "runtime", kib << 10);
        let ran = room.run(&["ingest", "--json", "files"]);
        if ran.status != Some(0) {
            let ran = ran.ends(3);
            assert_eq!(ran.document()["error"]["code"], "disk_full", "{kib} KiB");
        }
        mounts::resize(&runtime, 16 * MIB);
        let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
        sound::holds(&room, &again.lines());
        assert_eq!(sound::items(&room).len(), 1);
        sound::tidy(&room);
        sound::chain(&room);
        mounts::unmount(&runtime);
    }
}

#[test]
fn while_sealing() {
    if !mounts::inside("disk_full::while_sealing") {
        return;
    }
    let room = Room::new();
    let artifacts = folder_of(&room, "artifacts", MIB);
    for n in 0..10_u32 {
        let noise = support::random::Random::new(n.into()).bytes(300_000);
        room.write(&format!("files/{n}"), noise);
    }
    room.run(&["ingest", "files"]).ends(0);
    let ran = room.run(&["seal"]).ends(3);
    assert_eq!((ran.out.as_str(), room.hide(&ran.err).as_str()), (
        "",
        "error[disk_full]: Could not write to ROOM/data/termite_fieldpack/artifacts/bundles_out: the disk is full.
  at: ROOM/data/termite_fieldpack/artifacts/bundles_out
  next: Free some space on that disk, then try again; nothing recorded was lost.
"
    ));
    assert_eq!(fs::read_dir(room.bundles()).unwrap().count(), 0);
    let listed = room.run(&["bundles"]).ends(0).out;
    assert!(
        listed.contains("no. 1")
            && listed.contains("begun and not finished: the next seal finishes it"),
        "{listed}"
    );
    sound::chain(&room);

    mounts::resize(&artifacts, 16 * MIB);
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    assert_eq!(
        (&sealed["number"], &sealed["documents"]),
        (&1.into(), &10.into())
    );
    sound::sealed(&room, &sealed);
    sound::chain(&room);
    mounts::unmount(&artifacts);
}
