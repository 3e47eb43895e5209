use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::{Duration, Instant};

use vault::source::{Extent, Sink};

use crate::support::{Kept, folder, read_into, skip};

const MIB: u64 = 1 << 20;

/// Writes pieces into a file of this length. False where the file system fills what lies between.
fn sparse(path: &Path, length: u64, pieces: &[(u64, &[u8])]) -> bool {
    let file = File::create(path).unwrap();
    file.set_len(length).unwrap();
    for (at, bytes) in pieces {
        file.write_all_at(bytes, *at).unwrap();
    }
    file.sync_all().unwrap();
    fs::metadata(path).unwrap().blocks() * 512 < length / 2
}

/// Remembers where bytes that are not zero lay, and no more.
#[derive(Default)]
struct Marks {
    at: u64,
    holes: u64,
    found: Vec<(u64, u8)>,
}

impl Sink for Marks {
    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        let marks = (self.at..)
            .zip(bytes.iter().copied())
            .filter(|(_, byte)| *byte != 0);
        self.found.extend(marks);
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn hole(&mut self, length: u64) -> io::Result<()> {
        self.at += length;
        self.holes += length;
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        *self = Self::default();
        Ok(())
    }
}

#[test]
fn five_gibibytes_of_nothing_take_no_time() {
    let (_temp, top) = folder();
    let path = top.join("image");
    let length = 5 << 30;
    let marks = [(0, 1), (3 << 30, 2), (length - 1, 3)];
    let pieces: Vec<_> = marks
        .iter()
        .map(|(at, byte)| (*at, std::slice::from_ref(byte)))
        .collect();
    if !sparse(&path, length, &pieces) {
        return skip(
            "holes::five_gibibytes_of_nothing_take_no_time",
            "this file system keeps no holes",
        );
    }
    let begin = Instant::now();
    let mut sink = Marks::default();
    let reading = read_into(&path, &mut sink).unwrap();
    // Five gibibytes through a debug build's loop take longer than this by far.
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!((reading.extent.size, sink.at), (length, length));
    assert_eq!(reading.extent.holes, sink.holes);
    assert!(sink.holes > length - 4 * MIB, "{}", sink.holes);
    assert_eq!(sink.found, marks);
}

#[test]
fn a_file_with_holes_has_the_same_bytes() {
    let (_temp, top) = folder();
    let path = top.join("file");
    let block = vec![7; 100_000];
    for (case, pieces) in [
        (0, vec![]),
        (1, vec![(0, &block[..])]),
        (2, vec![(8 * MIB - 100_000, &block[..])]),
        (
            3,
            vec![
                (MIB - 1, &block[..1]),
                (3 * MIB + 17, &block),
                (4 * MIB, &block),
            ],
        ),
        (4, (0..64).map(|i| (i * MIB / 8, &block[..1])).collect()),
    ] {
        if !sparse(&path, 8 * MIB, &pieces) {
            return skip(
                "holes::a_file_with_holes_has_the_same_bytes",
                "this file system keeps no holes",
            );
        }
        let mut kept = Kept::default();
        let reading = read_into(&path, &mut kept).unwrap();
        assert!(kept.bytes == fs::read(&path).unwrap(), "case {case}");
        assert_eq!(reading.extent.holes, kept.holes);
        assert!(
            kept.holes > 4 * MIB && kept.largest <= MIB,
            "case {case}: {}",
            kept.holes
        );
    }
}

#[test]
fn zeros_that_were_written_are_no_hole() {
    let (_temp, top) = folder();
    let path = top.join("zeros");
    fs::write(&path, vec![0; 3 << 20]).unwrap();
    let reading = read_into(&path, &mut Kept::default()).unwrap();
    let whole = Extent {
        size: 3 * MIB,
        holes: 0,
    };
    assert_eq!(reading.extent, whole);
}

#[test]
fn a_write_into_a_hole_is_noticed() {
    let (_temp, top) = folder();
    let path = top.join("file");
    if !sparse(&path, 64 * MIB, &[(0, b"begin")]) {
        return skip(
            "holes::a_write_into_a_hole_is_noticed",
            "this file system keeps no holes",
        );
    }
    let mut done = false;
    let mut once = |piece| {
        if piece == 5 && !done {
            done = true;
            let file = File::options().write(true).open(&path).unwrap();
            file.write_all_at(b"late", 2 * MIB).unwrap();
        }
    };
    let mut kept = Kept::while_doing(&mut once);
    let reading = read_into(&path, &mut kept).unwrap();
    assert_eq!((reading.restarts, kept.restarts), (1, 1));
    let at = usize::try_from(2 * MIB).unwrap();
    assert_eq!(&kept.bytes[at..at + 4], b"late");
}
