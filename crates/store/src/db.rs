//! SQLite as this house uses it: one writer connection and a few readers a database, every write in a transaction that
//! knows on whose behalf it is.

mod changes;
mod connect;
mod failure;
mod memory;
mod origin;
mod readers;
mod snapshot;
mod tx;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use changes::{Change, ChangeWatch};
pub(crate) use connect::{Mode, beside, connect, leave_alone};
pub(crate) use failure::within;
pub use origin::{FenceToken, Origin, RequestId, RunId};
pub use snapshot::{copy_database, examine};
pub use tx::Tx;

use crate::error::{Result, StoreError};
use crate::lock::OpenMark;
use crate::migrate::{self, Manner, Schema};
use crate::root::{Access, DataRoot, Folder};
use readers::Readers;

/// The databases of a data root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Database {
    /// `termite.sqlite`: documents and ledgers.
    Termite,
    /// `search.sqlite`: the search index, derived.
    Search,
    /// `mite_ecology.sqlite`: graph, staging, reviews.
    Ecology,
    /// `jobs.sqlite`: runs, workers, tokens.
    Jobs,
}

impl Database {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Termite, Self::Search, Self::Ecology, Self::Jobs];

    /// The folder that its file lies in.
    pub const fn folder(self) -> Folder {
        match self {
            Self::Termite | Self::Search => Folder::TermiteRuntime,
            Self::Ecology => Folder::EcologyRuntime,
            Self::Jobs => Folder::UiRuntime,
        }
    }

    /// The name of its file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Termite => "termite.sqlite",
            Self::Search => "search.sqlite",
            Self::Ecology => "mite_ecology.sqlite",
            Self::Jobs => "jobs.sqlite",
        }
    }
}

/// An open database. Any number of threads may use it; calls of [`Db::read`] and [`Db::write`] must not be nested.
#[derive(Debug)]
pub struct Db {
    path: PathBuf,
    access: Access,
    /// How it is read.
    reading: Mode,
    busy: Duration,
    /// Closed before the connection that writes: only that one, as the last, empties the journal into the file.
    readers: Option<Readers>,
    /// The connection that writes; where only one connection may exist, it also reads.
    main: Mutex<Connection>,
    commits: Arc<AtomicU64>,
    _mark: Option<OpenMark>,
}

impl Db {
    /// Opens a database of the root, making or migrating it if the root was opened for writing.
    ///
    /// # Errors
    /// `database_newer`, `database_older` (to read only), `database_corrupt`, `reference_root`, `not_a_data_root` (a
    /// database of another program), `root_in_use`, `network_filesystem`, `database_locked`, `io`, `disk_full`,
    /// `permission_denied`, `read_only`.
    pub fn open(root: &DataRoot, database: Database, schema: &Schema) -> Result<Self> {
        let (folder, path) = (database.folder(), root.database(database));
        let lock = root.hold(folder)?;
        let alone = root.filesystem(folder)?.is_network();
        let mode = match root.access() {
            Access::Write => {
                let manner = Manner {
                    busy: root.busy_timeout(),
                    alone,
                };
                migrate::bring_up(&path, schema, &lock, root.wait(), manner)?;
                if alone { Mode::Alone } else { Mode::Writer }
            }
            Access::Read => {
                migrate::must_be_ours(&path)?;
                Mode::reading(&path, root.is_read_only(folder)?, alone)
            }
        };
        let mark = lock.mark_open();
        let main = connect(&path, mode, root.busy_timeout())?;
        within(&path, || {
            if root.access() == Access::Read {
                leave_alone(&main)?;
            }
            migrate::must_fit(&main, &path, schema)
        })?;
        let readers = match mode {
            Mode::Alone => None,
            Mode::Writer => Some(Readers::new(&path, Mode::Reader, root.busy_timeout())),
            Mode::Reader | Mode::Immutable => Some(Readers::new(&path, mode, root.busy_timeout())),
        };
        let commits = Arc::default();
        let (access, busy) = (root.access(), root.busy_timeout());
        Ok(Self {
            path,
            access,
            reading: mode,
            busy,
            main: Mutex::new(main),
            readers,
            commits,
            _mark: Some(mark),
        })
    }

    /// Opens a derived database. One that is damaged, newer, or of another program is emptied in place first, never
    /// deleted: others may have it open. The second answer is true if that was done, and everything must be made again.
    ///
    /// # Errors
    /// As [`Db::open`], but for `database_corrupt`, `database_newer`, `not_a_data_root`.
    pub fn open_derived(
        root: &DataRoot,
        database: Database,
        schema: &Schema,
    ) -> Result<(Self, bool)> {
        match Self::open(root, database, schema) {
            Err(
                StoreError::DatabaseCorrupt { .. }
                | StoreError::DatabaseNewer { .. }
                | StoreError::NotADataRoot { .. },
            ) if schema.derived && root.access() == Access::Write => {
                Ok((Self::open_emptied(root, database, schema)?, true))
            }
            opened => Ok((opened?, false)),
        }
    }

    /// Empties a derived database in place, whatever is in it, and opens it: for damage that was only met on the way.
    /// Whoever has it open goes on with the new one; for a moment they find no tables.
    ///
    /// # Errors
    /// As [`Db::open_derived`]; `database_failed` where the database is not a derived one.
    /// `read_only` where the root was opened for reading.
    pub fn open_emptied(root: &DataRoot, database: Database, schema: &Schema) -> Result<Self> {
        let path = root.database(database);
        if root.access() == Access::Read {
            let operation = "empty";
            return Err(StoreError::ReadOnly { operation, path });
        }
        if !schema.derived {
            let detail = "it holds what cannot be made again".to_owned();
            let path = Some(path);
            return Err(StoreError::DatabaseFailed { path, detail });
        }
        let manner = Manner {
            busy: root.busy_timeout(),
            alone: root.filesystem(database.folder())?.is_network(),
        };
        migrate::make_anew(&path, schema, manner)?;
        Self::open(root, database, schema)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes in one transaction, all or nothing. When this returns `Ok`, what was written survives a power cut. An
    /// error or a panic inside `act` undoes everything.
    ///
    /// # Errors
    /// `lease_lost` when the run was claimed by somebody else; `read_only`, `database_locked`, `database_corrupt`,
    /// `disk_full`, `io`; and whatever `act` returns.
    pub fn write<T, E: From<StoreError>>(
        &self,
        origin: &Origin,
        act: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.access == Access::Read {
            return Err(StoreError::ReadOnly {
                operation: "write to",
                path: self.path.clone(),
            }
            .into());
        }
        let connection = self.main();
        within(&self.path, || {
            let tx = Tx::begin(&connection, origin)?;
            let done = act(&tx)?;
            tx.commit()?;
            self.commits.fetch_add(1, Ordering::AcqRel);
            Ok(done)
        })
    }

    /// Reads one moment's state: writers do not disturb it, and it does not hold them up.
    ///
    /// # Errors
    /// `database_locked`, `database_corrupt`, `io`; and whatever `look` returns.
    pub fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        within(&self.path, || match &self.readers {
            Some(readers) => readers.with(|connection| look_at(connection, look)),
            None => look_at(&self.main(), look),
        })
    }

    /// Makes a token the one that a run must show in this database: the first act of whoever has claimed the run.
    ///
    /// # Errors
    /// `lease_lost` when a later claim was here already; and as [`Db::write`].
    pub fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<()> {
        self.write(
            &Origin::Request {
                id: RequestId::from("fence"),
            },
            |tx| tx.raise_fence(run, token),
        )
    }

    /// Moves everything from the journal into the database file and cuts the journal to nothing, as far as no reader
    /// is in the way. Returns true if all of it was moved.
    ///
    /// # Errors
    /// `database_locked`, `disk_full`, `io`, `read_only`.
    pub fn checkpoint(&self) -> Result<bool> {
        if self.access == Access::Read {
            return Err(StoreError::ReadOnly {
                operation: "write to",
                path: self.path.clone(),
            });
        }
        let connection = self.main();
        within(&self.path, || {
            let busy: i64 =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0))?;
            Ok(busy == 0)
        })
    }

    /// Everything that SQLite finds wrong with the file, at most a hundred findings; none is good. Takes as long as
    /// reading the whole file.
    ///
    /// # Errors
    /// `database_corrupt` when even the check cannot go on; `io`.
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        self.read(findings)
    }

    fn main(&self) -> MutexGuard<'_, Connection> {
        // A panic inside a transaction has undone it; the connection is as good as before.
        self.main.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look_at<T, E: From<StoreError>>(
    connection: &Connection,
    look: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let moment = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)
        .map_err(StoreError::from)?;
    look(&moment)
}

fn findings(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
    let found = statement.query_map((), |row| row.get::<_, String>(0))?;
    let mut found = found.collect::<rusqlite::Result<Vec<_>>>()?;
    found.retain(|line| line != "ok");
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let orphans = statement.query_map((), |row| row.get::<_, String>(0))?;
    for table in orphans.take(100) {
        found.push(format!("a row of {} points to nothing", table?));
    }
    Ok(found)
}
