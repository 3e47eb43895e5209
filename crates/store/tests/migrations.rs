//! Databases that are made, brought forward, or refused because they are newer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;

use rusqlite::Connection;
use store::{Access, Database, Db, Migration, Schema, StoreError};
use support::notes::{beside, note, notes, request};
use support::{NOTES, Place};

const TWO: Schema = Schema {
    migrations: &[
        NOTES.migrations[0],
        Migration {
            version: 2,
            name: "colour",
            sql: "ALTER TABLE notes ADD COLUMN colour TEXT",
        },
    ],
    derived: false,
};

#[test]
fn a_migration_leaves_a_copy_of_what_was() {
    let place = Place::new();
    note(&place.db(), &request("a"), "old").unwrap();
    assert!(
        !beside(&place, ".before-1").exists(),
        "a new database needs no copy"
    );
    let root = place.open(Access::Read);
    assert_eq!(
        Db::open(&root, Database::Termite, &TWO).unwrap_err().code(),
        "database_older"
    );
    let db = Db::open(&place.open(Access::Write), Database::Termite, &TWO).unwrap();
    note(&db, &request("b"), "new").unwrap();
    let copy = Connection::open(beside(&place, ".before-2")).unwrap();
    let kept: String = copy
        .query_row("SELECT group_concat(text) FROM notes", (), |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "old");
    assert!(copy.prepare("SELECT colour FROM notes").is_err());
    assert_eq!(notes(&db), ["old", "new"]);
    assert!(!beside(&place, ".copy").exists());
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let place = Place::new();
    note(&place.db(), &request("a"), "old").unwrap();
    for sql in [
        "DROP TABLE notes; CREATE TABLE nonsense (",
        "CREATE TABLE child (note INTEGER REFERENCES notes (id)) STRICT; INSERT INTO child VALUES (77)",
    ] {
        let migrations = Box::leak(Box::new([
            NOTES.migrations[0],
            Migration {
                version: 2,
                name: "bad",
                sql,
            },
        ]));
        let bad = Schema {
            migrations,
            derived: false,
        };
        let refused = Db::open(&place.open(Access::Write), Database::Termite, &bad).unwrap_err();
        assert_eq!(refused.code(), "database_failed");
        assert_eq!(refused.place(), Some(beside(&place, "").as_path()));
        assert_eq!(notes(&place.db()), ["old"]);
    }
    assert!(beside(&place, ".before-2").exists() && beside(&place, ".before-2-2").exists());
}

#[test]
fn a_migration_waits_for_nobody_who_has_it_open_and_names_them() {
    let place = Place::new();
    let open = place.db();
    let refused = Db::open(&place.open(Access::Write), Database::Termite, &TWO).unwrap_err();
    assert_eq!(refused.code(), "root_in_use");
    assert!(
        refused
            .to_string()
            .contains(&std::process::id().to_string()),
        "{refused}"
    );
    drop(open);
    Db::open(&place.open(Access::Write), Database::Termite, &TWO).unwrap();
}

#[test]
fn a_derived_database_is_migrated_beside_others() {
    let place = Place::new();
    let _documents = place.db();
    let root = place.open(Access::Write);
    let one = Schema {
        derived: true,
        ..NOTES
    };
    drop(Db::open(&root, Database::Search, &one).unwrap());
    Db::open(
        &root,
        Database::Search,
        &Schema {
            derived: true,
            ..TWO
        },
    )
    .unwrap();
    assert!(
        !place
            .path()
            .join("termite_fieldpack/runtime/search.sqlite.before-2")
            .exists()
    );
}

#[test]
fn a_derived_database_is_emptied_in_place_when_it_is_no_good() {
    let place = Place::new();
    let root = place.open(Access::Write);
    let (one, two) = (
        Schema {
            derived: true,
            ..NOTES
        },
        Schema {
            derived: true,
            ..TWO
        },
    );
    let (newer, emptied) = Db::open_derived(&root, Database::Search, &two).unwrap();
    assert!(!emptied);
    note(&newer, &request("a"), "newer").unwrap();
    let (older, emptied) = Db::open_derived(&root, Database::Search, &one).unwrap();
    assert!(emptied && notes(&older).is_empty());
    note(&older, &request("b"), "again").unwrap();
    assert_eq!(
        notes(&newer),
        ["again"],
        "whoever had it open goes on with the same file"
    );
    drop((older, newer));
    for damage in [&b"no database"[..], &[0xA5; 8192]] {
        let mut bytes = fs::read(root.search_db()).unwrap();
        bytes[..damage.len()].copy_from_slice(damage);
        fs::write(root.search_db(), bytes).unwrap();
        let (db, emptied) = Db::open_derived(&root, Database::Search, &one).unwrap();
        assert!(emptied && notes(&db).is_empty());
        assert_eq!(db.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn others_go_on_with_an_emptied_database_through_the_same_journal() {
    let place = Place::new();
    let root = place.open(Access::Write);
    let schema = Schema {
        derived: true,
        ..NOTES
    };
    let (other, _) = Db::open_derived(&root, Database::Search, &schema).unwrap();
    note(&other, &request("a"), "before").unwrap();
    assert_eq!(notes(&other), ["before"]);
    let db = Db::open_emptied(&root, Database::Search, &schema).unwrap();
    assert!(notes(&other).is_empty());
    note(&other, &request("b"), "theirs").unwrap();
    note(&db, &request("c"), "ours").unwrap();
    assert_eq!(notes(&db), ["theirs", "ours"]);
    assert_eq!(notes(&other), ["theirs", "ours"]);
    assert_eq!(other.integrity_check().unwrap(), Vec::<String>::new());
    let lasting = Db::open_emptied(&root, Database::Search, &NOTES);
    assert_eq!(lasting.unwrap_err().code(), "database_failed");
}

#[test]
fn a_derived_database_that_lost_its_file_is_made_again_whatever_journal_lies_there() {
    let place = Place::new();
    let root = place.open(Access::Write);
    let schema = Schema {
        derived: true,
        ..NOTES
    };
    fs::write(
        place
            .path()
            .join("termite_fieldpack/runtime/search.sqlite-wal"),
        [7; 5000],
    )
    .unwrap();
    let (db, _) = Db::open_derived(&root, Database::Search, &schema).unwrap();
    assert!(notes(&db).is_empty());
}

#[test]
fn closing_moves_everything_into_the_file() {
    let place = Place::new();
    let db = place.db();
    note(&db, &request("a"), "kept").unwrap();
    assert_eq!(notes(&db), ["kept"]);
    let journal = db.path().with_extension("sqlite-wal");
    assert!(journal.exists());
    drop(db);
    assert!(!journal.exists());
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let place = Place::new();
    drop(Db::open(&place.open(Access::Write), Database::Termite, &TWO).unwrap());
    let before = fs::read(beside(&place, "")).unwrap();
    for access in [Access::Read, Access::Write] {
        let refused = Db::open(&place.open(access), Database::Termite, &NOTES).unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::DatabaseNewer {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{refused}"
        );
    }
    assert_eq!(fs::read(beside(&place, "")).unwrap(), before);
}
