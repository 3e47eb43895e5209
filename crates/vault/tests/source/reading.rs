use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use vault::source::{Facts, Problem, Sink, Volumes, open, read};

use crate::support::{Kept, folder, place, read_all, read_into, skip, walk};

const MIB: usize = 1 << 20;

/// Bytes that repeat nowhere near.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(step)
        .flatten()
        .take(length)
        .collect()
}

#[test]
fn every_length_comes_whole() {
    let (_temp, top) = folder();
    for length in [
        0,
        1,
        4095,
        4096,
        4097,
        MIB - 1,
        MIB,
        MIB + 1,
        3 * MIB,
        5 * MIB + 7,
    ] {
        let path = top.join(format!("{length}"));
        let bytes = bytes(length);
        fs::write(&path, &bytes).unwrap();
        let mut kept = Kept::default();
        let reading = read_into(&path, &mut kept).unwrap();
        assert!(kept.bytes == bytes, "{length}");
        assert_eq!((reading.extent.size, reading.restarts), (length as u64, 0));
        assert!(kept.largest <= MIB as u64);
        assert_eq!(kept.restarts, 0);
    }
}

#[test]
fn reading_leaves_no_trace() {
    let (_temp, top) = folder();
    let file = top.join("sub/file");
    fs::create_dir(top.join("sub")).unwrap();
    fs::write(&file, "bytes").unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let set = |path: &Path| {
        File::open(path)
            .unwrap()
            .set_times(FileTimes::new().set_accessed(long_ago))
            .unwrap();
    };
    let accessed = |path: &Path| fs::symlink_metadata(path).unwrap().accessed().unwrap();
    set(&file);
    set(&top.join("sub"));
    let found = walk(&[top.join("sub")]);
    assert_eq!(read_all(found[0].place().absolute()), b"bytes");
    assert_eq!(accessed(&file), long_ago);
    assert_eq!(accessed(&top.join("sub")), long_ago);
    // An ordinary program does leave one here, or this proves nothing.
    fs::read(&file).unwrap();
    if accessed(&file) == long_ago {
        skip(
            "reading::reading_leaves_no_trace",
            "this file system keeps no time of access",
        );
    }
}

#[test]
fn reading_can_be_watched_and_canceled() {
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, bytes(8 * MIB)).unwrap();
    let mut told = Vec::new();
    read(&place(&path), &mut Kept::default(), &mut |done| {
        told.push(done);
        true
    })
    .unwrap();
    assert!(told.is_sorted());
    assert!(
        told.windows(2).all(|pair| pair[1] - pair[0] <= MIB as u64),
        "{told:?}"
    );
    assert_eq!(told.last(), Some(&(8 * MIB as u64)));

    let mut kept = Kept::default();
    let error = read(&place(&path), &mut kept, &mut |done| done < 3 * MIB as u64).unwrap_err();
    assert_eq!(error.code(), "canceled");
    assert_eq!((kept.bytes.len(), kept.restarts), (3 * MIB, 0));
}

#[test]
fn what_the_sink_says_comes_back_unchanged() {
    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Full;
    struct Refuses;
    impl Sink for Refuses {
        fn data(&mut self, _: &[u8]) -> io::Result<()> {
            Err(io::Error::other(Full))
        }
        fn hole(&mut self, _: u64) -> io::Result<()> {
            Err(io::Error::other(Full))
        }
        fn restart(&mut self) -> io::Result<()> {
            panic!("nothing changed")
        }
    }
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, "x").unwrap();
    let error = read_into(&path, &mut Refuses).unwrap_err();
    assert_eq!(error.code(), "not_stored");
    assert_eq!(
        error.to_string(),
        "file could not be stored: the disk is full"
    );
    let Problem::Sink(inner) = error.problem else {
        panic!()
    };
    assert!(inner.downcast::<Full>().is_ok());
}

#[test]
fn facts_are_those_of_the_file() {
    let (_temp, top) = folder();
    let path = top.join("old");
    fs::write(&path, "123").unwrap();
    let mut volumes = Volumes::new();
    let mut facts = || {
        let reading = read_into(&path, &mut Kept::default()).unwrap();
        Facts::of(&reading, &mut volumes)
    };
    let set = |time| {
        let file = File::options().write(true).open(&path).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
    };
    set(SystemTime::UNIX_EPOCH + Duration::new(1_795_523_696, 123_456_789));
    let first = facts();
    assert_eq!(
        first.modified.as_deref(),
        Some("2026-11-24T12:34:56.123456789+00:00")
    );
    assert_eq!((first.size, first.place.name()), (3, &b"old"[..]));
    set(SystemTime::UNIX_EPOCH - Duration::new(0, 1));
    assert_eq!(
        facts().modified.as_deref(),
        Some("1969-12-31T23:59:59.999999999+00:00")
    );

    let said = Command::new("findmnt")
        .args(["-no", "FSTYPE", "-T"])
        .arg(&path)
        .output();
    match said {
        Ok(said) if said.status.success() => {
            let said = String::from_utf8(said.stdout).unwrap();
            assert_eq!(first.volume.file_system.as_deref(), Some(said.trim()));
        }
        _ => skip(
            "reading::facts_are_those_of_the_file",
            "findmnt does not work",
        ),
    }
}

/// A file server that has lent the file out gives it back when it is told to.
#[test]
fn a_lease_is_waited_for() {
    const HOLDER: &str = "
import fcntl, os, signal, sys, time
file = os.open(sys.argv[1], os.O_RDWR)
def give_back(*_):
    time.sleep(0.2)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
signal.signal(signal.SIGIO, give_back)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('lent', flush=True)
for _ in range(100): time.sleep(0.1)
";
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, "lent out").unwrap();
    let holder = Command::new("python3")
        .args(["-c", HOLDER])
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut holder) = holder else {
        return skip("reading::a_lease_is_waited_for", "there is no python3");
    };
    let mut said = String::new();
    io::BufRead::read_line(
        &mut io::BufReader::new(holder.stdout.take().unwrap()),
        &mut said,
    )
    .unwrap();
    let opened = open(&place(&path));
    let _ = holder.kill();
    holder.wait().unwrap();
    if said.is_empty() {
        return skip(
            "reading::a_lease_is_waited_for",
            "this file system gives no leases",
        );
    }
    let mut kept = Kept::default();
    opened.unwrap().read(&mut kept, &mut |_| true).unwrap();
    assert_eq!(kept.bytes, b"lent out");
}

#[test]
fn nothing_about_the_file_changes() {
    let (_temp, top) = folder();
    let path = top.join("file");
    fs::write(&path, bytes(2 * MIB)).unwrap();
    let of = |path: &Path| {
        let found = fs::symlink_metadata(path).unwrap();
        (
            found.ctime(),
            found.ctime_nsec(),
            found.mode(),
            found.nlink(),
            found.blocks(),
        )
    };
    // Until its blocks are allocated, their number moves by itself.
    File::open(&path).unwrap().sync_all().unwrap();
    let before = of(&path);
    read_all(&path);
    assert_eq!(of(&path), before);
}
