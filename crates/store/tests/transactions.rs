//! Transactions: all or nothing, on whose behalf, fenced, remembered, announced.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use store::{Access, Database, Db, FenceToken, Filesystem, Origin, RunId, StoreError};
use support::notes::{beside, note, notes, pragma, request, run};
use support::{NOTES, Place};

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
    db.forget_changes(1).unwrap();
    assert_eq!(other.change_range().unwrap(), Some((2, 2)));
    db.write::<_, StoreError>(&request("c"), |tx| tx.changed("run", "s", ""))
        .unwrap();
    let next = other.changes_after(2, 10).unwrap();
    assert_eq!(next[0].seq, 3, "numbers are not used again");
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
