//! Who works.

use std::time::Duration;

use super::Queue;
use crate::error::Result;
use crate::lines::WorkerInfo;
use crate::sql;

/// What a worker says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Its id, of [`Queue::new_name`].
    pub id: String,
    /// Its computer.
    pub host: String,
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// It is taken for dead when not heard of for so long.
    pub lease: Duration,
}

impl Queue {
    /// Says that a worker is there.
    ///
    /// # Errors
    /// As [`store::Db::write`].
    pub fn seen(&self, worker: &Presence) -> Result<()> {
        let lease = i64::try_from(worker.lease.as_millis()).unwrap_or(i64::MAX / 2);
        let (utc, boot, mono) = (self.utc(), self.clock.boot_id(), self.monotonic());
        self.write("worker", |tx| {
            tx.prepare_cached(sql::WORKER_PUT)?.execute((
                &worker.id,
                &worker.host,
                worker.pid,
                &worker.version,
                &utc,
                &boot,
                mono,
                lease,
            ))?;
            tx.changed("worker", &worker.id, "")?;
            Ok(())
        })
    }

    /// Says that a worker has ended.
    ///
    /// # Errors
    /// As [`store::Db::write`].
    pub fn gone(&self, worker: &Presence) -> Result<()> {
        self.write("worker", |tx| {
            tx.prepare_cached(sql::WORKER_DELETE)?
                .execute((&worker.id,))?;
            tx.changed("worker", &worker.id, "")?;
            Ok(())
        })
    }

    /// All workers, the longest serving first, those that died lately among them.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn workers(&self) -> Result<Vec<WorkerInfo>> {
        let rows = self.list(sql::WORKERS, (), |row| {
            let seen: (String, i64, i64) = (row.get(7)?, row.get(8)?, row.get(9)?);
            Ok((WorkerInfo::from_row(row)?, seen))
        })?;
        // After reading, so that nobody was seen later than now.
        let (boot, now) = (self.clock.boot_id(), self.monotonic());
        let alive = |(worker, (in_boot, seen, until))| WorkerInfo {
            alive: in_boot == boot && (seen..until).contains(&now),
            ..worker
        };
        Ok(rows.into_iter().map(alive).collect())
    }
}
