//! On whose behalf a transaction writes.

use std::fmt;

/// The id of a request: of one command, or of an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

/// The id of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

impl From<&str> for RequestId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<&str> for RunId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl RunId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tells the claims of one run apart: a later claim has a greater token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FenceToken(pub i64);

/// On whose behalf a transaction writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Somebody waits for the answer.
    Request {
        /// The request.
        id: RequestId,
    },
    /// A worker carries out a step of a run. The transaction is refused once somebody else has claimed the run.
    Run {
        /// The run.
        run_id: RunId,
        /// The step, for messages.
        step: String,
        /// The worker's claim.
        token: FenceToken,
    },
}

impl Origin {
    /// What effects are kept under. Requests have a prefix, so that a client's key never meets a run's id.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Request { id } => format!("request/{id}"),
            Self::Run { run_id, .. } => run_id.to_string(),
        }
    }
}
