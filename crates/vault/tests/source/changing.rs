//! Files that change while they are read: noticed, read again, and named when it does not end.

use std::fs::{self, File, FileTimes, Permissions};
use std::io::Write;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use vault::source::{Change, Problem, RESTARTS, read};

use crate::support::{Kept, folder, place, read_all, read_into};

const LENGTH: usize = 4 << 20;

fn append(path: &Path) {
    let mut file = File::options().append(true).open(path).unwrap();
    file.write_all(b"more").unwrap();
}

fn truncate(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(length - 1).unwrap();
}

fn write_in(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(b"x", 0).unwrap();
}

/// As somebody who wants to hide it.
fn write_in_and_set_the_time_back(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    let before = file.metadata().unwrap().modified().unwrap();
    file.write_all_at(b"x", 0).unwrap();
    file.set_times(FileTimes::new().set_modified(before))
        .unwrap();
}

fn replace(path: &Path) {
    let other = path.with_extension("new");
    fs::write(&other, vec![b'n'; LENGTH]).unwrap();
    fs::rename(other, path).unwrap();
}

/// The old bytes live on under another name.
fn replace_and_keep(path: &Path) {
    fs::rename(path, path.with_extension("old")).unwrap();
    fs::write(path, vec![b'k'; LENGTH]).unwrap();
}

fn touch(path: &Path) {
    let mode = fs::metadata(path).unwrap().permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(mode ^ 0o001)).unwrap();
}

type Happening = fn(&Path);

const CHANGES: [(Change, Happening); 7] = [
    (Change::Grew, append),
    (Change::Shrank, truncate),
    (Change::Rewritten, write_in),
    (Change::Touched, write_in_and_set_the_time_back),
    (Change::Replaced, replace),
    (Change::Replaced, replace_and_keep),
    (Change::Touched, touch),
];

#[test]
fn a_file_that_changed_once_is_read_again() {
    for (case, (_, change)) in CHANGES.into_iter().enumerate() {
        // At the first piece, in the middle, at the last, which is all that is left to notice it by.
        for moment in [0, 1, 3] {
            let (_temp, top) = folder();
            let path = top.join("file");
            fs::write(&path, vec![b'o'; LENGTH]).unwrap();
            let mut done = false;
            let mut once = |piece| {
                if piece == moment && !done {
                    done = true;
                    change(&path);
                }
            };
            let mut kept = Kept::while_doing(&mut once);
            let reading = read_into(&path, &mut kept).unwrap();
            assert_eq!(reading.restarts, 1, "case {case} at {moment}");
            assert_eq!(kept.restarts, 1);
            assert!(
                kept.bytes == fs::read(&path).unwrap(),
                "case {case} at {moment}"
            );
        }
    }
}

#[test]
fn a_file_that_never_stops_changing_is_named() {
    for (case, (expected, change)) in CHANGES.into_iter().enumerate() {
        let (_temp, top) = folder();
        let path = top.join("file");
        fs::write(&path, vec![b'o'; LENGTH]).unwrap();
        let mut always = |piece| {
            if piece == 1 {
                change(&path);
            }
        };
        let mut kept = Kept::while_doing(&mut always);
        let error = read_into(&path, &mut kept).unwrap_err();
        assert_eq!(error.code(), "changed_while_reading", "case {case}");
        let Problem::Changed(found) = error.problem else {
            panic!("{error}")
        };
        assert_eq!(found, expected, "case {case}");
        assert_eq!(kept.restarts, RESTARTS);
        // It is seen early, not after the last byte.
        assert!(kept.pieces <= 2, "case {case}: {} pieces", kept.pieces);
    }
}

#[test]
fn a_log_that_is_written_to_is_named_until_it_rests() {
    let (_temp, top) = folder();
    let path = top.join("log");
    fs::write(&path, vec![b'.'; LENGTH]).unwrap();
    let place = place(&path);
    let lines = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let begin = Instant::now();
    let in_time = || begin.elapsed() < Duration::from_secs(30);
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&path).unwrap();
            while !stop.load(Ordering::Relaxed) && in_time() {
                file.write_all(b"line\n").unwrap();
                lines.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_micros(50));
            }
        });
        // The machine may be too busy to write while this reads: each reading waits for a line.
        let mut until_written = |piece| {
            let before = lines.load(Ordering::Relaxed);
            while piece == 0 && lines.load(Ordering::Relaxed) == before && in_time() {
                std::thread::yield_now();
            }
        };
        let mut kept = Kept::while_doing(&mut until_written);
        let outcome = read(&place, &mut kept, &mut |_| true);
        stop.store(true, Ordering::Relaxed);
        outcome
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), "changed_while_reading");
    assert_eq!(error.to_string(), "log grew while it was read");
    // Neither the reading nor the wait for rest goes on for long.
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(read_all(&path) == fs::read(&path).unwrap());
}

#[test]
fn a_file_that_goes_away_is_named() {
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, vec![b'o'; LENGTH]).unwrap();
    let mut remove = |piece| {
        if piece == 2 {
            fs::remove_file(&path).unwrap();
        }
    };
    let error = read_into(&path, &mut Kept::while_doing(&mut remove)).unwrap_err();
    assert_eq!(error.code(), "vanished");
}

/// Written to a moment ago, and again with the same length within the same tick of the clock.
#[test]
fn two_writes_in_one_tick_are_told_apart() {
    let (_temp, top) = folder();
    let path = top.join("file");
    for round in 0..50 {
        fs::write(&path, vec![b'o'; LENGTH / 2]).unwrap();
        let mut done = false;
        let mut once = |piece| {
            if piece == 1 && !done {
                done = true;
                write_in(&path);
            }
        };
        let mut kept = Kept::while_doing(&mut once);
        read_into(&path, &mut kept).unwrap();
        assert_eq!((kept.bytes[0], kept.restarts), (b'x', 1), "round {round}");
    }
}

#[test]
fn waiting_for_rest_can_be_canceled() {
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, vec![b'o'; LENGTH]).unwrap();
    let changes = std::cell::Cell::new(0);
    let mut always = |piece| {
        if piece == 1 {
            append(&path);
            changes.set(changes.get() + 1);
        }
    };
    let mut kept = Kept::while_doing(&mut always);
    // Nothing is done while it waits: only then `done` is 0 after a change.
    let error = read(&place(&path), &mut kept, &mut |done| {
        changes.get() == 0 || done > 0
    })
    .unwrap_err();
    assert_eq!(error.code(), "canceled");
    assert_eq!(kept.restarts, 0);
}

/// After the last byte was taken there is one more look.
#[test]
fn a_change_after_the_last_byte_is_noticed() {
    for (case, (_, change)) in CHANGES.into_iter().enumerate() {
        let (_temp, top) = folder();
        let path = top.join("file");
        fs::write(&path, vec![b'o'; LENGTH]).unwrap();
        let mut done = false;
        let mut kept = Kept::default();
        let reading = read(&place(&path), &mut kept, &mut |so_far| {
            if so_far == LENGTH as u64 && !done {
                done = true;
                change(&path);
            }
            true
        });
        assert_eq!(reading.unwrap().restarts, 1, "case {case}");
        assert!(kept.bytes == fs::read(&path).unwrap(), "case {case}");
    }
}
