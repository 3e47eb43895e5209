//! Opening one connection, with everything set that this house relies on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::within;
use crate::error::{Result, StoreError};
use crate::root::uri;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Writes, beside other connections.
    Writer,
    /// Reads, beside other connections.
    Reader,
    /// The only connection there is, because the file system has no shared memory.
    Alone,
    /// Reads a file that cannot change, from a read-only mount.
    Immutable,
}

impl Mode {
    /// How to read a database that is only to be read. On a read-only mount one that was closed opens only as immutable;
    /// one whose journal lies beside it must be read with it.
    pub(crate) fn reading(path: &Path, read_only_mount: bool, alone: bool) -> Self {
        let journal = ["-wal", "-shm"]
            .iter()
            .any(|end| beside(path, end).exists());
        if read_only_mount && !journal {
            Self::Immutable
        } else if alone && !read_only_mount {
            Self::Alone
        } else {
            Self::Reader
        }
    }
}

/// The path with something put at its end.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Opens a connection to a database that exists.
pub(crate) fn connect(path: &Path, mode: Mode, busy: Duration) -> Result<Connection> {
    fs::metadata(path).map_err(|error| StoreError::io("open", path, error))?;
    within(path, || {
        let access = match mode {
            Mode::Writer | Mode::Alone => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Mode::Reader | Mode::Immutable => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = access | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let question = if mode == Mode::Immutable {
            "?immutable=1"
        } else {
            ""
        };
        let connection = Connection::open_with_flags(uri(path, question), flags)?;
        connection.busy_timeout(busy)?;
        connection.set_prepared_statement_cache_capacity(128);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
             PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
        )?;
        // What is removed is written over: names that were erased must not stay behind in the file.
        connection.execute_batch("PRAGMA secure_delete = ON")?;
        let synchronous = if cfg!(feature = "no-fsync") {
            "OFF"
        } else {
            "FULL"
        };
        connection.execute_batch(&format!("PRAGMA synchronous = {synchronous}"))?;
        match mode {
            Mode::Writer => write_ahead(&connection, path)?,
            Mode::Alone => {
                connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
                write_ahead(&connection, path)?;
            }
            Mode::Reader | Mode::Immutable => leave_alone(&connection)?,
        }
        Ok(connection)
    })
}

/// Lets a connection change nothing, not even by moving the journal into the file when it is closed.
pub(crate) fn leave_alone(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(())
}

fn write_ahead(connection: &Connection, path: &Path) -> Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    let detail = format!("its journal stays in mode {mode}");
    Err(StoreError::DatabaseFailed {
        path: Some(path.to_owned()),
        detail,
    })
}
