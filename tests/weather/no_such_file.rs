//! A name that leads nowhere.

use support::program::Room;
use support::sound;

#[test]
fn the_others_are_captured_and_the_missing_one_is_named() {
    let room = Room::new();
    room.write("files/there.txt", "there");
    let ran = room
        .run(&["ingest", "files/there.txt", "files/gone.txt"])
        .ends(1);
    assert_eq!(
        room.hide(&ran.out),
        "  not captured   gone.txt
                 no_such_file: there is no file or folder ROOM/files/gone.txt
                 next: Check the name and the folder, and name it again.
      1    5 bytes  there.txt
Stored: 1 file (5 bytes) as intake 1.
1 file could not be captured; the reasons stand above.
"
    );
    assert_eq!(ran.err, "");
    let again = room
        .run(&[
            "ingest",
            "--json-lines",
            "files/gone.txt",
            "files/there.txt",
        ])
        .ends(1);
    let lines = again.lines();
    assert_eq!(
        (&lines[0]["error"]["code"], &lines[0]["status"]),
        (&"no_such_file".into(), &"failed".into())
    );
    sound::holds(&room, &lines);
    sound::chain(&room);
}

#[test]
fn a_package_that_is_not_there() {
    let room = Room::new();
    for command in ["verify", "inspect"] {
        let ran = room.run(&[command, "gone.zip"]).ends(3);
        assert_eq!(
            (ran.out.as_str(), ran.err.as_str()),
            (
                "",
                "error[no_such_file]: There is no file of this name.
  at: gone.zip
  next: Check the path, and whether the drive is connected.
"
            )
        );
    }
    assert!(!room.data().exists(), "looking makes nothing");
}
