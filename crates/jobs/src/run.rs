//! Runs: what is asked for, and what has become of it.

use rusqlite::Row;
use store::{FenceToken, RunId, UtcTime};

/// Where a run stands. Who may change it, and when: `docs/states.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// Waits for a worker.
    Queued,
    /// A worker has claimed it.
    Running,
    /// All its steps are done.
    Succeeded,
    /// It was given up.
    Failed,
    /// Somebody asked to stop it.
    Canceled,
}

impl RunState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// The state of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more happens by itself.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Canceled)
    }
}

/// A run that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// Its case; empty for none.
    pub project: String,
    /// What is to be done, a word that some [`crate::Work`] knows.
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// Canonical JSON: only kept here.
    pub params: String,
    /// Who asked, in the words of whoever knows: only kept here.
    pub actor: String,
    /// Greater goes first; 0 is usual.
    pub priority: i64,
    /// Runs with the same key never run at once.
    pub serial_key: Option<String>,
    /// How often it may be begun before it is given up.
    pub max_attempts: u32,
    /// The idempotency key: the same key gives the same run.
    pub request: Option<String>,
}

impl NewRun {
    /// A run without parameters, of usual priority, begun at most three times.
    pub fn of(kind: &str, project: &str) -> Self {
        Self {
            project: project.to_owned(),
            kind: kind.to_owned(),
            label: String::new(),
            params: "{}".to_owned(),
            actor: "{}".to_owned(),
            priority: 0,
            serial_key: None,
            max_attempts: 3,
            request: None,
        }
    }
}

/// A run as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id; ids sort as runs were asked for.
    pub id: RunId,
    /// Its case; empty for none.
    pub project: String,
    /// What is to be done.
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// Canonical JSON.
    pub params: String,
    /// Who asked.
    pub actor: String,
    /// Where it stands.
    pub state: RunState,
    /// Greater goes first.
    pub priority: i64,
    /// Runs with the same key never run at once.
    pub serial_key: Option<String>,
    /// How often it was begun, without the times at which it was handed back.
    pub attempts: u32,
    /// How often it may be begun.
    pub max_attempts: u32,
    /// It is not tried again before this moment.
    pub not_before: Option<UtcTime>,
    /// When it was asked for.
    pub created_utc: String,
    /// When it was first claimed.
    pub started_utc: Option<String>,
    /// When it ended.
    pub finished_utc: Option<String>,
    /// Why it failed; of a queued run, why the last attempt did.
    pub error_code: Option<String>,
    /// The sentence to the code.
    pub error_detail: Option<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// The result of its last step, once it has succeeded.
    pub result: Option<String>,
    /// Somebody asked to stop it.
    pub cancel_requested: bool,
    /// Who works on it.
    pub worker: Option<String>,
    /// The number of its last claim.
    pub token: FenceToken,
}

impl Run {
    /// Reads the columns of `sql::run!`.
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let state: String = row.get(6)?;
        let wait: i64 = row.get(11)?;
        Ok(Self {
            id: RunId::from(row.get::<_, String>(0)?.as_str()),
            project: row.get(1)?,
            kind: row.get(2)?,
            label: row.get(3)?,
            params: row.get(4)?,
            actor: row.get(5)?,
            state: RunState::of(&state).ok_or_else(|| unknown_word(6))?,
            priority: row.get(7)?,
            serial_key: row.get(8)?,
            attempts: row.get(9)?,
            max_attempts: row.get(10)?,
            not_before: (wait > 0).then(|| UtcTime::from_unix_micros(wait.saturating_mul(1_000))),
            created_utc: row.get(12)?,
            started_utc: row.get(13)?,
            finished_utc: row.get(14)?,
            error_code: row.get(15)?,
            error_detail: row.get(16)?,
            retryable: row.get(17)?,
            result: row.get(18)?,
            cancel_requested: row.get(19)?,
            worker: row.get(20)?,
            token: FenceToken(row.get(21)?),
        })
    }
}

/// A word that the schema does not allow.
pub(crate) fn unknown_word(column: usize) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        rusqlite::types::Type::Text,
        "a word that this program does not know".into(),
    )
}
