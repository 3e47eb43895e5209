//! Every boundary at which an archive needs ZIP64, with files that are mostly holes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod zip_support;

use bundle::ReadAt;
use bundle::zip::{Archive, ArchiveWriter, Limits};
use zip_support::{Sparse, ZEROS, crc_of_zeros};

const MARKER: u64 = 0xFFFF_FFFF;
/// A local header with a name of one letter.
const HEADER: u64 = 31;

/// An archive of members `a`, `b` … with so many zeros each.
fn archive_of(sizes: &[u64]) -> Sparse {
    let mut writer = ArchiveWriter::new(Sparse::default());
    for (name, size) in ('a'..='z').zip(sizes) {
        writer
            .start(&name.to_string(), *size, crc_of_zeros(*size))
            .unwrap();
        let mut left = *size;
        while left > 0 {
            let piece = usize::try_from(left.min(ZEROS.len() as u64)).unwrap();
            writer.write_all(&ZEROS[..piece]).unwrap();
            left -= piece as u64;
        }
    }
    let (sparse, len) = writer.finish().unwrap();
    assert_eq!(len, sparse.size());
    sparse
}

/// Opens the archive and demands that it is sealed and holds these sizes.
fn check(sparse: &Sparse, sizes: &[u64]) {
    let archive = Archive::open(sparse, &Limits::default()).unwrap();
    assert_eq!(archive.problems(), []);
    assert_eq!(archive.canonical_deviation(), None);
    let found: Vec<u64> = archive.entries().iter().map(|entry| entry.size).collect();
    assert_eq!(found, sizes);
    for entry in archive
        .entries()
        .iter()
        .filter(|entry| entry.size < MARKER / 2)
    {
        archive.reader(entry).finish().unwrap();
    }
}

fn bytes(sparse: &Sparse, at: u64, len: usize) -> Vec<u8> {
    let mut buffer = vec![0; len];
    sparse.read_exact_at(&mut buffer, at).unwrap();
    buffer
}

/// Whether a ZIP64 end record stands before the end record.
fn has_wide_end(sparse: &Sparse) -> bool {
    bytes(sparse, sparse.size() - 42, 4) == b"PK\x06\x07"
}

/// The directory entries' needed versions and lengths of extra fields.
fn directory(sparse: &Sparse, start: u64, members: usize) -> Vec<(u8, u8)> {
    let mut at = start;
    let entry = |_| {
        let head = bytes(sparse, at, 46);
        assert_eq!(&head[..4], b"PK\x01\x02");
        at += 47 + u64::from(head[30]);
        (head[6], head[30])
    };
    (0..members).map(entry).collect()
}

#[test]
fn sizes_around_the_marker() {
    for (size, needed, extra) in [(MARKER - 1, 20, 0), (MARKER, 45, 20), (MARKER + 1, 45, 20)] {
        let sparse = archive_of(&[size]);
        check(&sparse, &[size]);
        let head = bytes(&sparse, 0, 31 + extra);
        assert_eq!((head[4], usize::from(head[28])), (needed, extra));
        if extra == 20 {
            assert_eq!(head[18..26], [0xFF; 8]);
            let wide = [
                &[1, 0, 16, 0],
                size.to_le_bytes().as_slice(),
                &size.to_le_bytes(),
            ]
            .concat();
            assert_eq!(head[31..], wide);
        }
        let start = HEADER + extra as u64 + size;
        assert_eq!(
            directory(&sparse, start, 1),
            [(needed, u8::try_from(extra).unwrap())]
        );
        assert!(has_wide_end(&sparse));
    }
}

#[test]
fn places_around_the_marker() {
    for (place, needed, extra) in [(MARKER - 1, 20, 0), (MARKER, 45, 12), (MARKER + 1, 45, 12)] {
        let sizes = [place - HEADER, 5];
        let sparse = archive_of(&sizes);
        check(&sparse, &sizes);
        let head = bytes(&sparse, place, 31);
        assert_eq!(
            (head[4], head[28]),
            (needed, 0),
            "no extra field in the member's own header"
        );
        assert_eq!(
            directory(&sparse, place + HEADER + 5, 2),
            [(20, 0), (needed, extra)]
        );
    }
}

#[test]
fn the_directory_around_the_marker() {
    for (start, wide) in [(MARKER - 1, false), (MARKER, true)] {
        let sparse = archive_of(&[start - HEADER]);
        check(&sparse, &[start - HEADER]);
        assert_eq!(has_wide_end(&sparse), wide);
    }
}

#[test]
fn size_and_place_both_large() {
    let sparse = archive_of(&[MARKER, MARKER]);
    check(&sparse, &[MARKER, MARKER]);
    let start = 2 * (HEADER + 20 + MARKER);
    assert_eq!(directory(&sparse, start, 2), [(45, 20), (45, 28)]);
}

#[test]
fn counts_around_the_marker() {
    for (count, wide) in [(65_534u32, false), (65_535, true), (65_536, true)] {
        let mut writer = ArchiveWriter::new(Sparse::default());
        for number in 0..count {
            writer.start(&format!("{number:05}"), 0, 0).unwrap();
        }
        let (sparse, _) = writer.finish().unwrap();
        assert_eq!(has_wide_end(&sparse), wide);
        let archive = Archive::open(&sparse, &Limits::default()).unwrap();
        assert_eq!(
            (archive.problems(), archive.canonical_deviation()),
            (&[][..], None)
        );
        assert_eq!(archive.len(), count as usize);
        let end = bytes(&sparse, sparse.size() - 22, 22);
        let counted = u16::from_le_bytes([end[10], end[11]]);
        assert_eq!(u32::from(counted), count.min(0xFFFF));
    }
}
