//! Archives of a million entries, made up while they are read: judged in bounded memory and with few reads.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use bundle::ReadAt;
use bundle::zip::{Archive, Limits, Unreadable};

const MILLION: u64 = 1_000_000;

/// An archive of empty members whose names all have the same length.
struct Million {
    name: fn(u64) -> String,
    name_len: u64,
    /// Whether every directory entry points to the first member.
    all_at_start: bool,
    end: Vec<u8>,
    reads: AtomicUsize,
    bytes_read: AtomicUsize,
}

impl Million {
    fn new(name: fn(u64) -> String) -> Self {
        let name_len = name(0).len() as u64;
        let (directory, members) = (MILLION * (46 + name_len), MILLION * (30 + name_len));
        let mut end = Vec::new();
        end.extend_from_slice(b"PK\x06\x06");
        end.extend_from_slice(&44u64.to_le_bytes());
        end.extend_from_slice(&[45, 3, 45, 0]);
        end.extend_from_slice(&[0; 8]);
        for value in [MILLION, MILLION, directory, members] {
            end.extend_from_slice(&value.to_le_bytes());
        }
        end.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        end.extend_from_slice(&(directory + members).to_le_bytes());
        end.extend_from_slice(b"\x01\0\0\0PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF");
        end.extend_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
        end.extend_from_slice(&u32::try_from(members).unwrap().to_le_bytes());
        end.extend_from_slice(&[0, 0]);
        let (reads, bytes_read) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self {
            name,
            name_len,
            all_at_start: false,
            end,
            reads,
            bytes_read,
        }
    }

    fn local_len(&self) -> u64 {
        30 + self.name_len
    }

    fn central_len(&self) -> u64 {
        46 + self.name_len
    }

    fn open(&self) -> Result<Archive<'_, Self>, Unreadable> {
        Archive::open(self, &Limits::default())
    }

    /// The record that covers a place, and where it starts.
    fn record(&self, at: u64) -> (u64, Vec<u8>) {
        let members = MILLION * self.local_len();
        let directory = members + MILLION * self.central_len();
        let mut record = Vec::with_capacity(128);
        if at < members {
            let number = at / self.local_len();
            record.extend_from_slice(b"PK\x03\x04");
            self.common(&mut record);
            record.extend_from_slice((self.name)(number).as_bytes());
            (number * self.local_len(), record)
        } else if at < directory {
            let number = (at - members) / self.central_len();
            let offset = if self.all_at_start {
                0
            } else {
                number * self.local_len()
            };
            record.extend_from_slice(b"PK\x01\x02\x14\x03");
            self.common(&mut record);
            record.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81]);
            record.extend_from_slice(&u32::try_from(offset).unwrap().to_le_bytes());
            record.extend_from_slice((self.name)(number).as_bytes());
            (members + number * self.central_len(), record)
        } else {
            (directory, self.end.clone())
        }
    }

    fn common(&self, record: &mut Vec<u8>) {
        record.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        record.extend_from_slice(&[0; 12]);
        record.extend_from_slice(&[u8::try_from(self.name_len).unwrap(), 0, 0, 0]);
    }
}

impl ReadAt for Million {
    fn size(&self) -> u64 {
        MILLION * (self.local_len() + self.central_len()) + self.end.len() as u64
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes_read.fetch_add(buffer.len(), Ordering::Relaxed);
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            let (start, record) = self.record(at);
            let piece = &record[usize::try_from(at - start).unwrap()..];
            let len = piece.len().min(buffer.len() - done);
            buffer[done..done + len].copy_from_slice(&piece[..len]);
            done += len;
        }
        Ok(())
    }
}

#[test]
fn a_million_blobs_hold_no_names_and_cost_few_reads() {
    let source = Million::new(|number| format!("cas/raw/{number:064x}"));
    let archive = source.open().unwrap();
    assert_eq!(archive.problems(), []);
    assert_eq!(archive.canonical_deviation(), None);
    assert_eq!(archive.len() as u64, MILLION);
    assert_eq!(archive.held_name_bytes(), 0);
    let last = archive.entries().last().unwrap();
    assert!(std::ptr::eq(
        archive.find(&last.name.to_string()).unwrap(),
        last
    ));
    assert!(archive.find(&format!("cas/aux/{:064x}", 0)).is_none());
    let whole = usize::try_from(source.size()).unwrap();
    assert!(source.reads.load(Ordering::Relaxed) < 2_000);
    assert!(source.bytes_read.load(Ordering::Relaxed) < whole + whole / 50);
}

#[test]
fn a_million_times_the_same_name_is_one_problem() {
    let source = Million::new(|_| format!("cas/raw/{:064x}", 7));
    let archive = source.open().unwrap();
    let codes: Vec<_> = archive
        .problems()
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, ["duplicate_zip_members"]);
    assert!(
        archive
            .canonical_deviation()
            .unwrap()
            .ends_with("out of order")
    );
}

#[test]
fn a_million_entries_for_one_member_are_counted_but_not_listed() {
    let mut source = Million::new(|number| format!("folder-{number:020}"));
    source.all_at_start = true;
    let archive = source.open().unwrap();
    assert_eq!(archive.problems().len(), 100);
    assert!(archive.problem_count() >= MILLION - 1);
    assert!(archive.held_name_bytes() <= 32 << 20);
    assert!(archive.entries().iter().skip(1).all(|entry| !entry.sound()));
    // No entry costs more than its own header: what lies behind it is not read ahead.
    let read = source.bytes_read.load(Ordering::Relaxed) as u64;
    assert!(read < 2 * source.size());
}

#[test]
fn a_million_names_that_are_not_blobs_are_too_many() {
    let source = Million::new(|number| format!("{number:040}"));
    let unreadable = source.open().unwrap_err();
    assert_eq!(unreadable.problem.code, "zip_limit");
    assert!(source.bytes_read.load(Ordering::Relaxed) as u64 <= source.size());
}

#[test]
fn limits_are_looked_at_before_the_directory_is_read() {
    let source = Million::new(|number| format!("cas/raw/{number:064x}"));
    let few = Limits {
        entries: MILLION - 1,
        ..Limits::default()
    };
    let small = Limits {
        directory: 1 << 20,
        ..Limits::default()
    };
    for limits in [few, small] {
        let unreadable = Archive::open(&source, &limits).unwrap_err();
        assert_eq!(unreadable.problem.code, "zip_limit");
    }
    assert!(source.reads.load(Ordering::Relaxed) < 20);
}
