//! A data root on a read-only mount, as a write-blocked copy is: it can be read and checked, and nothing changes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;

use bundle::Sha256;
use store::{Access, BlobKind, Blobs, DataRoot, Database, Db, Origin, StoreError};
use support::{NOTES, Place, child, given_root, skip, with_mounts};

fn note(db: &Db, text: &str) -> Result<(), StoreError> {
    db.write(&Origin::Request { id: "x".into() }, |tx| {
        tx.execute("INSERT INTO notes (text) VALUES (?1)", (text,))?;
        Ok(())
    })
}

#[test]
fn child_reads_what_it_cannot_change() {
    let Some(place) = given_root() else { return };
    let path = place.join("root");
    let root = DataRoot::open(&path, Access::Read).unwrap();
    let db = Db::open(&root, Database::Termite, &NOTES).unwrap();
    let notes = |db: &Db| {
        db.read::<i64, StoreError>(|read| {
            Ok(read.query_row("SELECT count(*) FROM notes", (), |row| row.get(0))?)
        })
        .unwrap()
    };
    assert_eq!(notes(&db), 2);
    assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    assert_eq!(note(&db, "x").unwrap_err().code(), "read_only");
    let mut bytes = Vec::new();
    let blobs = Blobs::open(&root).unwrap();
    blobs
        .open_blob(BlobKind::Raw, Sha256::of(b"abc"))
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, b"abc");
    drop(db);
    let writing = DataRoot::open(&path, Access::Write).unwrap();
    assert_eq!(
        Db::open(&writing, Database::Termite, &NOTES)
            .unwrap_err()
            .code(),
        "read_only"
    );
    assert_eq!(
        Blobs::open(&writing)
            .unwrap()
            .put_bytes(BlobKind::Raw, b"x")
            .unwrap_err()
            .code(),
        "read_only"
    );
}

/// Runs the child over a place mounted read-only; the files must be the same afterwards.
fn look_at(name: &str, place: &Path) {
    let command = child("child_reads_what_it_cannot_change", place);
    let prepare = "mount --bind \"$STORE_TEST_ROOT\" \"$STORE_TEST_ROOT\" && \
                   mount -o remount,bind,ro \"$STORE_TEST_ROOT\" || exit 77";
    let Some(mut command) = with_mounts(prepare, &command) else {
        return skip(name, "mounts are not permitted");
    };
    let before = fs::read_dir(place.join("root/termite_fieldpack/runtime"))
        .unwrap()
        .count();
    let output = command.output().unwrap();
    if output.status.code() == Some(77) {
        return skip(name, "read-only mounts are not permitted");
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        fs::read_dir(place.join("root/termite_fieldpack/runtime"))
            .unwrap()
            .count(),
        before
    );
}

fn two_notes(place: &Place) -> Db {
    place.blobs().put_bytes(BlobKind::Raw, b"abc").unwrap();
    let db = place.db();
    note(&db, "one").unwrap();
    note(&db, "two").unwrap();
    db
}

#[test]
fn a_closed_root_is_read_without_being_changed() {
    let place = Place::new();
    drop(two_notes(&place));
    look_at(
        "a_closed_root_is_read_without_being_changed",
        place.path().parent().unwrap(),
    );
}

#[test]
fn a_root_copied_while_it_was_open_is_read_with_its_journal() {
    let place = Place::new();
    let open = two_notes(&place);
    look_at(
        "a_root_copied_while_it_was_open_is_read_with_its_journal",
        place.path().parent().unwrap(),
    );
    drop(open);
}
