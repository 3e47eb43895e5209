//! What stands under a run (steps, items, log), and who works.

use rusqlite::Row;

use crate::run::unknown_word;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Begun.
    Running,
    /// Done; it is not done again.
    Done,
    /// The run failed in it.
    Failed,
    /// The run was canceled in it or before it.
    Canceled,
}

impl StepState {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Canceled,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place, from 0.
    pub position: u32,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: StepState,
    /// So much is done.
    pub done: u64,
    /// So much is to be done, where that is known.
    pub total: Option<u64>,
    /// Its result, once it is done.
    pub result: Option<String>,
}

/// What a run did with one of the things it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// Its place; a second line for the same place replaces the first.
    pub position: i64,
    /// What people call it.
    pub name: String,
    /// A word for what became of it.
    pub state: String,
    /// Why, if it was not taken.
    pub reason: Option<String>,
    /// What it has become.
    pub item: Option<String>,
}

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// As it should be.
    Info,
    /// Worth a look.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number in the run, from 1.
    pub seq: i64,
    /// The step; empty between steps.
    pub step: String,
    /// How much it matters.
    pub level: Level,
    /// One sentence.
    pub text: String,
    /// When, by this computer's clock.
    pub ts_utc: String,
}

/// A worker, as last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerInfo {
    /// Its id.
    pub id: String,
    /// Its computer.
    pub host: String,
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Since when.
    pub since_utc: String,
    /// When it was last heard of.
    pub seen_utc: String,
    /// The run that it works on.
    pub doing: Option<String>,
    /// Whether it was heard of within its lease, in this boot.
    pub alive: bool,
}

impl Step {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let state: String = row.get(2)?;
        let state = StepState::ALL.into_iter().find(|s| s.as_str() == state);
        Ok(Self {
            position: row.get(0)?,
            name: row.get(1)?,
            state: state.ok_or_else(|| unknown_word(2))?,
            done: row.get::<_, i64>(3)?.cast_unsigned(),
            total: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
            result: row.get(5)?,
        })
    }
}

impl ItemLine {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            name: row.get(1)?,
            state: row.get(2)?,
            reason: row.get(3)?,
            item: row.get(4)?,
        })
    }
}

impl LogLine {
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let level: String = row.get(2)?;
        let level = Level::ALL.into_iter().find(|l| l.as_str() == level);
        Ok(Self {
            seq: row.get(0)?,
            step: row.get(1)?,
            level: level.ok_or_else(|| unknown_word(2))?,
            text: row.get(3)?,
            ts_utc: row.get(4)?,
        })
    }
}

impl WorkerInfo {
    /// Without a word on whether it is alive, which the clock decides.
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            host: row.get(1)?,
            pid: row.get(2)?,
            version: row.get(3)?,
            since_utc: row.get(4)?,
            seen_utc: row.get(5)?,
            doing: row.get(6)?,
            alive: false,
        })
    }
}
