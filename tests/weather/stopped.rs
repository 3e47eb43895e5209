//! Ctrl-C in the middle of long work: it ends soon, says how far it came, and the same command does the rest.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use support::program::{Ran, Room, signal};
use support::sound;

/// A second or so; the machine may be busy with other tests.
const SOON: Duration = Duration::from_secs(10);

const MANY: usize = 3000;

fn stop(child: &mut Child) -> Duration {
    let asked = Instant::now();
    signal(child, "INT");
    child.wait().unwrap();
    asked.elapsed()
}

#[test]
fn capturing_many_files() {
    let room = Room::new();
    for n in 0..MANY {
        room.write(&format!("files/{}/{n}", n % 30), n.to_string().repeat(50));
    }
    let mut child = room.start(&["ingest", "--json-lines", "files"]);
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut out = String::new();
    assert!(answers.read_line(&mut out).unwrap() > 0);
    let reading = thread::spawn(move || {
        answers.read_to_string(&mut out).unwrap();
        out
    });
    let took = stop(&mut child);
    assert!(took < SOON, "{took:?}");
    let ran = Ran {
        status: child.wait().unwrap().code(),
        out: reading.join().unwrap(),
        err: {
            let mut err = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut err)
                .unwrap();
            err
        },
    };
    let ran = ran.ends(3);
    let acknowledged = ran.lines();
    assert!(
        (1..MANY).contains(&acknowledged.len()),
        "{}",
        acknowledged.len()
    );
    let told = format!(
        "error[canceled]: Stopped: capturing was not finished; {} files are stored; ",
        acknowledged.len()
    );
    assert!(ran.err.starts_with(&told), "{}", ran.err);
    assert!(
        ran.err.ends_with("\n  next: Start the same command again: what is stored is recognised, the rest is captured.\n"),
        "{}",
        ran.err
    );
    sound::holds(&room, &acknowledged);
    sound::chain(&room);

    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), MANY);
    assert_eq!(sound::items(&room).len(), MANY, "nothing is there twice");
    sound::tidy(&room);
    sound::chain(&room);
}

#[test]
fn capturing_a_large_file() {
    let room = Room::new();
    let path = room.path("files/large.bin");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let mut child = room.start(&["ingest", "files"]);
    thread::sleep(Duration::from_secs(1));
    let took = stop(&mut child);
    assert!(took < SOON, "{took:?}");
    let ran = Ran::from(child.wait_with_output().unwrap()).ends(3);
    assert!(
        ran.err
            .starts_with("error[canceled]: Stopped: capturing was not finished; "),
        "{}",
        ran.err
    );
    File::create(&path).unwrap().set_len(1 << 26).unwrap();
    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    sound::holds(&room, &again.lines());
    assert_eq!(again.lines()[0]["bytes"], 1 << 26);
    sound::tidy(&room);
}

#[test]
fn sealing() {
    let room = Room::new();
    let path = room.path("files/large.bin");
    File::create(&path).unwrap().set_len(2 << 30).unwrap();
    room.run(&["ingest", "files"]).ends(0);
    let mut child = room.start(&["seal"]);
    while !fs::read_dir(room.bundles()).is_ok_and(|mut entries| entries.next().is_some()) {
        thread::sleep(Duration::from_millis(1));
    }
    let took = stop(&mut child);
    assert!(took < SOON, "{took:?}");
    let ran = Ran::from(child.wait_with_output().unwrap()).ends(3);
    assert!(
        ran.err
            .starts_with("error[canceled]: Stopped: sealing was not finished; "),
        "{}",
        ran.err
    );
    sound::chain(&room);
}

#[test]
fn checking() {
    let room = Room::new();
    let path = room.path("large.zip");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let mut child = room.start(&["verify", "large.zip"]);
    thread::sleep(Duration::from_secs(1));
    let took = stop(&mut child);
    assert!(took < SOON, "{took:?}");
    let ran = Ran::from(child.wait_with_output().unwrap()).ends(3);
    assert_eq!(ran.out, "", "no answer is better than half of one");
    assert!(
        ran.err
            .starts_with("error[canceled]: Stopped: checking was not finished; "),
        "{}",
        ran.err
    );
}
