//! Databases: transactions, fences, effects, changes, migrations, and files that are not what they should be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use store::{
    Access, DataRoot, Database, Db, FenceToken, Filesystem, Migration, Origin, RunId, Schema,
    StoreError,
};
use support::{NOTES, Place, open_at};

fn request(id: &str) -> Origin {
    Origin::Request { id: id.into() }
}

fn run(id: &str, token: i64) -> Origin {
    Origin::Run {
        run_id: id.into(),
        step: "seal".to_owned(),
        token: FenceToken(token),
    }
}

fn note(db: &Db, origin: &Origin, text: &str) -> Result<(), StoreError> {
    db.write(origin, |tx| {
        tx.execute("INSERT INTO notes (text) VALUES (?1)", (text,))?;
        Ok(())
    })
}

fn notes(db: &Db) -> Vec<String> {
    db.read::<_, StoreError>(|connection| {
        let mut statement = connection.prepare("SELECT text FROM notes ORDER BY id")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
    .unwrap()
}

fn pragma(db: &Db, name: &str) -> String {
    db.write::<_, StoreError>(&request("pragma"), |tx| {
        let value: rusqlite::types::Value =
            tx.query_row(&format!("PRAGMA {name}"), (), |row| row.get(0))?;
        Ok(format!("{value:?}"))
    })
    .unwrap()
}

#[test]
#[cfg_attr(feature = "no-fsync", ignore = "this build does not sync")]
fn the_writer_is_set_as_the_house_wants_it() {
    let place = Place::new();
    let db = place.db();
    assert_eq!(pragma(&db, "journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma(&db, "synchronous"), "Integer(2)");
    assert_eq!(pragma(&db, "foreign_keys"), "Integer(1)");
    assert_eq!(pragma(&db, "application_id"), "Integer(1179079236)");
    assert!(db.integrity_check().unwrap().is_empty());
    assert!(db.checkpoint().unwrap());
}

#[test]
fn all_or_nothing_also_when_it_panics() {
    let place = Place::new();
    let db = place.db();
    note(&db, &request("a"), "kept").unwrap();
    let failed: Result<(), StoreError> = db.write(&request("b"), |tx| {
        tx.execute("INSERT INTO notes (text) VALUES ('lost')", ())?;
        Err(StoreError::Canceled)
    });
    assert_eq!(failed.unwrap_err().code(), "canceled");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.write::<(), StoreError>(&request("c"), |tx| {
            tx.execute("INSERT INTO notes (text) VALUES ('lost')", ())?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    note(&db, &request("d"), "kept too").unwrap();
    assert_eq!(notes(&db), ["kept", "kept too"]);
}

#[test]
fn a_reader_sees_one_moment() {
    let place = Place::new();
    let db = place.db();
    let count = "SELECT count(*) FROM notes";
    db.read::<_, StoreError>(|connection| {
        let before: i64 = connection.query_row(count, (), |row| row.get(0))?;
        note(&db, &request("a"), "meanwhile")?;
        let after: i64 = connection.query_row(count, (), |row| row.get(0))?;
        assert_eq!((before, after), (0, 0));
        let refused = connection.execute("DELETE FROM notes", ()).unwrap_err();
        assert_eq!(StoreError::from(refused).code(), "read_only");
        Ok(())
    })
    .unwrap();
    assert_eq!(notes(&db).len(), 1);
}

#[test]
fn only_the_latest_claim_of_a_run_may_write() {
    let place = Place::new();
    let db = place.db();
    let id = RunId::from("r1");
    assert_eq!(
        note(&db, &run("r1", 1), "x").unwrap_err().code(),
        "lease_lost",
        "no claim, no fence"
    );
    db.raise_fence(&id, FenceToken(1)).unwrap();
    db.raise_fence(&id, FenceToken(1)).unwrap();
    note(&db, &run("r1", 1), "first").unwrap();
    db.raise_fence(&id, FenceToken(2)).unwrap();
    assert_eq!(
        note(&db, &run("r1", 1), "late").unwrap_err().code(),
        "lease_lost"
    );
    assert_eq!(
        note(&db, &run("r1", 3), "early").unwrap_err().code(),
        "lease_lost"
    );
    assert_eq!(
        note(&db, &run("r2", 2), "other").unwrap_err().code(),
        "lease_lost"
    );
    assert_eq!(
        db.raise_fence(&id, FenceToken(1)).unwrap_err().code(),
        "lease_lost"
    );
    note(&db, &run("r1", 2), "second").unwrap();
    assert_eq!(notes(&db), ["first", "second"]);
}

#[test]
fn an_effect_is_found_again_by_its_own_run_only() {
    let place = Place::new();
    let db = place.db();
    db.raise_fence(&RunId::from("r"), FenceToken(1)).unwrap();
    let act = |origin: &Origin| {
        db.write::<_, StoreError>(origin, |tx| {
            if let Some(done) = tx.effect("capture", "a.txt")? {
                return Ok(format!("again {done}"));
            }
            tx.execute("INSERT INTO notes (text) VALUES ('a')", ())?;
            tx.record_effect("capture", "a.txt", "7")?;
            Ok("new".to_owned())
        })
        .unwrap()
    };
    assert_eq!(
        (act(&run("r", 1)), act(&run("r", 1))),
        ("new".to_owned(), "again 7".to_owned())
    );
    assert_eq!(
        (act(&request("r")), act(&request("r"))),
        ("new".to_owned(), "again 7".to_owned())
    );
    assert_eq!(notes(&db).len(), 2);
    let twice = db.write::<_, StoreError>(&request("r"), |tx| {
        tx.record_effect("capture", "a.txt", "8")
    });
    assert_eq!(twice.unwrap_err().code(), "database_failed");
}

#[test]
fn changes_are_seen_after_the_commit_and_by_other_openings() {
    let place = Place::new();
    let (db, other) = (place.db(), place.db());
    let mut watch = other.watch_changes().unwrap();
    assert!(!watch.moved().unwrap());
    assert_eq!(other.change_range().unwrap(), None);
    db.write::<_, StoreError>(&request("a"), |tx| {
        tx.changed("document", "43", "p1")?;
        assert!(!watch.moved()?, "nothing before the commit");
        Ok(())
    })
    .unwrap();
    assert!(watch.moved().unwrap());
    assert!(!watch.moved().unwrap());
    db.write::<_, StoreError>(&request("b"), |tx| tx.changed("run", "r", ""))
        .unwrap();
    let changes = other.changes_after(1, 10).unwrap();
    assert_eq!(
        (changes.len(), changes[0].seq, changes[0].kind.as_str()),
        (1, 2, "run")
    );
    assert_eq!(other.changes_after(0, 1).unwrap()[0].project, "p1");
    assert_eq!(other.change_range().unwrap(), Some((1, 2)));
}

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

fn beside(place: &Place, end: &str) -> PathBuf {
    place
        .path()
        .join(format!("termite_fieldpack/runtime/termite.sqlite{end}"))
}

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
fn another_writer_is_waited_for_and_then_named_busy() {
    let place = Place::new();
    let (db, other) = (place.db(), place.db());
    db.write::<_, StoreError>(&request("a"), |_| {
        let refused = note(&other, &request("b"), "x").unwrap_err();
        assert_eq!(
            (refused.code(), refused.place()),
            ("database_locked", Some(other.path()))
        );
        Ok(())
    })
    .unwrap();
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
fn on_a_network_file_system_one_process_has_it_alone() {
    let place = Place::new();
    let network = || place.open(Access::Write).assuming(Filesystem::Nfs);
    let root = network();
    let db = Db::open(&root, Database::Termite, &NOTES).unwrap();
    note(&db, &request("a"), "x").unwrap();
    assert_eq!(notes(&db), ["x"]);
    assert!(pragma(&db, "locking_mode").contains("exclusive"));
    assert!(!beside(&place, "-shm").exists(), "no shared memory");
    let mut watch = db.watch_changes().unwrap();
    note(&db, &request("b"), "y").unwrap();
    assert!(watch.moved().unwrap());
    let refused = Db::open(&network(), Database::Termite, &NOTES).unwrap_err();
    assert_eq!(refused.code(), "network_filesystem");
    assert!(
        refused.to_string().contains("NFS")
            && refused
                .to_string()
                .contains(&std::process::id().to_string())
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
