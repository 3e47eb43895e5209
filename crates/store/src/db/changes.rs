//! Learning of changes, of this process's writers and of others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::{Db, Mode, Origin, RequestId, connect};
use crate::error::Result;

/// A change that was announced by [`super::Tx::changed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number, growing.
    pub seq: i64,
    /// A word for the kind of thing.
    pub kind: String,
    /// The thing.
    pub id: String,
    /// Its project; empty for none.
    pub project: String,
}

impl Db {
    /// The changes after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn changes_after(&self, seq: i64, limit: u32) -> Result<Vec<Change>> {
        self.read(|connection| {
            let sql =
                "SELECT seq, kind, id, project FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map((seq, limit), |row| {
                Ok(Change {
                    seq: row.get(0)?,
                    kind: row.get(1)?,
                    id: row.get(2)?,
                    project: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The number of the oldest change that is kept and of the newest; none before the first change. Who has seen less
    /// than the oldest minus one has missed some.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn change_range(&self) -> Result<Option<(i64, i64)>> {
        self.read(|connection| {
            let ends =
                connection.query_row("SELECT min(seq), max(seq) FROM changes", (), |row| {
                    Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
                })?;
            Ok(ends.0.zip(ends.1))
        })
    }

    /// Forgets all changes but the newest so many. Whoever has heard less has missed some, and can tell.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn forget_changes(&self, kept: u32) -> Result<()> {
        let origin = Origin::Request {
            id: RequestId::from("forget changes"),
        };
        self.write(&origin, |tx| {
            let sql = "DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?1";
            tx.prepare_cached(sql)?.execute((kept,))?;
            Ok(())
        })
    }

    /// Something that tells cheaply (microseconds) whether anybody has committed since it was last asked.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn watch_changes(&self) -> Result<ChangeWatch> {
        let seen = self.commits.load(Ordering::Acquire);
        if self.readers.is_none() {
            return Ok(ChangeWatch {
                how: How::Counting(Arc::clone(&self.commits)),
                seen,
            });
        }
        let connection = connect(&self.path, Mode::Reader, self.busy)?;
        let mut watch = ChangeWatch {
            how: How::Asking(connection),
            seen,
        };
        watch.moved()?;
        Ok(watch)
    }
}

/// See [`Db::watch_changes`].
#[derive(Debug)]
pub struct ChangeWatch {
    how: How,
    seen: u64,
}

#[derive(Debug)]
enum How {
    /// SQLite is asked: it knows of every process.
    Asking(Connection),
    /// This process is the only one.
    Counting(Arc<AtomicU64>),
}

impl ChangeWatch {
    /// True if anybody has committed since this was asked last.
    ///
    /// # Errors
    /// `database_locked`, `database_corrupt`, `io`.
    pub fn moved(&mut self) -> Result<bool> {
        let now = match &self.how {
            How::Asking(connection) => {
                let version: i64 =
                    connection.query_row("PRAGMA data_version", (), |row| row.get(0))?;
                version.cast_unsigned()
            }
            How::Counting(commits) => commits.load(Ordering::Acquire),
        };
        let moved = now != self.seen;
        self.seen = now;
        Ok(moved)
    }
}
