//! What can go wrong with the queue: a stable code, one sentence, the place, the next step.

mod steps;

use std::path::Path;

use store::{RunId, StoreError};

use crate::run::RunState;
pub use steps::NEXT_STEPS;

/// What the calls of this crate return.
pub type Result<T, E = JobsError> = std::result::Result<T, E>;

/// A refusal or failure of the queue. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// Files, locks or the database; `lease_lost` for whoever is no longer the run's worker.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `run_unknown`: no run has this id.
    #[error("there is no run {0}")]
    RunUnknown(RunId),
    /// `run_ended`: what has ended cannot be canceled.
    #[error("the run {id} has ended: it is {}", state.as_str())]
    RunEnded {
        /// The run.
        id: RunId,
        /// How it ended.
        state: RunState,
    },
    /// `run_not_ended`: only a run that failed or was canceled can be tried again.
    #[error("the run {id} is {}: it did not fail and was not canceled", state.as_str())]
    RunNotRetryable {
        /// The run.
        id: RunId,
        /// Its state.
        state: RunState,
    },
    /// `idempotency_conflict`: the key was used for something else.
    #[error("the key {key:?} was used before, for another request (run {run})")]
    IdempotencyConflict {
        /// The key.
        key: String,
        /// The run that it stands for.
        run: RunId,
    },
    /// `invalid_run`: what was asked for cannot be a run.
    #[error("{what} of a run cannot be {given:?}: {rule}")]
    InvalidRun {
        /// What is wrong.
        what: &'static str,
        /// What was given.
        given: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// `token_exists`: a token of this name was made before.
    #[error("there is a token of the name {0:?} already")]
    TokenExists(String),
    /// `token_unknown`: no token has this name.
    #[error("there is no token of the name {0:?}")]
    TokenUnknown(String),
    /// `worker_failed`: the operating system gives no thread.
    #[error("a thread of the worker could not be started: {0}")]
    NoThread(std::io::Error),
}

impl JobsError {
    /// The stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::RunUnknown(_) => "run_unknown",
            Self::RunEnded { .. } => "run_ended",
            Self::RunNotRetryable { .. } => "run_not_ended",
            Self::IdempotencyConflict { .. } => "idempotency_conflict",
            Self::InvalidRun { .. } => "invalid_run",
            Self::TokenExists(_) => "token_exists",
            Self::TokenUnknown(_) => "token_unknown",
            Self::NoThread(_) => "worker_failed",
        }
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Store(error) => error.place(),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Store(error) => error.next_step(),
            own => next_step_of(own.code()),
        }
    }

    /// Whether somebody else works on the run now.
    pub const fn is_lease_lost(&self) -> bool {
        matches!(self, Self::Store(StoreError::LeaseLost { .. }))
    }
}

impl From<rusqlite::Error> for JobsError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

fn next_step_of(code: &str) -> &'static str {
    let found = NEXT_STEPS.iter().find(|(word, ..)| *word == code);
    found.map_or("", |(_, _, next)| *next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{EXHAUSTED, KIND_UNKNOWN, PANICKED};

    #[test]
    fn every_code_has_a_next_step() {
        let id = || RunId::from("r");
        let errors = [
            JobsError::RunUnknown(id()),
            JobsError::RunEnded {
                id: id(),
                state: RunState::Failed,
            },
            JobsError::RunNotRetryable {
                id: id(),
                state: RunState::Queued,
            },
            JobsError::IdempotencyConflict {
                key: "k".to_owned(),
                run: id(),
            },
            JobsError::InvalidRun {
                what: "the kind",
                given: String::new(),
                rule: "x",
            },
            JobsError::NoThread(std::io::ErrorKind::OutOfMemory.into()),
            JobsError::Store(StoreError::Canceled),
        ];
        for error in errors {
            assert!(!error.next_step().is_empty(), "{}", error.code());
        }
        for code in [PANICKED, EXHAUSTED, KIND_UNKNOWN] {
            assert!(!next_step_of(code).is_empty(), "{code}");
        }
    }
}
