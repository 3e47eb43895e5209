//! The content-addressed store, on real files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use bundle::{ReadAt, Sha256};
use store::blobs::{Listed, Outcome, Recheck};
use store::watch::CountingWatch;
use store::{BlobKind, Blobs, StoreError, Unwatched};
use support::Place;

const RAW: BlobKind = BlobKind::Raw;

fn bytes_of(blobs: &Blobs, digest: Sha256) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let mut reader = blobs.open_blob(RAW, digest)?;
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| StoreError::io("read", "blob", error))?;
    Ok(bytes)
}

fn damage(path: &Path, bytes: &[u8]) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_was_put_comes_back_and_lies_where_the_format_says() {
    let place = Place::new();
    let blobs = place.blobs();
    for (kind, folder) in [
        (RAW, "blobs"),
        (BlobKind::Extract, "extracts"),
        (BlobKind::Aux, "aux"),
    ] {
        let stored = blobs.put_bytes(kind, b"abc").unwrap();
        assert_eq!(
            (stored.digest, stored.size, stored.outcome),
            (Sha256::of(b"abc"), 3, Outcome::New)
        );
        assert_eq!(stored.crc32, 0x3524_41C2);
        let path = place.path().join(format!(
            "termite_fieldpack/runtime/cas/{folder}/sha256/{}",
            stored.digest
        ));
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o440
        );
        assert_eq!(blobs.list(kind).unwrap().count(), 1);
    }
    assert_eq!(bytes_of(&blobs, Sha256::of(b"abc")).unwrap(), b"abc");
    assert_eq!(
        bytes_of(&blobs, Sha256::of(b"")).unwrap_err().code(),
        "blob_missing"
    );
    blobs.put_bytes(RAW, b"").unwrap();
    assert_eq!(bytes_of(&blobs, Sha256::of(b"")).unwrap(), b"");
    assert!(blobs.remove(RAW, Sha256::of(b"abc")).unwrap());
    assert!(!blobs.remove(RAW, Sha256::of(b"abc")).unwrap());
    assert_eq!(place.temporary_files(), 0);
}

#[test]
fn the_same_bytes_are_kept_once() {
    let place = Place::new();
    let blobs = place.blobs();
    let twice = vec![
        blobs.stage_bytes(RAW, b"same").unwrap(),
        blobs.stage_bytes(RAW, b"same").unwrap(),
    ];
    let stored = blobs.commit(twice, Recheck::Size).unwrap();
    assert_eq!(
        stored.iter().map(|one| one.outcome).collect::<Vec<_>>(),
        [Outcome::New, Outcome::Duplicate]
    );
    let path = blobs.path(RAW, stored[0].digest);
    let before = fs::metadata(&path).unwrap().ino();
    assert_eq!(
        blobs.put_bytes(RAW, b"same").unwrap().outcome,
        Outcome::Duplicate
    );
    assert_eq!(
        fs::metadata(&path).unwrap().ino(),
        before,
        "the file that was there stays"
    );
    assert_eq!(place.temporary_files(), 0);
}

#[test]
fn damage_is_healed_by_the_right_bytes() {
    let place = Place::new();
    let blobs = place.blobs();
    let digest = blobs.put_bytes(RAW, b"evidence").unwrap().digest;
    let path = blobs.path(RAW, digest);

    damage(&path, b"cut");
    assert_eq!(
        blobs.put_bytes(RAW, b"evidence").unwrap().outcome,
        Outcome::Healed
    );
    assert_eq!(bytes_of(&blobs, digest).unwrap(), b"evidence");

    damage(&path, b"evidencE");
    assert_eq!(
        blobs.put_bytes(RAW, b"evidence").unwrap().outcome,
        Outcome::Duplicate,
        "the length tells nothing"
    );
    let staged = vec![blobs.stage_bytes(RAW, b"evidence").unwrap()];
    assert_eq!(
        blobs.commit(staged, Recheck::Content).unwrap()[0].outcome,
        Outcome::Healed
    );
    assert_eq!(bytes_of(&blobs, digest).unwrap(), b"evidence");

    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &path).unwrap();
    assert_eq!(bytes_of(&blobs, digest).unwrap_err().code(), "blob_damaged");
    assert_eq!(
        blobs.put_bytes(RAW, b"evidence").unwrap().outcome,
        Outcome::Healed
    );
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}

#[test]
fn the_last_piece_of_damaged_bytes_never_leaves() {
    let place = Place::new();
    let blobs = place.blobs();
    for size in [1_usize, 131_071, 131_072, 131_073, 300_000] {
        let good: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let digest = blobs.put_bytes(RAW, &good).unwrap().digest;
        assert_eq!(bytes_of(&blobs, digest).unwrap(), good);
        let mut bad = good;
        bad[size / 2] ^= 1;
        damage(&blobs.path(RAW, digest), &bad);
        let mut reader = blobs.open_blob(RAW, digest).unwrap();
        let mut out = Vec::new();
        let error = reader.read_to_end(&mut out).unwrap_err();
        assert!(out.len() < size, "{} of {size} bytes left", out.len());
        let error = StoreError::io("read", "blob", error);
        assert_eq!(error.code(), "blob_damaged");
        assert_eq!(error.place(), Some(blobs.path(RAW, digest).as_path()));
        assert!(
            reader.read(&mut [0; 10]).is_err(),
            "asking again gives nothing"
        );
        assert_eq!(
            blobs
                .open_blob(RAW, digest)
                .unwrap()
                .check(&Unwatched)
                .unwrap_err()
                .code(),
            "blob_damaged"
        );
    }
}

#[test]
fn a_checked_blob_is_read_at_any_place() {
    let place = Place::new();
    let blobs = place.blobs();
    let digest = blobs.put_bytes(RAW, b"0123456789").unwrap().digest;
    let watch = CountingWatch::default();
    let checked = blobs.open_blob(RAW, digest).unwrap().check(&watch).unwrap();
    let mut two = [0; 2];
    checked.read_exact_at(&mut two, 7).unwrap();
    assert_eq!((&two, checked.size(), watch.last()), (b"78", 10, 10));
    assert!(checked.read_exact_at(&mut two, 9).is_err());
}

#[test]
fn holes_are_hashed_and_take_no_space() {
    let place = Place::new();
    let blobs = place.blobs();
    let mut writer = blobs.begin(RAW).unwrap();
    writer.write_piece(b"head").unwrap();
    writer.write_hole((8 << 20) - 4, &Unwatched).unwrap();
    writer.write_piece(b"tail").unwrap();
    writer.write_hole(1 << 20, &Unwatched).unwrap();
    let canceled = CountingWatch::default();
    canceled.cancel();
    assert_eq!(
        writer.write_hole(1, &canceled).unwrap_err().code(),
        "canceled"
    );
    let staged = writer.finish().unwrap();
    let mut whole = vec![0; 9 << 20];
    whole.extend([0; 4]);
    whole[..4].copy_from_slice(b"head");
    whole[8 << 20..(8 << 20) + 4].copy_from_slice(b"tail");
    assert_eq!(staged.digest, Sha256::of(&whole));
    let stored = blobs.commit(vec![staged], Recheck::Size).unwrap();
    assert_eq!(stored[0].size, whole.len() as u64);
    let found = fs::metadata(blobs.path(RAW, stored[0].digest)).unwrap();
    assert!(found.blocks() * 512 < 1 << 20, "{} blocks", found.blocks());
    assert_eq!(bytes_of(&blobs, stored[0].digest).unwrap(), whole);
}

#[test]
fn streams_large_and_small_come_in_whole() {
    let place = Place::new();
    let blobs = place.blobs();
    for size in [0, 1, (1 << 20) + 1, 4 << 20, (4 << 20) + 1, (20 << 20) + 17] {
        let bytes: Vec<u8> = (0..size)
            .map(|i: u32| i.wrapping_mul(2_654_435_761).to_be_bytes()[0])
            .collect();
        let watch = CountingWatch::default();
        let mut writer = blobs.begin(RAW).unwrap();
        writer.write_piece(b"x").unwrap();
        let filled = writer
            .fill_from(&mut bytes.as_slice(), Path::new("x"), None, &watch)
            .unwrap();
        writer.write_piece(b"y").unwrap();
        let staged = writer.finish().unwrap();
        assert_eq!(filled, bytes.len() as u64);
        assert_eq!(staged.digest, Sha256::of_parts(&[b"x", &bytes, b"y"]));
        assert_eq!(staged.size, filled + 2);
        assert!(watch.reports() >= filled >> 20);
    }
    assert_eq!(place.temporary_files(), 0, "what was not committed is gone");
}

#[test]
fn a_large_stream_is_canceled_within_a_piece() {
    let place = Place::new();
    let blobs = place.blobs();
    for after in [1 << 20, 30 << 20] {
        let watch = CountingWatch::cancel_after(after);
        let mut writer = blobs.begin(RAW).unwrap();
        let refused = writer
            .fill_from(&mut std::io::repeat(7), Path::new("x"), None, &watch)
            .unwrap_err();
        assert_eq!(refused.code(), "canceled");
        assert!(watch.last() <= after + (1 << 20));
    }
    assert_eq!(place.temporary_files(), 0);
}

#[test]
fn many_groups_at_once_with_the_same_bytes_among_them() {
    let place = Place::new();
    let blobs = place.blobs();
    let start = Barrier::new(4);
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let one = |worker: u32| {
            let (blobs, start) = (&blobs, &start);
            move || {
                let stage = |i: u32| {
                    // Half of them are the same for every worker.
                    let own = if i.is_multiple_of(2) { worker } else { 99 };
                    blobs
                        .stage_bytes(RAW, format!("{own} {i}").as_bytes())
                        .unwrap()
                };
                let staged = (0..100).map(stage).collect();
                start.wait();
                blobs.commit(staged, Recheck::Content).unwrap()
            }
        };
        let workers: Vec<_> = (0..4).map(|worker| scope.spawn(one(worker))).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .map(|stored| stored.outcome)
            .collect()
    });
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == Outcome::New)
            .count(),
        4 * 50 + 50
    );
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == Outcome::Duplicate)
            .count(),
        3 * 50
    );
    let mut found = 0;
    for listed in blobs.list(RAW).unwrap() {
        let Listed::Blob { digest, .. } = listed.unwrap() else {
            panic!("something foreign")
        };
        bytes_of(&blobs, digest).unwrap();
        found += 1;
    }
    assert_eq!(found, 250);
    assert_eq!(place.temporary_files(), 0);
}

#[test]
fn a_listing_shows_what_is_foreign() {
    let place = Place::new();
    let blobs = place.blobs();
    let digest = blobs.put_bytes(RAW, b"abc").unwrap().digest;
    fs::write(blobs.path(RAW, digest).with_file_name("NOTE.txt"), b"hello").unwrap();
    let mut listed: Vec<Listed> = blobs.list(RAW).unwrap().map(Result::unwrap).collect();
    listed.sort_by_key(|one| matches!(one, Listed::Foreign(_)));
    assert!(
        matches!(&listed[0], Listed::Blob { digest: found, size: 3, inode } if *found == digest && *inode > 0)
    );
    assert!(matches!(&listed[1], Listed::Foreign(path) if path.ends_with("NOTE.txt")));
}

#[test]
fn a_sweep_takes_what_dead_processes_left() {
    let place = Place::new();
    let blobs = place.blobs();
    let writing = blobs.stage_bytes(RAW, b"in progress").unwrap();
    fs::write(place.tmp().join(".new-999999-0"), b"left").unwrap();
    let swept = blobs.sweep_tmp().unwrap();
    assert_eq!((swept.files, swept.bytes), (1, 4));
    assert_eq!(
        blobs.commit(vec![writing], Recheck::Size).unwrap()[0].outcome,
        Outcome::New
    );
}

#[test]
fn a_root_opened_to_read_takes_nothing_in() {
    let place = Place::new();
    let digest = place.blobs().put_bytes(RAW, b"abc").unwrap().digest;
    let root = place.open(store::Access::Read);
    let blobs = Blobs::open(&root).unwrap();
    assert_eq!(bytes_of(&blobs, digest).unwrap(), b"abc");
    assert_eq!(
        blobs.put_bytes(RAW, b"new").unwrap_err().code(),
        "read_only"
    );
    assert_eq!(blobs.remove(RAW, digest).unwrap_err().code(), "read_only");
    assert_eq!(blobs.sweep_tmp().unwrap_err().code(), "read_only");
}
