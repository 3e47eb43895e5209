//! kill -9 at any moment: what comes after reads the rest, and each text stands on record once.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::support::{Desk, Place, child, given_root};

const TEXTS: u64 = 1500;

#[test]
fn child_catches_up() {
    if let Some(root) = given_root() {
        let desk = Desk::at(&root);
        println!("begun");
        desk.catch_up();
        println!("done");
    }
}

#[test]
fn kill_nine_leaves_nothing_half_and_nothing_twice() {
    let place = Place::new();
    let desk = place.open();
    for n in 0..TEXTS {
        place.file(
            &format!("{n:04}.txt"),
            format!("rust {n} {}", "on the bearing ".repeat(100)),
        );
    }
    desk.capture(&place.drop());
    drop(desk);
    let size = |desk: &Desk| desk.vault.ledger_size(&desk.project).unwrap();
    let desk = place.open();
    let mut cut = 0;
    for round in 0..12_u64 {
        let before = size(&desk);
        let mut reader = child("killed::child_catches_up", &place.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(reader.stdout.take().unwrap()).lines();
        while !lines
            .next()
            .expect("the reader did not begin")
            .unwrap()
            .contains("begun")
        {}
        // Every other round somewhere before the next group is recorded, else soon after.
        if round % 2 == 0 {
            while size(&desk) == before && reader.try_wait().unwrap().is_none() {
                thread::sleep(Duration::from_millis(1));
            }
        }
        thread::sleep(Duration::from_millis(round * 7 % 31));
        reader.kill().unwrap();
        reader.wait().unwrap();
        let extracts = desk.entries("EXTRACT");
        assert_eq!(extracts, (1..=extracts.len() as u64).collect::<Vec<_>>());
        cut += u64::from(!extracts.is_empty() && extracts.len() as u64 != TEXTS);
        desk.check();
        // What can be found is never more than what is there, and never an error.
        assert!(desk.search("rust").total <= extracts.len() as u64);
    }
    assert!(cut > 0, "never in the middle: nothing was tested");
    drop(desk);
    let desk = place.open();
    desk.catch_up();
    assert_eq!(desk.entries("EXTRACT"), (1..=TEXTS).collect::<Vec<_>>());
    assert_eq!(desk.search("rust bearing").total, TEXTS);
    for n in [0, 700, 1499] {
        assert_eq!(desk.items(&format!("\"rust {n}\"")), [n + 1]);
    }
    desk.check();
}
