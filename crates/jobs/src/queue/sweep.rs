//! Removing what nobody asks for any more.

use std::time::Duration;

use super::Queue;
use crate::error::Result;
use crate::sql;

/// Runs a transaction: others wait for it, and items go with their runs.
const GROUP: u32 = 50;
/// A worker that died is shown for a day.
const DEAD_WORKERS: Duration = Duration::from_hours(24);

impl Queue {
    /// Removes runs that ended longer ago than that, with their steps, items and log; and workers that died the day
    /// before. Returns how many runs were removed.
    ///
    /// # Errors
    /// As [`store::Db::write`].
    pub fn sweep(&self, keep: Duration) -> Result<u64> {
        let before = |age: Duration| {
            let micros = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
            self.clock.now().plus_micros(-micros).to_string()
        };
        let (ended, died) = (before(keep), before(DEAD_WORKERS));
        let boot = self.clock.boot_id();
        let mut removed = 0;
        loop {
            let group = self.write("sweep", |tx| {
                let runs = tx
                    .prepare_cached(sql::RUNS_SWEEP)?
                    .execute((&ended, GROUP))?;
                tx.prepare_cached(sql::WORKERS_SWEEP)?
                    .execute((&boot, self.monotonic(), &died))?;
                Ok(u64::try_from(runs).unwrap_or(u64::MAX))
            })?;
            removed += group;
            if group < GROUP.into() {
                return Ok(removed);
            }
        }
    }
}
