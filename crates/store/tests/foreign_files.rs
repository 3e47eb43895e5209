//! Files that are not what they should be: damaged, of another program, of the reference platform, or none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;

use rusqlite::Connection;
use store::{Access, DataRoot, Database, Db, StoreError};
use support::notes::{beside, note, request};
use support::{NOTES, Place, open_at};

#[test]
fn damage_is_called_damage() {
    let place = Place::new();
    let db = place.db();
    for i in 0..500 {
        note(&db, &request("a"), &format!("{i} {}", "x".repeat(100))).unwrap();
    }
    drop(db);
    let whole = fs::read(beside(&place, "")).unwrap();
    let open = || Db::open(&place.open(Access::Write), Database::Termite, &NOTES);

    fs::write(
        beside(&place, ""),
        b"this is a text and not a database at all",
    )
    .unwrap();
    assert_eq!(open().unwrap_err().code(), "database_corrupt");

    let mut torn = whole.clone();
    torn[8192..40_000].fill(0xA5);
    fs::write(beside(&place, ""), &torn).unwrap();
    let seen =
        open().and_then(|db| {
            db.read::<i64, StoreError>(|connection| {
                Ok(connection
                    .query_row("SELECT sum(length(text)) FROM notes", (), |row| row.get(0))?)
            })
        });
    let error = seen.unwrap_err();
    assert_eq!(
        (error.code(), error.place()),
        ("database_corrupt", Some(beside(&place, "").as_path()))
    );

    fs::remove_file(beside(&place, "")).unwrap();
    fs::write(beside(&place, "-wal"), b"acknowledged entries").unwrap();
    assert_eq!(
        open().unwrap_err().code(),
        "database_corrupt",
        "a journal without its database"
    );
    assert_eq!(
        fs::read(beside(&place, "-wal")).unwrap(),
        b"acknowledged entries"
    );
}

#[test]
fn a_database_of_the_reference_platform_is_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("termite_fieldpack/runtime");
    fs::create_dir_all(&path).unwrap();
    let file = path.join("termite.sqlite");
    let reference = Connection::open(&file).unwrap();
    reference.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE docs (id INTEGER PRIMARY KEY, path TEXT NOT NULL)").unwrap();
    let refused = DataRoot::open(folder.path(), Access::Write).unwrap_err();
    assert_eq!(refused.code(), "reference_root", "still in its journal");
    drop(reference);
    let before = fs::read(&file).unwrap();
    for refused in [
        DataRoot::create(folder.path()).unwrap_err(),
        DataRoot::open(folder.path(), Access::Write).unwrap_err(),
        DataRoot::open(folder.path(), Access::Read).unwrap_err(),
    ] {
        assert_eq!(
            (refused.code(), refused.place()),
            ("reference_root", Some(file.as_path()))
        );
        assert!(refused.next_step().contains("adopt"));
    }
    assert_eq!(fs::read(&file).unwrap(), before);

    fs::remove_file(&file).unwrap();
    Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE songs (name TEXT)")
        .unwrap();
    let root = DataRoot::open(folder.path(), Access::Write).unwrap();
    assert_eq!(
        Db::open(&root, Database::Termite, &NOTES)
            .unwrap_err()
            .code(),
        "not_a_data_root"
    );
}

#[test]
fn what_is_no_data_root_is_not_made_one() {
    let folder = tempfile::tempdir().unwrap();
    for access in [Access::Read, Access::Write] {
        assert_eq!(
            DataRoot::open(folder.path(), access).unwrap_err().code(),
            "not_a_data_root"
        );
        assert_eq!(
            DataRoot::open(&folder.path().join("no"), access)
                .unwrap_err()
                .code(),
            "not_a_data_root"
        );
    }
    fs::write(folder.path().join("holiday.jpg"), b"").unwrap();
    assert_eq!(
        DataRoot::create(folder.path()).unwrap_err().code(),
        "not_a_data_root"
    );
    let new = folder.path().join("new/deep");
    DataRoot::create(&new).unwrap();
    DataRoot::create(&new).unwrap();
    let root = open_at(&new, Access::Read);
    let refused = Db::open(&root, Database::Termite, &NOTES).unwrap_err();
    assert_eq!(refused.code(), "not_a_data_root");
    assert!(!root.termite_db().exists());
}
