//! Looking at runs. Every list has a limit, and goes on where it ended.

use rusqlite::{Params, Row};
use store::RunId;

use super::{Queue, get, number};
use crate::error::Result;
use crate::lines::{ItemLine, LogLine, Step};
use crate::run::{Run, RunState};
use crate::sql;

/// Which runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of one case only.
    pub project: Option<String>,
    /// Those that stand so.
    pub state: Option<RunState>,
    /// Those of one kind.
    pub kind: Option<String>,
}

/// A piece of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for to go on; none at the end.
    pub next: Option<C>,
}

impl Queue {
    /// One run.
    ///
    /// # Errors
    /// `run_unknown`; as [`store::Db::read`].
    pub fn run(&self, id: &RunId) -> Result<Run> {
        self.db.read(|connection| get(connection, id))
    }

    /// Runs, those asked for last first, before the one where the last page ended.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn runs(
        &self,
        filter: &RunFilter,
        before: Option<&RunId>,
        limit: u32,
    ) -> Result<Page<Run, RunId>> {
        let before = before.map_or("~", RunId::as_str);
        let state = filter.state.map(RunState::as_str);
        let more = i64::from(limit) + 1;
        let rows = if let Some(project) = &filter.project {
            let values = (before, state, &filter.kind, more, project);
            self.list(sql::RUNS_OF_PROJECT, values, Run::from_row)?
        } else {
            let values = (before, state, &filter.kind, more);
            self.list(sql::RUNS_ALL, values, Run::from_row)?
        };
        Ok(page(rows, limit, |run| run.id.clone()))
    }

    /// The steps of a run, in order; none before its first claim.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn steps(&self, run: &RunId) -> Result<Vec<Step>> {
        self.list(sql::STEPS, (run.as_str(),), Step::from_row)
    }

    /// What the run did with the things it was given, in order, after a position; of one state only, if one is given.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn items(
        &self,
        run: &RunId,
        state: Option<&str>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<ItemLine, i64>> {
        let after = after.unwrap_or(i64::MIN);
        let values = (run.as_str(), after, state, i64::from(limit) + 1);
        let rows = self.list(sql::ITEMS, values, ItemLine::from_row)?;
        Ok(page(rows, limit, |line| line.position))
    }

    /// How many of those things are in which state.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn item_counts(&self, run: &RunId) -> Result<Vec<(String, u64)>> {
        self.list(sql::ITEM_COUNTS, (run.as_str(),), |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
        })
    }

    /// The log of a run after a line, in order.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn log_after(&self, run: &RunId, seq: i64, limit: u32) -> Result<Page<LogLine, i64>> {
        let values = (run.as_str(), seq, i64::from(limit) + 1);
        let rows = self.list(sql::LOG_AFTER, values, LogLine::from_row)?;
        Ok(page(rows, limit, |line| line.seq))
    }

    /// The last lines of a run's log, in order.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn log_newest(&self, run: &RunId, limit: u32) -> Result<Vec<LogLine>> {
        let values = (run.as_str(), number(limit.into()));
        let mut rows = self.list(sql::LOG_NEWEST, values, LogLine::from_row)?;
        rows.reverse();
        Ok(rows)
    }

    pub(super) fn list<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.db.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(values, read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// A page out of one row more than it has: that one only says that the list goes on.
fn page<T, C>(mut rows: Vec<T>, limit: u32, cursor: impl Fn(&T) -> C) -> Page<T, C> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| goes_on).map(cursor);
    Page { items: rows, next }
}
