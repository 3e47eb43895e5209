//! Keeping the lease, and finding out that it is gone.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::OptionalExtension;
use store::{StoreError, Tx};

use super::Task;
use crate::error::{JobsError, Result};
use crate::queue::announce;
use crate::sql;

impl Task<'_> {
    /// A sign of life, if one is due: writes what was collected, or renews the lease when it was last renewed so long ago,
    /// or else only looks whether the run is still wanted and still ours.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn pulse(&self, heartbeat: Duration) -> Result<()> {
        let heartbeat = i64::try_from(heartbeat.as_millis()).unwrap_or(i64::MAX);
        let since = self.queue.monotonic() - self.renewed.load(Ordering::Acquire);
        if !self.buffer().is_empty() {
            self.flush()
        } else if since >= heartbeat {
            self.beat()
        } else {
            self.look()
        }
    }

    /// Renews the lease.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn beat(&self) -> Result<()> {
        self.fenced(|_| Ok(()))
    }

    /// Looks whether the run is still wanted and still ours, without writing.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::read`].
    pub fn look(&self) -> Result<()> {
        let key = (self.run.id.as_str(), self.run.token.0);
        let cancel: Option<bool> = self.queue.db.read(|connection| {
            let mut statement = connection.prepare_cached(sql::LEASE_LOOK)?;
            let found = statement.query_row(key, |row| row.get(0)).optional()?;
            Ok::<_, JobsError>(found)
        })?;
        self.learn(cancel)
    }

    /// A write of this task that people see.
    pub(super) fn write<T>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.fenced(|tx| {
            let done = act(tx)?;
            announce(tx, &self.run.id, &self.run.project)?;
            Ok(done)
        })
    }

    /// One transaction, which begins by showing the token and so renews the lease: whoever can still write is alive. (A
    /// lease that has passed is renewed as well, as long as nobody has claimed the run.)
    fn fenced<T>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let (id, token) = (self.run.id.as_str(), self.run.token.0);
        let boot = self.queue.clock.boot_id();
        let done = self.queue.write("task", |tx| {
            // Inside, where the right to write is ours: waiting for it may have taken long.
            let now = self.queue.monotonic();
            let mut statement = tx.prepare_cached(sql::LEASE_RENEW)?;
            let values = (id, token, &boot, now, self.lease);
            let cancel = statement.query_row(values, |row| row.get(0)).optional()?;
            self.learn(cancel)?;
            Ok((act(tx)?, now))
        });
        let (done, now) = done?;
        self.renewed.store(now, Ordering::Release);
        Ok(done)
    }

    /// Takes in what the queue says of the run: nothing means that somebody else has it, or that it has ended.
    fn learn(&self, cancel: Option<bool>) -> Result<()> {
        if let Some(asked) = cancel {
            self.cancel.fetch_or(asked, Ordering::AcqRel);
            return Ok(());
        }
        self.lost.store(true, Ordering::Release);
        let run_id = self.run.id.to_string();
        Err(StoreError::LeaseLost { run_id }.into())
    }
}
