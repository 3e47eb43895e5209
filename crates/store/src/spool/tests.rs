use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::blobs::{BlobKind, Blobs, Outcome, Recheck};
use crate::root::DataRoot;

fn at(path: &Path, mark: &Mark) -> Opened<Spool> {
    Spool::open(path, || Ok::<_, StoreError>(mark.clone())).unwrap()
}

fn open(path: &Path, mark: &Mark) -> Spool {
    match at(path, mark) {
        Opened::Held(spool) => spool,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_not_marked_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let mut spool = open(&path, &Mark::start());
    spool.write_piece(b"marked").unwrap();
    let mark = spool.sync().unwrap();
    spool.write_piece(b" and lost").unwrap();
    drop(spool);
    assert_eq!(fs::read(&path).unwrap(), b"marked and lost");
    let mut spool = open(&path, &mark);
    assert_eq!(spool.offset(), 6);
    spool.write_piece(b" twice").unwrap();
    let mark = spool.sync().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"marked twice");
    assert_eq!(mark.digest(), Some(Sha256::of(b"marked twice")));
    assert_eq!(mark.crc32, crc32fast::hash(b"marked twice"));
}

#[test]
fn one_writes_at_a_time_and_losses_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let mut spool = open(&path, &Mark::start());
    assert!(matches!(at(&path, &Mark::start()), Opened::Busy));
    assert!(matches!(Whole::open(&path).unwrap(), Opened::Busy));
    spool.write_piece(b"12345").unwrap();
    let mark = spool.sync().unwrap();
    drop(spool);
    fs::write(&path, b"1234").unwrap();
    assert!(matches!(at(&path, &mark), Opened::Lost));
    assert_eq!(
        fs::read(&path).unwrap(),
        b"1234",
        "it stays to be looked at"
    );
    fs::remove_file(&path).unwrap();
    assert!(matches!(at(&path, &mark), Opened::Lost));
}

#[test]
fn a_state_of_another_version_costs_one_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let mut spool = open(&path, &Mark::start());
    spool.write_piece(&vec![7; 100_000]).unwrap();
    let mut mark = spool.sync().unwrap();
    drop(spool);
    mark.sha256 = vec![99];
    assert_eq!(mark.digest(), None);
    let mut spool = open(&path, &mark);
    spool.write_piece(&[7; 1]).unwrap();
    assert_eq!(
        spool.sync().unwrap().digest(),
        Some(Sha256::of(&vec![7; 100_001]))
    );
}

#[test]
fn a_whole_file_moves_in_without_being_copied() {
    let folder = tempfile::tempdir().unwrap();
    let root = DataRoot::create(folder.path()).unwrap();
    let blobs = Blobs::open(&root).unwrap();
    let uploads = root.made(root.uploads()).unwrap();
    assert!(blobs.can_move_from(&uploads).unwrap());
    assert_eq!(fs::read_dir(&uploads).unwrap().count(), 0);
    assert_eq!(blobs.sweep_tmp().unwrap().files, 0);
    for (outcome, there) in [(Outcome::New, false), (Outcome::Duplicate, true)] {
        let path = uploads.join("one");
        let mut spool = open(&path, &Mark::start());
        spool.write_piece(b"bytes").unwrap();
        let mark = spool.sync().unwrap();
        drop(spool);
        let Opened::Held(whole) = Whole::open(&path).unwrap() else {
            panic!("busy");
        };
        assert_eq!(whole.head(3).unwrap(), b"byt");
        let digest = mark.digest().unwrap();
        let staged = blobs
            .adopt(BlobKind::Raw, whole, digest, mark.crc32)
            .unwrap();
        let stored = blobs.commit(vec![staged], Recheck::Content).unwrap();
        assert_eq!((stored[0].outcome, stored[0].size), (outcome, 5));
        assert_eq!(path.exists(), there, "a duplicate stays where it is");
    }
    let found = fs::metadata(blobs.path(BlobKind::Raw, Sha256::of(b"bytes"))).unwrap();
    assert_eq!(found.permissions().mode() & 0o222, 0);
}
