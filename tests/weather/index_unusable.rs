//! The search index cannot be used: it is derived, and evidence does not wait for it.

use std::fs;

use support::program::Room;
use support::sound;

#[test]
fn capturing_and_sealing_go_on() {
    let room = Room::new();
    room.write("files/1.txt", "a word to find");
    let index = room.runtime("search.sqlite");
    fs::create_dir_all(&index).unwrap();
    let ran = room.run(&["ingest", "files"]).ends(0);
    assert_eq!(
        ran.out,
        "      1   14 bytes  files/1.txt
Stored: 1 file (14 bytes) as intake 1.
"
    );
    assert!(
        ran.err
            .starts_with("hint: everything is stored; only the text could not be read yet. "),
        "{}",
        ran.err
    );
    sound::chain(&room);
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    sound::sealed(&room, &sealed);
    let ran = room.run(&["search", "word"]).ends(3);
    assert!(
        room.hide(&ran.err)
            .contains("ROOM/data/termite_fieldpack/runtime/search.sqlite"),
        "{}",
        ran.err
    );

    fs::remove_dir(&index).unwrap();
    room.run(&["ingest", "files"]).ends(0);
    let found = room.run(&["search", "word"]).ends(0).out;
    assert!(found.contains("a [word] to find"), "{found}");
}

/// Noise in its place is no index; it is made again.
#[test]
fn noise_in_its_place() {
    let room = Room::new();
    room.write("files/1.txt", "a word to find");
    room.run(&["ingest", "files"]).ends(0);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(room.runtime(&format!("search.sqlite{end}")));
    }
    fs::write(room.runtime("search.sqlite"), [0x5A].repeat(20_000)).unwrap();
    let found = room.run(&["search", "word"]).ends(0).out;
    assert!(found.contains("a [word] to find"), "{found}");
}
