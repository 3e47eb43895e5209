//! A file that is written to for as long as it is read.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use support::program::Room;
use support::sound;

/// So long that it cannot be read between two writes; most of it are holes.
const LONG: u64 = 256 << 20;

#[test]
fn it_is_not_captured_until_it_keeps_still() {
    let room = Room::new();
    room.write("files/a.txt", "a");
    let path = room.write("files/live.log", "");
    room.write("files/z.txt", "z");
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(LONG).unwrap();
    let done = AtomicBool::new(false);
    let ran = thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0_u8;
            while !done.load(Ordering::Relaxed) {
                n = n.wrapping_add(1);
                file.write_all_at(&[n], 0).unwrap();
                thread::sleep(Duration::from_millis(1));
            }
        });
        let ran = room.run(&["ingest", "files"]);
        done.store(true, Ordering::Relaxed);
        ran
    });
    let ran = ran.ends(1);
    assert_eq!(
        ran.out,
        "      1     1 byte  files/a.txt
  not captured   files/live.log
                 changed_while_reading: files/live.log was written to while it was read
                 next: Close the program that writes to it, or make a copy, and add it again.
      2     1 byte  files/z.txt
Stored: 2 files (2 bytes) as intake 1.
1 file could not be captured; the reasons stand above.
"
    );
    file.set_len(1000).unwrap();
    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), 3);
    sound::holds(&room, &again.lines());
    sound::tidy(&room);
    sound::chain(&room);
}
