//! What a step tells, until it is written.

use std::mem;
use std::sync::{MutexGuard, PoisonError};

use store::Tx;

use super::Task;
use crate::error::Result;
use crate::lines::{ItemLine, Level};
use crate::queue::number;
use crate::sql;

/// A single sentence; whatever is longer is cut.
const LONGEST_TEXT: usize = 4_096;

#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// The present step: its place and its name.
    pub(super) step: Option<(u32, String)>,
    pub(super) progress: Option<(u64, Option<u64>)>,
    pub(super) items: Vec<ItemLine>,
    log: Vec<Line>,
}

/// A line of the log that has no number yet.
#[derive(Debug)]
struct Line {
    step: String,
    level: Level,
    text: String,
    utc: String,
}

impl Buffer {
    pub(super) fn step_name(&self) -> String {
        let step = self.step.as_ref();
        step.map_or_else(String::new, |(_, name)| name.clone())
    }

    pub(super) fn log(&mut self, level: Level, mut text: String, utc: String) {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        let step = self.step_name();
        self.log.push(Line {
            step,
            level,
            text,
            utc,
        });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.progress.is_none() && self.items.is_empty() && self.log.is_empty()
    }

    /// What is to be written; what comes later goes into the next lot.
    fn take(&mut self) -> Self {
        Self {
            step: self.step.clone(),
            progress: self.progress.take(),
            items: mem::take(&mut self.items),
            log: mem::take(&mut self.log),
        }
    }

    /// Puts back what could not be written, before what has come since.
    fn put_back(&mut self, mut unwritten: Self) {
        self.progress = self.progress.or(unwritten.progress);
        unwritten.items.append(&mut self.items);
        self.items = unwritten.items;
        unwritten.log.append(&mut self.log);
        self.log = unwritten.log;
    }

    fn write(&self, tx: &Tx<'_>, run: &str, project: &str) -> Result<()> {
        if let (Some((position, _)), Some((done, total))) = (&self.step, self.progress) {
            let (done, total) = (number(done), total.map(number));
            tx.prepare_cached(sql::STEP_PROGRESS)?
                .execute((run, position, done, total))?;
        }
        for line in &self.items {
            tx.prepare_cached(sql::ITEM_PUT)?.execute((
                run,
                line.position,
                project,
                &line.name,
                &line.state,
                &line.reason,
                &line.item,
            ))?;
        }
        for line in &self.log {
            let level = line.level.as_str();
            tx.prepare_cached(sql::LOG_PUT)?
                .execute((run, project, &line.step, level, &line.text, &line.utc))?;
        }
        Ok(())
    }
}

impl Task<'_> {
    pub(super) fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what was collected, then does something else, in one transaction.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`]. Then what was collected is kept for the next time.
    pub(super) fn flush_and<T>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let lot = self.buffer().take();
        let written = self.write(|tx| {
            lot.write(tx, self.run.id.as_str(), &self.run.project)?;
            act(tx)
        });
        if written.is_err() && !self.is_lost() {
            self.buffer().put_back(lot);
        }
        written
    }

    /// Writes what was collected, now.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn flush(&self) -> Result<()> {
        self.flush_and(|_| Ok(()))
    }
}
