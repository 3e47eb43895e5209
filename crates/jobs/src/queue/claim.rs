//! Claiming the next run.

use std::time::Duration;

use rusqlite::OptionalExtension;

use super::{Queue, announce};
use crate::backoff;
use crate::error::Result;
use crate::run::Run;
use crate::sql;
use crate::stop::Stop;
use crate::task::Task;

/// Who claims.
#[derive(Debug, Clone)]
pub struct Claimer {
    /// The worker.
    pub worker: String,
    /// What it can do.
    pub kinds: Vec<String>,
    /// How long the run is its own without a sign of life.
    pub lease: Duration,
    /// Tells its tasks to stop.
    pub stop: Stop,
}

impl Queue {
    /// Claims the next run: an abandoned one, else the first of the queue (by priority, then by age) that waits for
    /// nothing and whose serial key no running run has. One statement, so that no two workers get the same.
    ///
    /// # Errors
    /// As [`store::Db::write`].
    pub fn claim(&self, claimer: &Claimer) -> Result<Option<Task<'_>>> {
        // The known kinds between line ends, which no kind contains.
        let kinds = format!("\n{}\n", claimer.kinds.join("\n"));
        let boot = self.clock.boot_id();
        let longest = super::number(backoff::LONGEST_MS);
        // Workers that find nothing, the usual case, do not queue up for the right to write.
        let waits: bool = self.db.read(|connection| {
            let mut statement = connection.prepare_cached(sql::CLAIM_WAITS)?;
            let values = (&boot, self.monotonic(), &kinds, self.wall_ms(), longest);
            Ok::<_, crate::JobsError>(statement.query_row(values, |row| row.get(0))?)
        })?;
        if !waits {
            return Ok(None);
        }
        let lease = i64::try_from(claimer.lease.as_millis()).unwrap_or(i64::MAX / 2);
        let claimed = self.write("claim", |tx| {
            // The clocks are read where the right to write is ours: a moment from before the wait for it would lie before
            // a lease that was renewed meanwhile, and the clock would seem to have gone back.
            let (mono, wall, utc) = (self.monotonic(), self.wall_ms(), self.utc());
            let mut statement = tx.prepare_cached(sql::CLAIM)?;
            let worker = &claimer.worker;
            let values = (&boot, mono, &kinds, wall, longest, worker, lease, &utc);
            let run = statement.query_row(values, Run::from_row).optional()?;
            if let Some(run) = &run {
                announce(tx, &run.id, &run.project)?;
            }
            Ok(run)
        })?;
        Ok(claimed.map(|run| Task::new(self, run, lease, claimer.stop.clone())))
    }
}
