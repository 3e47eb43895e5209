//! Two processes at once: they read each text once, and search while one of them makes the index anew.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use store::Unwatched;

use crate::support::{Desk, Place, all, child, given_root};

const TEXTS: u64 = 400;

fn place() -> Place {
    let place = Place::new();
    let desk = place.open();
    for n in 0..TEXTS {
        place.file(
            &format!("{n:04}.txt"),
            format!("rust {n} {}", "on the bearing ".repeat(150)),
        );
    }
    desk.capture(&place.drop());
    place
}

#[test]
fn child_catches_up() {
    if let Some(root) = given_root() {
        Desk::at(&root).catch_up();
    }
}

#[test]
fn child_searches() {
    let Some(root) = given_root() else { return };
    let desk = Desk::at(&root);
    let start = Instant::now();
    let mut full = 0;
    // On a busy machine everything may be there only later.
    while start.elapsed() < Duration::from_secs(3) || full == 0 {
        assert!(
            start.elapsed() < Duration::from_mins(2),
            "never saw everything"
        );
        let found = desk
            .vault
            .search(&desk.project, "rust bearing", 1000, None)
            .unwrap();
        // Either everything, or it is said that something is missing.
        if found.missing.is_nothing() {
            assert_eq!(found.total, TEXTS);
            full += 1;
        } else {
            assert!(found.total <= TEXTS);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn two_readers_record_each_text_once() {
    let place = place();
    let children: Vec<_> = (0..3)
        .map(|_| {
            let mut command = child("together::child_catches_up", &place.root());
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let desk = place.open();
    assert_eq!(desk.entries("EXTRACT"), (1..=TEXTS).collect::<Vec<_>>());
    assert_eq!(desk.search("rust").total, TEXTS);
    desk.check();
}

#[test]
fn others_search_while_the_index_is_made_anew() {
    let place = place();
    place.open().catch_up();
    let mut searching: Vec<_> = (0..2)
        .map(|_| {
            let mut command = child("together::child_searches", &place.root());
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    // Damage on the disk while they have it open; whoever meets it first makes it anew.
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(600));
        let desk = place.open();
        let length = fs::metadata(place.index_file()).unwrap().len();
        let mut file = fs::OpenOptions::new()
            .write(true)
            .open(place.index_file())
            .unwrap();
        file.seek(SeekFrom::Start(40_960.min(length / 2))).unwrap();
        file.write_all(&vec![0x55; 200_000]).unwrap();
        drop(file);
        desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    }
    for child in &mut searching {
        assert!(child.wait().unwrap().success());
    }
    let desk = place.open();
    desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    assert_eq!(desk.search("rust bearing").total, TEXTS);
}
