//! Why a step did not succeed.

use store::StoreError;

use crate::error::JobsError;

// Codes that only a worker gives, in the run that it ends.
pub(crate) const PANICKED: &str = "worker_panicked";
pub(crate) const EXHAUSTED: &str = "attempts_exhausted";
pub(crate) const KIND_UNKNOWN: &str = "kind_unknown";

/// Why a step did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The stable word.
    pub code: String,
    /// One sentence.
    pub detail: String,
    /// Whether trying again, later and with nothing changed, may help.
    pub retryable: bool,
    /// The step stopped because its watch said so; then what was asked for decides what becomes of the run.
    pub canceled: bool,
}

impl Failure {
    /// Trying again changes nothing.
    pub fn lasting(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            detail: detail.into(),
            retryable: false,
            canceled: false,
        }
    }

    /// Trying again may help.
    pub fn passing(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            retryable: true,
            ..Self::lasting(code, detail)
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = error.code();
        Self {
            code: code.to_owned(),
            // Runs are looked at from elsewhere: a place on this machine is not told.
            detail: match error.place().and_then(|_| meaning(code)) {
                Some(meaning) => meaning.to_owned(),
                None => error.to_string(),
            },
            retryable: matches!(code, "io" | "disk_full" | "database_locked"),
            canceled: matches!(error, StoreError::Canceled),
        }
    }
}

impl From<JobsError> for Failure {
    fn from(error: JobsError) -> Self {
        match error {
            JobsError::Store(error) => error.into(),
            JobsError::NoThread(_) => Self::passing(error.code(), error.to_string()),
            other => Self::lasting(other.code(), other.to_string()),
        }
    }
}

fn meaning(code: &str) -> Option<&'static str> {
    let found = store::NEXT_STEPS.iter().find(|(word, ..)| *word == code);
    found.map(|(_, meaning, _)| *meaning)
}
