//! Asking that a run be stopped.

use store::RunId;

use super::{Queue, announce, get};
use crate::error::{JobsError, Result};
use crate::lines::StepState;
use crate::run::{Run, RunState};
use crate::sql;

impl Queue {
    /// Stops a run. One that waits is canceled at once. One that runs is only asked to stop: its worker ends the step and
    /// says so. If that worker is dead, the next one ends the run, after it has raised the fences; nobody else could know
    /// that the dead one writes nothing any more.
    ///
    /// # Errors
    /// `run_ended` for one that succeeded or failed; `run_unknown`; as [`store::Db::write`].
    pub fn cancel(&self, id: &RunId) -> Result<Run> {
        let now = self.utc();
        self.write("cancel", |tx| {
            let run = get(tx, id)?;
            match run.state {
                RunState::Queued => {
                    tx.prepare_cached(sql::RUN_CANCEL_QUEUED)?
                        .execute((id.as_str(), &now))?;
                    let word = StepState::Canceled.as_str();
                    tx.prepare_cached(sql::STEPS_STOP)?
                        .execute((id.as_str(), word, word))?;
                }
                RunState::Running if !run.cancel_requested => {
                    tx.prepare_cached(sql::RUN_ASK_CANCEL)?
                        .execute((id.as_str(),))?;
                }
                RunState::Running | RunState::Canceled => return Ok(run),
                state @ (RunState::Succeeded | RunState::Failed) => {
                    return Err(JobsError::RunEnded {
                        id: id.clone(),
                        state,
                    });
                }
            }
            announce(tx, id, &run.project)?;
            get(tx, id)
        })
    }
}
