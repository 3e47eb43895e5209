//! Databases as files.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use rusqlite::Connection;

use super::place::Root;

fn first_line(root: &Root, arguments: &[&str]) -> (i32, String) {
    let (status, said) = root.says(arguments);
    (status, said.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn no_database_at_all() {
    let root = Root::new();
    fs::write(
        root.runtime("termite.sqlite"),
        "not a database, whatever it is called",
    )
    .unwrap();
    let line = "error[database_corrupt]: the database RUNTIME/termite.sqlite is damaged: it is not an SQLite database";
    assert_eq!(first_line(&root, &[]), (1, line.to_owned()));
    assert_eq!(first_line(&root, &["--repair"]), (1, line.to_owned()));
}

#[test]
fn a_page_of_other_bytes() {
    let root = Root::new();
    root.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let file = File::options()
        .write(true)
        .open(root.runtime("termite.sqlite"))
        .unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in 2..pages.min(30) {
        file.write_all_at(&[0xa5; 2000], page * 4096).unwrap();
    }
    let (status, line) = first_line(&root, &[]);
    assert_eq!(status, 1);
    assert!(line.starts_with("error[database_corrupt]: "), "{line}");
}

#[test]
fn the_database_is_gone() {
    let root = Root::new();
    for name in ["termite.sqlite", "termite.sqlite-wal", "termite.sqlite-shm"] {
        let _ = fs::remove_file(root.runtime(name));
    }
    let (status, said) = root.says(&[]);
    assert_eq!(status, 1);
    assert!(
        said.starts_with(
            "error[database_missing]: the database of documents and ledgers is gone, while evidence is there\n  at: RUNTIME/termite.sqlite\n"
        ),
        "{said}"
    );
    // Nothing is begun in its place: that would hide the loss.
    let note = root.file("new.txt", "new\n");
    let ran = root.run("ingest", &[&note]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert!(
        ran.err.starts_with("error[ledger_rolled_back]: "),
        "{}",
        ran.err
    );
}

#[test]
fn of_a_newer_program() {
    let root = Root::new();
    root.sql("INSERT INTO schema_version (version, name) VALUES (99, 'later')");
    let (status, line) = first_line(&root, &[]);
    assert_eq!(status, 1);
    assert!(
        line.starts_with(
            "error[database_newer]: the database RUNTIME/termite.sqlite has version 99; "
        ),
        "{line}"
    );
}

#[test]
fn held_by_another_program() {
    let root = Root::new();
    let other = Connection::open(root.runtime("termite.sqlite")).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE x (y)")
        .unwrap();
    let (status, line) = first_line(&root, &[]);
    assert_eq!(status, 1);
    assert!(
        line.starts_with("error[database_locked]: the database RUNTIME/termite.sqlite is busy"),
        "{line}"
    );
}

#[test]
fn what_is_derived_is_no_damage() {
    let root = Root::new();
    let nonsense = "nonsense that is longer than a header would be";
    Root::overwrite(&root.runtime("search.sqlite"), nonsense);
    let (status, line) = first_line(&root, &[]);
    assert_eq!(status, 0);
    assert!(line.starts_with("note[database_corrupt]: "), "{line}");
}

#[test]
fn a_pointer_to_nothing() {
    let root = Root::new();
    root.sql("PRAGMA foreign_keys = OFF; UPDATE chains SET project_id = 'nobody' WHERE id = 2");
    let (status, line) = first_line(&root, &[]);
    assert_eq!(status, 1);
    assert_eq!(
        line,
        "error[database_corrupt]: SQLite says: a row of chains points to nothing"
    );
}
