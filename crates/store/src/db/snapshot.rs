//! Databases as files: looked into whatever their version is, copied while they are in use, opened where a copy lies.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::readers::Readers;
use super::{Database, Db, Mode, connect, within};
use crate::durable::TempFile;
use crate::error::{Result, StoreError};
use crate::migrate::{self, Schema};
use crate::root::{Access, DataRoot};
use crate::watch::Watch;

/// How often it is asked whether a copy is still wanted.
const GLANCE: Duration = Duration::from_millis(50);

/// What SQLite finds wrong with a database of the root, whatever its version; none is good. The outer none means that
/// there is no such database.
///
/// # Errors
/// `database_corrupt` when even the check cannot go on; `not_a_data_root` for another program's database,
/// `root_in_use`, `database_locked`, `io`, `permission_denied`.
pub fn examine(root: &DataRoot, database: Database) -> Result<Option<Vec<String>>> {
    let Some((connection, path)) = reading(root, database)? else {
        return Ok(None);
    };
    within(&path, || super::findings(&connection)).map(Some)
}

/// Copies a database of the root, whatever its version, as it is at one moment, into a new file; others may go on
/// writing to it. False if there is no such database. The file is not yet forced to the disk.
///
/// # Errors
/// As [`examine`]; `disk_full`, `canceled`.
pub fn copy_database(
    root: &DataRoot,
    database: Database,
    to: &mut TempFile,
    watch: &dyn Watch,
) -> Result<bool> {
    let Some((connection, path)) = reading(root, database)? else {
        return Ok(false);
    };
    within(&path, || vacuum_into(&connection, to, watch))?;
    Ok(true)
}

impl Db {
    /// Copies the database as it is at one moment into a new file; others may go on writing to it. The file is not yet
    /// forced to the disk.
    ///
    /// # Errors
    /// `database_locked`, `database_corrupt`, `disk_full`, `io`, `canceled`.
    pub fn copy_to(&self, to: &mut TempFile, watch: &dyn Watch) -> Result<()> {
        if self.readers.is_none() {
            return within(&self.path, || vacuum_into(&self.main(), to, watch));
        }
        let mode = match self.access {
            Access::Write => Mode::Reader,
            Access::Read => self.reading,
        };
        let connection = connect(&self.path, mode, self.busy)?;
        within(&self.path, || vacuum_into(&connection, to, watch))
    }

    /// Opens a copy that nobody writes to, where it lies. Nothing beside it is touched or looked at.
    ///
    /// # Errors
    /// `database_newer`, `database_older`, `database_corrupt`, `not_a_data_root`, `io`, `permission_denied`.
    pub fn open_copy(path: &Path, schema: &Schema, busy: Duration) -> Result<Self> {
        migrate::must_be_ours(path)?;
        let main = connect(path, Mode::Immutable, busy)?;
        within(path, || migrate::must_fit(&main, path, schema))?;
        Ok(Self {
            path: path.to_owned(),
            access: Access::Read,
            reading: Mode::Immutable,
            busy,
            main: Mutex::new(main),
            readers: Some(Readers::new(path, Mode::Immutable, busy)),
            commits: Arc::default(),
            _mark: None,
        })
    }
}

fn reading(root: &DataRoot, database: Database) -> Result<Option<(Connection, PathBuf)>> {
    let (folder, path) = (database.folder(), root.database(database));
    if !path.exists() {
        return Ok(None);
    }
    let _held = root.hold(folder)?;
    migrate::must_be_ours(&path)?;
    let alone = root.filesystem(folder)?.is_network();
    let mode = Mode::reading(&path, root.is_read_only(folder)?, alone);
    let connection = connect(&path, mode, root.busy_timeout())?;
    Ok(Some((connection, path)))
}

/// `VACUUM INTO`: one read transaction from beginning to end, and a file without a journal.
fn vacuum_into(connection: &Connection, to: &mut TempFile, watch: &dyn Watch) -> Result<()> {
    let path = to.path().to_owned();
    let text = path.to_str().ok_or_else(|| {
        StoreError::io("copy to", &path, std::io::ErrorKind::InvalidFilename.into())
    })?;
    // A connection that was opened to read cannot write; the pragma would forbid the copy as well.
    connection.execute_batch("PRAGMA query_only = OFF")?;
    let interrupt = connection.get_interrupt_handle();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                if watch.canceled() {
                    interrupt.interrupt();
                }
                thread::park_timeout(GLANCE);
            }
        });
        let copied = connection.execute("VACUUM INTO ?1", (text,));
        done.store(true, Ordering::Release);
        asking.thread().unpark();
        copied
    })?;
    watch.go_on()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::db::Origin;
    use crate::watch::{CountingWatch, Unwatched};

    const NOTES: Schema = Schema {
        migrations: &[crate::Migration {
            version: 1,
            name: "notes",
            sql: "CREATE TABLE notes (text TEXT NOT NULL) STRICT",
        }],
        derived: false,
    };

    fn count(db: &Db) -> i64 {
        let sql = "SELECT count(*) FROM notes";
        db.read::<_, StoreError>(|c| Ok(c.query_row(sql, (), |row| row.get(0))?))
            .unwrap()
    }

    #[test]
    fn a_copy_is_of_one_moment_and_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = DataRoot::create(&folder.path().join("root")).unwrap();
        assert_eq!(examine(&root, Database::Jobs).unwrap(), None);
        let db = Db::open(&root, Database::Termite, &NOTES).unwrap();
        let origin = Origin::Request { id: "x".into() };
        let note = || {
            db.write::<_, StoreError>(&origin, |tx| {
                Ok(tx.execute("INSERT INTO notes (text) VALUES ('a')", ())?)
            })
            .unwrap()
        };
        note();
        assert_eq!(examine(&root, Database::Termite).unwrap(), Some(Vec::new()));
        let mut copies = Vec::new();
        for whole in [true, false] {
            let mut to = TempFile::create_in(folder.path()).unwrap();
            if whole {
                assert!(copy_database(&root, Database::Termite, &mut to, &Unwatched).unwrap());
            } else {
                db.copy_to(&mut to, &Unwatched).unwrap();
            }
            copies.push(to);
        }
        note();
        assert_eq!(count(&db), 2);
        for copy in &copies {
            let before = fs::read_dir(folder.path()).unwrap().count();
            let copied = Db::open_copy(copy.path(), &NOTES, Duration::ZERO).unwrap();
            assert_eq!(count(&copied), 1);
            assert_eq!(copied.integrity_check().unwrap(), Vec::<String>::new());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before);
        }
        let stopped = CountingWatch::default();
        stopped.cancel();
        let mut to = TempFile::create_in(folder.path()).unwrap();
        assert_eq!(
            db.copy_to(&mut to, &stopped).unwrap_err().code(),
            "canceled"
        );
    }
}
