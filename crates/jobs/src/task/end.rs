//! Letting go of a run.

use store::Tx;

use super::Task;
use crate::backoff;
use crate::error::Result;
use crate::failure::Failure;
use crate::lines::{Level, StepState};
use crate::run::RunState;
use crate::sql;

/// How a worker lets go of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All steps are done; this is the result.
    Succeeded(String),
    /// A step failed. The run is tried again, after a wait, if that may help and attempts are left.
    Failed(Failure),
    /// It was asked to stop, and has.
    Canceled,
    /// The worker stops, not the run: another goes on with it, and the attempt does not count.
    Released,
}

/// What is written of it.
enum End<'o> {
    Final(RunState, Option<&'o Failure>, Option<&'o str>),
    Again(Option<&'o Failure>, i64),
}

impl Task<'_> {
    /// Lets go of the run. Returns where it stands then.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn end(self, outcome: &Outcome) -> Result<RunState> {
        self.tell(outcome);
        let wait = backoff::delay_ms(self.run.attempts, &*self.queue.entropy)?;
        // Looked at inside the transaction: nobody asks for a stop between this look and the end.
        self.flush_and(|tx| match self.decide(outcome, wait) {
            End::Final(state, failure, result) => self.finish(tx, state, failure, result),
            End::Again(failure, not_before) => self.requeue(tx, failure, not_before),
        })
    }

    fn decide<'o>(&self, outcome: &'o Outcome, wait: u64) -> End<'o> {
        match outcome {
            Outcome::Succeeded(result) => End::Final(RunState::Succeeded, None, Some(result)),
            Outcome::Failed(failure) if !self.comes_back(failure) => {
                End::Final(RunState::Failed, Some(failure), None)
            }
            Outcome::Canceled => End::Final(RunState::Canceled, None, None),
            Outcome::Failed(_) | Outcome::Released if self.cancel_asked() => {
                End::Final(RunState::Canceled, None, None)
            }
            Outcome::Failed(failure) => {
                let wait = i64::try_from(wait).unwrap_or(i64::MAX);
                End::Again(Some(failure), self.queue.wall_ms().saturating_add(wait))
            }
            Outcome::Released => End::Again(None, 0),
        }
    }

    /// Whether the run is tried again after this.
    const fn comes_back(&self, failure: &Failure) -> bool {
        failure.retryable && self.run.attempts < self.run.max_attempts
    }

    fn tell(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(failure) if self.comes_back(failure) => {
                let text = format!("{} It will be tried again.", sentence(&failure.detail));
                self.log(Level::Warning, text);
            }
            Outcome::Failed(failure) => self.log(Level::Error, failure.detail.clone()),
            Outcome::Canceled => self.log(Level::Info, "Canceled."),
            Outcome::Succeeded(_) | Outcome::Released => {}
        }
    }

    fn finish(
        &self,
        tx: &Tx<'_>,
        state: RunState,
        failure: Option<&Failure>,
        result: Option<&str>,
    ) -> Result<RunState> {
        let run = self.run.id.as_str();
        let (begun, rest) = match state {
            RunState::Canceled => (StepState::Canceled, StepState::Canceled),
            _ => (StepState::Failed, StepState::Pending),
        };
        tx.prepare_cached(sql::STEPS_STOP)?
            .execute((run, begun.as_str(), rest.as_str()))?;
        tx.prepare_cached(sql::RUN_END)?.execute((
            run,
            state.as_str(),
            self.queue.utc(),
            failure.map(|failure| &failure.code),
            failure.map(|failure| &failure.detail),
            failure.is_some_and(|failure| failure.retryable),
            result,
        ))?;
        Ok(state)
    }

    fn requeue(&self, tx: &Tx<'_>, failure: Option<&Failure>, not_before: i64) -> Result<RunState> {
        let run = self.run.id.as_str();
        // A run that is handed back was not tried.
        let uncounted = i64::from(failure.is_none());
        tx.prepare_cached(sql::STEPS_AGAIN)?.execute((run,))?;
        tx.prepare_cached(sql::RUN_REQUEUE)?.execute((
            run,
            uncounted,
            not_before,
            failure.map(|failure| &failure.code),
            failure.map(|failure| &failure.detail),
            failure.is_some(),
        ))?;
        Ok(RunState::Queued)
    }
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{text}{end}")
}
