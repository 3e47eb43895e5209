//! The process dies instead of each durable operation in turn, from the making of the data root to the last answer.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use support::program::{Ran, Room, crashing};
use support::sound;

const FILES: usize = 12;

/// Files of very different lengths, one of them twice, some in a folder.
fn twelve_files(room: &Room) {
    for n in 0..FILES {
        let length = [0, 10, 4096, 70_000, 300_000][n % 5];
        let byte = u8::try_from(n.min(FILES - 2)).unwrap();
        let folder = ["", "sub/", "sub/deep/"][n % 3];
        let mut bytes = vec![byte; length];
        bytes.extend(n.min(FILES - 2).to_le_bytes());
        room.write(&format!("files/{folder}{n}.bin"), bytes);
    }
}

/// Two commands after another; only one of them dies.
struct Work<'a> {
    template: &'a Room,
    captured: &'a Room,
    of_ingest: u64,
    of_seal: u64,
}

impl Work<'_> {
    /// Dies at one of all operations. Then judges what is left, and does again what was not done.
    fn dies_at(&self, point: u64) {
        let room = Room::new();
        if point <= self.of_ingest {
            self.captures(&room, point);
        } else {
            copy(self.captured, &room);
            let ran = crash(
                &room,
                &["seal", "--json"],
                point - self.of_ingest,
                self.of_seal,
            );
            sound::chain(&room);
            if !ran.out.is_empty() {
                sound::sealed(&room, &ran.document());
            }
        }
        let sealed = room.run(&["seal", "--json"]).ends(0).document();
        sound::tidy(&room);
        assert_eq!(
            (&sealed["number"], &sealed["documents"]),
            (&1.into(), &FILES.into()),
            "{sealed}"
        );
        sound::sealed(&room, &sealed);
        sound::chain(&room);
        let there = fs::read_dir(room.bundles()).unwrap().count();
        assert_eq!(there, 1, "one package and nothing half done");
    }

    fn captures(&self, room: &Room, point: u64) {
        let files = self.template.files();
        let ingest = ["ingest", "--json-lines", files.to_str().unwrap()];
        let acknowledged = crash(room, &ingest, point, self.of_ingest).lines();
        sound::holds(room, &acknowledged);
        if !acknowledged.is_empty() {
            sound::chain(room);
        }
        let again = room.run(&ingest).ends(0);
        sound::tidy(room);
        assert_eq!(again.lines().len(), FILES, "{again:?}");
        sound::holds(room, &again.lines());
        assert_eq!(sound::items(room).len(), FILES, "nothing is there twice");
    }
}

fn copy(from: &Room, to: &Room) {
    let mut cp = Command::new("cp");
    let copied = cp.arg("-a").args([from.data(), to.data()]).status();
    assert!(copied.unwrap().success());
}

/// Which thread comes first may spare an operation or two, so that the last of them are not reached every time.
fn crash(room: &Room, arguments: &[&str], at: u64, of: u64) -> Ran {
    let output = room
        .command_of(crashing(), arguments)
        .env("FIELDGRADE_CRASH_AT", at.to_string())
        .output();
    let ran = Ran::from(output.unwrap());
    let whole = ran.status == Some(0) && at + 3 > of;
    assert!(
        ran.status.is_none() || whole,
        "operation {at} of {of} did not stop {arguments:?}: {ran:?}"
    );
    ran
}

fn count(room: &Room, arguments: &[&str]) -> u64 {
    let file = room.path("count");
    let output = room
        .command_of(crashing(), arguments)
        .env("FIELDGRADE_CRASH_COUNT_FILE", &file)
        .output();
    Ran::from(output.unwrap()).ends(0);
    read_count(&file)
}

fn read_count(file: &Path) -> u64 {
    let text = fs::read_to_string(file).unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn every_operation_may_be_the_last() {
    let (template, captured) = (Room::new(), Room::new());
    twelve_files(&template);
    let files = template.files();
    let of_ingest = count(
        &captured,
        &["ingest", "--json-lines", files.to_str().unwrap()],
    );
    let whole = Room::new();
    copy(&captured, &whole);
    let of_seal = count(&whole, &["seal", "--json"]);
    println!("{of_ingest} operations of ingest, {of_seal} of seal");
    assert!(
        of_ingest > 40 && of_seal > 20,
        "{of_ingest} and {of_seal} operations"
    );

    let work = Work {
        template: &template,
        captured: &captured,
        of_ingest,
        of_seal,
    };
    let next = AtomicU64::new(1);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(1, Ordering::Relaxed);
                    if point > of_ingest + of_seal {
                        break;
                    }
                    let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        work.dies_at(point);
                    }));
                    assert!(
                        judged.is_ok(),
                        "after a crash at operation {point} of {of_ingest} + {of_seal}"
                    );
                }
            });
        }
    });
}
