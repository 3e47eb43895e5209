//! What happens to an archive of which any byte was changed: it is refused, or known not to be the sealed one.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Read;

use bundle::zip::{Archive, ArchiveWriter, Limits};
use proptest::prelude::*;

type Members = Vec<(String, Vec<u8>)>;

fn members() -> Members {
    let blob = |folder, digit: &str| format!("cas/{folder}/{}", digit.repeat(64));
    vec![
        ("attestation.json".into(), b"{}\n".to_vec()),
        (blob("aux", "7"), Vec::new()),
        (blob("raw", "0"), b"PK\x03\x04 inside".to_vec()),
        (blob("raw", "a"), vec![0; 40]),
        ("manifest.json".into(), b"{\"files\":{}}\n".to_vec()),
        ("sbom/bom.cdx.json".into(), b"{}\n".to_vec()),
    ]
}

fn write(members: &Members) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Vec::new());
    for (name, content) in members {
        let crc = crc32fast::hash(content);
        writer.start(name, content.len() as u64, crc).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().0
}

/// What the archive holds if it is sealed and whole, otherwise nothing.
///
/// Reads all it can in any case: whatever an archive is refused for, it must not bring down who looks at it.
fn sealed(bytes: &Vec<u8>) -> Option<Members> {
    let archive = Archive::open(bytes, &Limits::default()).ok()?;
    let mut members = Members::new();
    let mut whole = archive.problems().is_empty() && archive.canonical_deviation().is_none();
    for entry in archive.entries() {
        let mut content = Vec::new();
        let mut reader = archive.reader(entry);
        let read = (&mut reader)
            .take(1 << 20)
            .read_to_end(&mut content)
            .is_ok();
        whole &= read && reader.finish().is_ok();
        members.push((entry.name.to_string(), content));
    }
    whole.then_some(members)
}

/// Demands that a changed archive is not taken for a sealed one, unless it is one: that of other members.
fn examine(original: &[u8], changed: &Vec<u8>) {
    if let Some(members) = sealed(changed) {
        assert!(write(&members) == *changed, "sealed, but not as we seal");
        assert!(changed == original || members != self::members());
    }
}

#[test]
fn an_archive_that_was_not_changed_is_sealed() {
    let bytes = write(&members());
    assert_eq!(sealed(&bytes), Some(members()));
}

#[test]
fn every_single_byte_matters() {
    let original = write(&members());
    for place in 0..original.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut changed = original.clone();
            changed[place] ^= change;
            assert_eq!(sealed(&changed), None, "byte {place} xor {change}");
        }
    }
}

#[test]
fn every_cut_and_every_insertion_is_noticed() {
    let original = write(&members());
    for place in 0..=original.len() {
        assert_eq!(
            sealed(&original[..place].to_vec()).is_some(),
            place == original.len()
        );
        for byte in [0, b'P', 0xFF] {
            let mut changed = original.clone();
            changed.insert(place, byte);
            assert_eq!(sealed(&changed), None, "{byte} before byte {place}");
        }
    }
}

#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Copy(usize, usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = 0..2000usize;
    let record = prop_oneof![
        Just(b"PK\x01\x02".to_vec()),
        Just(b"PK\x05\x06".to_vec()),
        Just(b"PK\x06\x06".to_vec()),
        Just(b"PK\x06\x07".to_vec()),
        Just(vec![0xFF; 8]),
        prop::collection::vec(any::<u8>(), 1..40),
    ];
    let change = prop_oneof![
        4 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (place.clone(), record).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (place.clone(), 1..200usize).prop_map(|(at, len)| Change::Remove(at, len)),
        2 => (place.clone(), place, 1..200usize).prop_map(|(from, to, len)| Change::Copy(from, to, len)),
    ];
    prop::collection::vec(change, 1..6)
}

fn apply(bytes: &mut Vec<u8>, changes: &[Change]) {
    for change in changes {
        let len = bytes.len();
        if len == 0 {
            return;
        }
        match change {
            Change::Set(at, byte) => bytes[at % len] = *byte,
            Change::Insert(at, more) => {
                drop(bytes.splice(at % len..at % len, more.iter().copied()));
            }
            Change::Remove(at, count) => drop(bytes.drain(at % len..len.min(at % len + count))),
            Change::Copy(from, to, count) => {
                let (from, to) = (from % len, to % len);
                let count = (*count).min(len - from).min(len - to);
                bytes.copy_within(from..from + count, to);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_goes_unnoticed(changes in changes()) {
        let original = write(&members());
        let mut changed = original.clone();
        apply(&mut changed, &changes);
        examine(&original, &changed);
    }

    #[test]
    fn no_bytes_bring_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        sealed(&bytes);
        let mut ended = bytes.clone();
        ended.extend_from_slice(b"PK\x05\x06");
        ended.extend_from_slice(bytes.get(..18).unwrap_or(&[0; 18]));
        sealed(&ended);
    }

    #[test]
    fn what_is_written_is_read(contents in prop::collection::btree_map("[a-z]{1,9}_(/[a-z]{1,9}_)?", any::<Vec<u8>>(), 0..9)) {
        let members: Members = contents.into_iter().collect();
        let bytes = write(&members);
        let archive = Archive::open(&bytes, &Limits::default()).unwrap();
        prop_assert_eq!(archive.canonical_deviation(), None);
        for problem in archive.problems() {
            prop_assert_eq!(problem.code, "zip_name_collision");
        }
        if archive.problems().is_empty() {
            prop_assert_eq!(sealed(&bytes), Some(members));
        }
    }
}
