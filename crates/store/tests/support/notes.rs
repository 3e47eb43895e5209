//! A database of notes, to write to and to read from.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;

use store::{Db, FenceToken, Origin, StoreError};

use super::Place;

pub fn request(id: &str) -> Origin {
    Origin::Request { id: id.into() }
}

pub fn run(id: &str, token: i64) -> Origin {
    Origin::Run {
        run_id: id.into(),
        step: "seal".to_owned(),
        token: FenceToken(token),
    }
}

pub fn note(db: &Db, origin: &Origin, text: &str) -> Result<(), StoreError> {
    db.write(origin, |tx| {
        tx.execute("INSERT INTO notes (text) VALUES (?1)", (text,))?;
        Ok(())
    })
}

pub fn notes(db: &Db) -> Vec<String> {
    db.read::<_, StoreError>(|connection| {
        let mut statement = connection.prepare("SELECT text FROM notes ORDER BY id")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
    .unwrap()
}

pub fn pragma(db: &Db, name: &str) -> String {
    db.write::<_, StoreError>(&request("pragma"), |tx| {
        let value: rusqlite::types::Value =
            tx.query_row(&format!("PRAGMA {name}"), (), |row| row.get(0))?;
        Ok(format!("{value:?}"))
    })
    .unwrap()
}

pub fn beside(place: &Place, end: &str) -> PathBuf {
    place
        .path()
        .join(format!("termite_fieldpack/runtime/termite.sqlite{end}"))
}
