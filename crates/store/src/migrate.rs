//! Bringing a database to the version that this program knows: forward only, in one transaction, after a copy.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use crate::crash::{Act, point};
use crate::db::within;
use crate::durable::{self, Placed};
use crate::error::{Result, StoreError};
use crate::lock::FolderLock;
use crate::root::{APPLICATION_ID, Made, made_by};

/// One step forward.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version after it; 1, 2, 3 and so on.
    pub version: u32,
    /// A few words on what it is for.
    pub name: &'static str,
    /// Statements, carried out in one transaction with foreign keys checked at its end.
    pub sql: &'static str,
}

/// What a database must look like.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// All steps from nothing to the present version, in order.
    pub migrations: &'static [Migration],
    /// True if the database holds nothing that could not be made again: then it is migrated without a copy and without
    /// sending others away.
    pub derived: bool,
}

impl Schema {
    /// The version that this program knows.
    pub fn version(&self) -> u32 {
        self.migrations.last().map_or(0, |last| last.version)
    }

    /// The versions count from 1 without a gap: whoever writes migrations asserts this in a test.
    pub fn is_in_order(&self) -> bool {
        self.migrations
            .iter()
            .zip(1..)
            .all(|(migration, version)| migration.version == version)
    }
}

/// How a database may be opened where it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// How long to wait for another process's transaction.
    pub(crate) busy: Duration,
    /// Only one connection may exist at a time, and it must do without shared memory.
    pub(crate) alone: bool,
}

impl Manner {
    fn apply_to(self, connection: &Connection) -> Result<()> {
        connection.busy_timeout(self.busy)?;
        if self.alone {
            connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
        }
        Ok(())
    }
}

/// The tables that every database has.
const OURS: &str = "
    CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE effects (
        run_id TEXT NOT NULL, step TEXT NOT NULL, item TEXT NOT NULL, result TEXT NOT NULL,
        PRIMARY KEY (run_id, step, item)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE fence (run_id TEXT PRIMARY KEY, token INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, project TEXT NOT NULL
    ) STRICT;
    INSERT INTO schema_version (version, name) VALUES (0, 'tables of every database');
";

/// Makes the database, or brings it up, or finds that nothing is to do.
pub(crate) fn bring_up(
    path: &Path,
    schema: &Schema,
    lock: &FolderLock,
    wait: Duration,
    manner: Manner,
) -> Result<()> {
    let up_to_date = || -> Result<bool> {
        if made_by(path)? == Made::Nobody {
            return Ok(false);
        }
        must_be_ours(path)?;
        let connection = open(path, manner)?;
        within(path, || {
            // Whoever was making it may have died before it was whole: SQLite has undone that just now.
            if version(&connection)?.is_none() && made_by(path)? == Made::Nobody {
                return Ok(false);
            }
            Ok(not_newer(&connection, path, schema)? == schema.version())
        })
    };
    if up_to_date()? {
        return Ok(());
    }
    if schema.derived {
        return forward(path, schema, manner);
    }
    lock.alone_for(wait, || {
        // Whoever was faster has done it.
        if up_to_date()? {
            Ok(())
        } else {
            forward(path, schema, manner)
        }
    })
}

/// Refuses every file that is not a database of ours.
pub(crate) fn must_be_ours(path: &Path) -> Result<()> {
    match made_by(path)? {
        Made::Us => Ok(()),
        Made::Reference => Err(StoreError::ReferenceRoot {
            path: path.to_owned(),
        }),
        Made::Other => Err(StoreError::NotADataRoot {
            path: path.to_owned(),
            detail: "another program's database",
        }),
        Made::NoDatabase => {
            let detail = "it is not an SQLite database".to_owned();
            Err(StoreError::DatabaseCorrupt {
                path: Some(path.to_owned()),
                detail,
            })
        }
        Made::Nobody => Err(StoreError::NotADataRoot {
            path: path.to_owned(),
            detail: "there is no database yet",
        }),
    }
}

/// Refuses a database of another version.
pub(crate) fn must_fit(connection: &Connection, path: &Path, schema: &Schema) -> Result<()> {
    let (found, known) = (not_newer(connection, path, schema)?, schema.version());
    if found == known {
        Ok(())
    } else {
        Err(StoreError::DatabaseOlder {
            path: path.to_owned(),
            found,
            known,
        })
    }
}

fn not_newer(connection: &Connection, path: &Path, schema: &Schema) -> Result<u32> {
    let known = schema.version();
    match version(connection)? {
        Some(found) if found > known => Err(StoreError::DatabaseNewer {
            path: path.to_owned(),
            found,
            known,
        }),
        Some(found) => Ok(found),
        None => {
            let detail = "the table of its version is missing".to_owned();
            Err(StoreError::DatabaseCorrupt {
                path: Some(path.to_owned()),
                detail,
            })
        }
    }
}

/// The version in the file; none if it has no table for it.
fn version(connection: &Connection) -> Result<Option<u32>> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'";
    if connection
        .query_row(table, (), |_| Ok(()))
        .optional()?
        .is_none()
    {
        return Ok(None);
    }
    Ok(
        connection.query_row("SELECT max(version) FROM schema_version", (), |row| {
            row.get(0)
        })?,
    )
}

fn forward(path: &Path, schema: &Schema, manner: Manner) -> Result<()> {
    if schema.derived {
        // Nothing in a journal that lost its file is worth keeping here.
        create_file(path)?;
    } else {
        make_file(path)?;
    }
    let connection = open(path, manner)?;
    within(path, || {
        if version(&connection)?.is_some() && !schema.derived {
            keep_copy(&connection, path, schema.version())?;
        }
        apply(&connection, path, schema)
    })
}

/// Carries out what the database still lacks, in one transaction.
pub(crate) fn apply(connection: &Connection, path: &Path, schema: &Schema) -> Result<()> {
    // Tables are rebuilt under foreign keys that point to them; all are checked before the commit.
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Exclusive)?;
    let found = version(&transaction)?;
    if found.is_none() {
        transaction.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        transaction.execute_batch(OURS)?;
    }
    let found = found.unwrap_or(0);
    for migration in schema
        .migrations
        .iter()
        .filter(|migration| migration.version > found)
    {
        transaction.execute_batch(migration.sql)?;
        let sql = "INSERT INTO schema_version (version, name) VALUES (?1, ?2)";
        transaction.execute(sql, (migration.version, migration.name))?;
    }
    let orphan = transaction
        .query_row("PRAGMA foreign_key_check", (), |row| {
            row.get::<_, String>(0)
        })
        .optional()?;
    if let Some(table) = orphan {
        let detail = format!("after the migration a row of {table} would point to nothing");
        return Err(StoreError::DatabaseFailed {
            path: Some(path.to_owned()),
            detail,
        });
    }
    point(Act::Commit);
    Ok(transaction.commit()?)
}

/// Empties a derived database in place and makes it anew, whatever is in it and whoever has it open: they go on with
/// the new one.
pub(crate) fn make_anew(path: &Path, schema: &Schema, manner: Manner) -> Result<()> {
    create_file(path)?;
    within(path, || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        manner.apply_to(&connection)?;
        // Only a connection that has looked at the file keeps its journal in the mode that the others use; whether it
        // could make sense of what it saw does not matter.
        let looked = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()));
        drop(looked);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
        connection.execute_batch("VACUUM")?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
        Ok::<(), StoreError>(())
    })?;
    forward(path, schema, manner)
}

/// Makes an empty file (mode 0600). A journal without its database means that the database is gone: SQLite would throw
/// the journal away, and with it what was acknowledged.
fn make_file(path: &Path) -> Result<()> {
    let empty = fs::metadata(path).map_or(true, |found| found.len() == 0);
    let journal = crate::db::beside(path, "-wal");
    if empty && fs::metadata(&journal).is_ok_and(|found| found.len() > 0) {
        let detail = format!(
            "the file is gone or empty, but its journal {} is there",
            journal.display()
        );
        return Err(StoreError::DatabaseCorrupt {
            path: Some(path.to_owned()),
            detail,
        });
    }
    create_file(path)
}

fn create_file(path: &Path) -> Result<()> {
    point(Act::Create);
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        made => made.map_err(|error| StoreError::io("create", path, error))?,
    };
    path.parent().map_or(Ok(()), durable::sync_folder)
}

/// Copies the database as it is to a file beside it, `<name>.before-<version>`; where that is taken, with a number.
fn keep_copy(connection: &Connection, path: &Path, version: u32) -> Result<PathBuf> {
    let part = crate::db::beside(path, ".copy");
    durable::remove(&part)?;
    let text = part
        .to_str()
        .ok_or_else(|| StoreError::io("copy to", &part, io::ErrorKind::InvalidFilename.into()))?;
    connection.execute("VACUUM INTO ?1", (text,))?;
    let file = fs::File::open(&part).map_err(|error| StoreError::io("open", &part, error))?;
    durable::sync_file(&file, &part)?;
    let mut target = crate::db::beside(path, &format!(".before-{version}"));
    for number in 2_u32.. {
        if durable::rename_new(&part, &target)? == Placed::New {
            break;
        }
        target = crate::db::beside(path, &format!(".before-{version}-{number}"));
    }
    path.parent().map_or(Ok(()), durable::sync_folder)?;
    Ok(target)
}

/// A connection that leaves the journal as it is: a new database is first written in one piece, then gets its journal.
fn open(path: &Path, manner: Manner) -> Result<Connection> {
    within(path, || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        manner.apply_to(&connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        let synchronous = if cfg!(feature = "no-fsync") {
            "OFF"
        } else {
            "FULL"
        };
        connection.execute_batch(&format!("PRAGMA synchronous = {synchronous}"))?;
        Ok(connection)
    })
}
