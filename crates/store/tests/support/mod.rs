//! A data root of its own for each test.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use store::{Access, Blobs, DataRoot, Database, Db, Migration, Schema};
use tempfile::TempDir;

/// A temporary data root, removed at the end.
pub struct Place {
    folder: TempDir,
}

/// A database with one table `notes (id, text)`.
pub const NOTES: Schema = Schema {
    migrations: &[Migration {
        version: 1,
        name: "notes",
        sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
    }],
    derived: false,
};

impl Place {
    pub fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        DataRoot::create(&place.path()).unwrap();
        place
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Opens the root, waiting for nobody.
    pub fn open(&self, access: Access) -> DataRoot {
        open_at(&self.path(), access)
    }

    pub fn blobs(&self) -> Blobs {
        Blobs::open(&self.open(Access::Write)).unwrap()
    }

    pub fn db(&self) -> Db {
        Db::open(&self.open(Access::Write), Database::Termite, &NOTES).unwrap()
    }

    pub fn tmp(&self) -> PathBuf {
        self.path().join("termite_fieldpack/runtime/cas/tmp")
    }

    pub fn temporary_files(&self) -> usize {
        fs::read_dir(self.tmp()).map_or(0, Iterator::count)
    }
}

pub fn open_at(path: &Path, access: Access) -> DataRoot {
    let root = DataRoot::open(path, access).unwrap();
    root.with_wait(Duration::ZERO)
        .with_busy_timeout(Duration::from_millis(50))
}
