//! The queue: one database that clients write runs into and workers claim them from.

mod cancel;
mod claim;
mod enqueue;
mod presence;
mod read;
mod retry;
mod sweep;
mod tokens;

use std::fmt;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use store::db::ChangeWatch;
use store::{Clock, DataRoot, Database, Db, Entropy, Origin, RequestId, RunId, Tx};

use crate::error::{JobsError, Result};
use crate::run::Run;
use crate::sql;

pub use claim::Claimer;
pub use presence::Presence;
pub use read::{Page, RunFilter};
pub use tokens::AccessToken;

/// The queue. Any number of threads and processes may use it at once.
pub struct Queue {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Queue {
    /// Opens `jobs.sqlite` of the root, making or migrating it if the root was opened for writing.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open(root: &DataRoot, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self> {
        let db = Db::open(root, Database::Jobs, &sql::JOBS)?;
        Ok(Self::over(db, clock, entropy))
    }

    /// The queue in a database that is open, made with [`crate::JOBS`].
    pub fn over(db: Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { db, clock, entropy }
    }

    /// The database, for whoever watches its changes: `run` and `worker`, with their ids.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// A name for a worker or a request: 128 random bits.
    ///
    /// # Errors
    /// `io` when the operating system gives no randomness.
    pub fn new_name(&self) -> Result<String> {
        let bits = self.entropy.bits128()?;
        Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) fn watch(&self) -> Result<ChangeWatch> {
        Ok(self.db.watch_changes()?)
    }

    /// One transaction of the queue's own. What guards a run here is its token (`LEASE_RENEW`), not the origin: that is
    /// for domain databases.
    pub(crate) fn write<T>(
        &self,
        what: &'static str,
        act: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let id = RequestId::from(what);
        self.db.write(&Origin::Request { id }, act)
    }

    pub(crate) fn utc(&self) -> String {
        self.clock.now().to_string()
    }

    /// The monotonic clock as SQLite keeps it.
    pub(crate) fn monotonic(&self) -> i64 {
        i64::try_from(self.clock.monotonic_ms()).unwrap_or(i64::MAX)
    }

    /// The wall clock in milliseconds.
    pub(crate) fn wall_ms(&self) -> i64 {
        self.clock.now().unix_micros().div_euclid(1_000)
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("db", &self.db)
            .finish_non_exhaustive()
    }
}

/// The run, or `run_unknown`.
fn get(connection: &Connection, id: &RunId) -> Result<Run> {
    let mut statement = connection.prepare_cached(sql::RUN_GET)?;
    let run = statement.query_row((id.as_str(),), Run::from_row);
    run.optional()?
        .ok_or_else(|| JobsError::RunUnknown(id.clone()))
}

/// Tells whoever watches that something about the run is different.
pub(crate) fn announce(tx: &Tx<'_>, run: &RunId, project: &str) -> Result<()> {
    tx.changed("run", run.as_str(), project)?;
    Ok(())
}

/// Numbers from outside, as SQLite keeps them.
pub(crate) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
