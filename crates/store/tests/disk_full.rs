//! A full disk refuses with `disk_full`, loses nothing, leaves nothing half, and is forgotten once there is space.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;
use std::io::Read;

use store::{BlobKind, Blobs, DataRoot, Database, Db, Origin, StoreError};
use support::{NOTES, child, given_root, skip, with_mounts};

#[test]
fn child_fills_the_disk() {
    let Some(root) = given_root() else { return };
    fs::write(root.join("filler"), vec![0; 300 << 10]).unwrap();
    let root = DataRoot::create(&root.join("data")).unwrap();
    let (blobs, db) = (
        Blobs::open(&root).unwrap(),
        Db::open(&root, Database::Termite, &NOTES).unwrap(),
    );
    let note = |text: &str| {
        db.write::<_, StoreError>(&Origin::Request { id: "x".into() }, |tx| {
            tx.execute("INSERT INTO notes (text) VALUES (?1)", (text,))?;
            Ok(())
        })
    };
    let mut digests = Vec::new();
    let full = loop {
        match blobs.put_bytes(
            BlobKind::Raw,
            &vec![u8::try_from(digests.len()).unwrap(); 200 << 10],
        ) {
            Ok(stored) => digests.push(stored.digest),
            Err(error) => break error,
        }
    };
    assert_eq!(full.code(), "disk_full", "{full}");
    assert!(digests.len() > 3);
    assert_eq!(
        fs::read_dir(root.cas().join("tmp")).unwrap().count(),
        0,
        "nothing half stays"
    );
    let mut notes = 0;
    let full = loop {
        match note(&"n".repeat(10_000)) {
            Ok(()) => notes += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(
        (full.code(), full.place()),
        ("disk_full", Some(db.path())),
        "{full}"
    );
    let count = || {
        db.read::<i64, StoreError>(|read| {
            Ok(read.query_row("SELECT count(*) FROM notes", (), |row| row.get(0))?)
        })
    };
    assert_eq!(count().unwrap(), notes);
    fs::remove_file(root.path().join("../filler")).unwrap();
    note("after all").unwrap();
    assert_eq!(count().unwrap(), notes + 1);
    blobs.put_bytes(BlobKind::Raw, b"after all").unwrap();
    for digest in digests {
        blobs
            .open_blob(BlobKind::Raw, digest)
            .unwrap()
            .read_to_end(&mut Vec::new())
            .unwrap();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let command = child("child_fills_the_disk", folder.path());
    let prepare = "mount -t tmpfs -o size=2m none \"$STORE_TEST_ROOT\" || exit 77";
    let Some(mut command) = with_mounts(prepare, &command) else {
        return skip("a_full_disk_loses_nothing", "mounts are not permitted");
    };
    let output = command.output().unwrap();
    if output.status.code() == Some(77) {
        return skip("a_full_disk_loses_nothing", "tmpfs cannot be mounted");
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
