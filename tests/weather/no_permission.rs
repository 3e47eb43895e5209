//! What this user may not read, and a place where they may not write.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use support::program::{Room, program};
use support::somebody::Somebody;
use support::sound;

fn mode(path: PathBuf, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_may_not_be_read_does_not_stop_the_others() {
    let room = Room::new();
    let Some(somebody) = Somebody::new(
        "no_permission::a_file_that_may_not_be_read_does_not_stop_the_others",
        &room,
        program(),
    ) else {
        return;
    };
    room.write("files/1.txt", "one");
    let secret = room.write("files/2.txt", "two");
    room.write("files/closed/3.txt", "three");
    fs::create_dir(room.data()).unwrap();
    mode(room.data(), 0o777);
    mode(secret.clone(), 0);
    mode(room.path("files/closed"), 0);
    let ran = somebody.run(&room, &["ingest", "files"]).ends(1);
    mode(secret, 0o644);
    mode(room.path("files/closed"), 0o755);
    assert_eq!(
        ran.out,
        "      1    3 bytes  files/1.txt
  not captured   files/2.txt
                 permission_denied: files/2.txt may not be read by this user
                 next: Ask its owner for the right to read it, or for a copy.
  not captured   files/closed
                 permission_denied: files/closed may not be read by this user
                 next: Ask its owner for the right to read it, or for a copy.
Stored: 1 file (3 bytes) as intake 1.
2 files could not be captured; the reasons stand above.
"
    );
    let again = somebody.run(&room, &["ingest", "files", "--json"]).ends(0);
    assert_eq!(again.document()["captured"], 2);
}

#[test]
fn a_data_folder_that_may_not_be_written_to() {
    let room = Room::new();
    let Some(somebody) = Somebody::new(
        "no_permission::a_data_folder_that_may_not_be_written_to",
        &room,
        program(),
    ) else {
        return;
    };
    room.write("files/1.txt", "one");
    fs::create_dir(room.data()).unwrap();
    mode(room.data(), 0o555);
    let ran = somebody.run(&room, &["ingest", "files"]).ends(3);
    assert_eq!(
        room.hide(&ran.err),
        "error[permission_denied]: Could not create ROOM/data/termite_fieldpack: permission denied.
  at: ROOM/data/termite_fieldpack
  next: Give this user the right to it, or choose another folder with --data-dir.
"
    );
    assert_eq!(sound::files(&room.data()), Vec::<PathBuf>::new());
    mode(room.data(), 0o755);
}
