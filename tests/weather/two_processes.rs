//! Two processes capture into one case at once: one chain, every number once.

use std::collections::BTreeSet;
use std::thread;

use support::program::{Ran, Room};
use support::sound;

const EACH: usize = 300;

#[test]
fn the_chain_is_not_forked() {
    let room = Room::new();
    for n in 0..EACH {
        for side in ["left", "right"] {
            // A third of them is the same on both sides.
            let bytes = if n % 3 == 0 {
                n.to_string()
            } else {
                format!("{side} {n}")
            };
            room.write(&format!("{side}/{n}"), bytes);
        }
    }
    // The first command of all: both begin the case.
    let ran: Vec<Ran> = thread::scope(|scope| {
        let both = ["left", "right"].map(|side| {
            let room = &room;
            scope.spawn(move || room.run(&["ingest", "--json-lines", side]).ends(0))
        });
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let all: Vec<_> = ran.iter().flat_map(Ran::lines).collect();
    assert_eq!(all.len(), 2 * EACH);
    let numbers: BTreeSet<u64> = all
        .iter()
        .map(|line| line["item"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=2 * EACH as u64).collect());
    let new = all
        .iter()
        .filter(|line| line["status"] == "captured")
        .count();
    assert_eq!(new, 2 * EACH - EACH / 3, "the same bytes are new once");
    sound::holds(&room, &all);
    sound::chain(&room);
    let kinds = kinds(&room);
    let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
    assert_eq!(
        [count("GENESIS"), count("INTAKE"), count("CAPTURE")],
        [1, 2, 2 * EACH]
    );
    sound::tidy(&room);

    // Sealing while the other captures: both are whole.
    room.write("late/1", "late");
    let (sealed, late) = thread::scope(|scope| {
        let sealing = scope.spawn(|| room.run(&["seal", "--json"]).ends(0).document());
        let capturing = scope.spawn(|| room.run(&["ingest", "--json-lines", "late"]).ends(0));
        (sealing.join().unwrap(), capturing.join().unwrap())
    });
    sound::holds(&room, &late.lines());
    sound::sealed(&room, &sealed);
    sound::chain(&room);
}

/// What the entries of the record are.
fn kinds(room: &Room) -> Vec<String> {
    let listed = room.run(&["ledger", "--json", "--limit", "100000"]);
    let entries = listed.ends(0).document()["items"]
        .as_array()
        .unwrap()
        .clone();
    let kind = |entry: &serde_json::Value| entry["type"].as_str().unwrap().to_owned();
    entries.iter().map(kind).collect()
}
