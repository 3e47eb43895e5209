//! `kill -9` at moments that nobody chose. `FIELDGRADE_ROUNDS` says how often, `FIELDGRADE_SEED` plays a run again as
//! far as moments can be played again.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use support::program::{Ran, Room};
use support::random::{Random, seed};
use support::sound;

const FILES: usize = 2000;

fn rounds() -> u32 {
    let given = std::env::var("FIELDGRADE_ROUNDS");
    given.map_or(20, |text| {
        text.parse().expect("FIELDGRADE_ROUNDS is a number")
    })
}

/// Small files, as a camera's notes or a mailbox are; some twice.
fn many_files(room: &Room, random: &mut Random) {
    for n in 0..FILES {
        let length = if random.once_in(50) {
            200_000
        } else {
            random.below(4000)
        };
        let bytes = if random.once_in(20) {
            vec![7; 100]
        } else {
            random.bytes(length)
        };
        room.write(&format!("files/{}/{n}.dat", n % 40), bytes);
    }
}

/// Starts a command, kills it after a while, and gives what it had said until then.
fn killed(room: &Room, arguments: &[&str], after: Duration) -> Ran {
    // Into a file: a pipe that nobody empties would hold the program up.
    let said = room.path("said");
    let mut child = room
        .command(arguments)
        .stdout(File::create(&said).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    // It may have come to its end by itself; then nothing is killed.
    let _ = child.kill();
    Ran {
        status: child.wait().unwrap().code(),
        out: fs::read_to_string(said).unwrap(),
        err: String::new(),
    }
}

fn one_round(files: &Path, whole: [Duration; 2], random: &mut Random) -> String {
    let room = Room::new();
    let ingest = ["ingest", "--json-lines", files.to_str().unwrap()];
    let mut moment =
        |of: Duration| of.mul_f64(f64::from(u32::try_from(random.below(1100)).unwrap()) / 1000.0);
    let (first, second) = (moment(whole[0]), moment(whole[1]));

    let ran = killed(&room, &ingest, first);
    let said = ran.lines();
    sound::holds(&room, &said);
    if !said.is_empty() {
        sound::chain(&room);
    }
    let again = room.run(&ingest).ends(0);
    sound::tidy(&room);
    assert_eq!(again.lines().len(), FILES);
    sound::holds(&room, &again.lines());
    let items = sound::items(&room);
    assert_eq!(items.len(), FILES, "nothing is there twice");

    let ran = killed(&room, &["seal", "--json"], second);
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    sound::tidy(&room);
    sound::sealed(&room, &sealed);
    assert_eq!(sealed["number"], 1, "{sealed}");
    sound::chain(&room);
    let told = if ran.out.is_empty() {
        "before"
    } else {
        "after"
    };
    format!(
        "ingest struck after {first:?}, {} of {FILES} acknowledged; seal after {second:?}, {told} its answer",
        said.len()
    )
}

#[test]
fn random_kills_lose_nothing_acknowledged() {
    let seed = seed();
    println!("FIELDGRADE_SEED={seed}");
    let mut random = Random::new(seed);
    let room = Room::new();
    many_files(&room, &mut random);
    // How long it takes when nobody disturbs it.
    let took = |arguments: &[&str]| {
        let begun = Instant::now();
        room.run(arguments).ends(0);
        begun.elapsed()
    };
    let whole = [
        took(&["ingest", "--json-lines", "files"]),
        took(&["seal", "--json"]),
    ];
    println!("undisturbed: {whole:?}");
    for round in 1..=rounds() {
        let struck = one_round(&room.files(), whole, &mut random);
        println!("round {round}: {struck}");
    }
}
