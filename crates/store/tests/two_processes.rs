//! Who holds a folder is told by name, as long as they live and no longer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use store::{Access, DataRoot, Database, Db, Migration, Program, Schema, StoreError};
use support::{NOTES, Place, child, given_root};

const TWO: Schema = Schema {
    migrations: &[
        NOTES.migrations[0],
        Migration {
            version: 2,
            name: "colour",
            sql: "CREATE TABLE colours (c TEXT)",
        },
    ],
    derived: false,
};

#[test]
fn child_holds_the_folder() {
    let Some(root) = given_root() else { return };
    let root = DataRoot::open(&root, Access::Write)
        .unwrap()
        .with_program(Program::named("fieldgrade worker"));
    let _db = Db::open(&root, Database::Termite, &NOTES).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nholding").unwrap();
    out.flush().unwrap();
    thread::sleep(Duration::from_mins(10));
}

#[test]
fn the_holder_is_named_until_it_is_dead() {
    let place = Place::new();
    drop(place.db());
    let mut holder = child("child_holds_the_folder", &place.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.map(Result::unwrap).any(|line| line == "holding"));

    let open = || Db::open(&place.open(Access::Write), Database::Termite, &TWO);
    let refused = open().unwrap_err();
    let StoreError::RootInUse { holders, .. } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(holders.len(), 1);
    assert_eq!(
        (holders[0].pid, holders[0].program.name.as_str()),
        (holder.id(), "fieldgrade worker")
    );
    assert!(
        refused
            .to_string()
            .contains(&format!("process {} on ", holder.id())),
        "{refused}"
    );

    holder.kill().unwrap();
    holder.wait().unwrap();
    open().unwrap();
}
