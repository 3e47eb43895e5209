//! Trying a run again.

use store::RunId;

use super::{Queue, announce, get};
use crate::error::{JobsError, Result};
use crate::run::Run;
use crate::sql;

impl Queue {
    /// Puts a run that failed or was canceled back into the queue, with all its attempts. Steps that are done are not
    /// done again.
    ///
    /// # Errors
    /// `run_not_ended` for any other run; `run_unknown`; as [`store::Db::write`].
    pub fn retry(&self, id: &RunId) -> Result<Run> {
        self.write("retry", |tx| {
            let again = tx.prepare_cached(sql::RUN_RETRY)?.execute((id.as_str(),))?;
            let run = get(tx, id)?;
            if again == 0 {
                let (id, state) = (run.id, run.state);
                return Err(JobsError::RunNotRetryable { id, state });
            }
            tx.prepare_cached(sql::STEPS_AGAIN)?
                .execute((id.as_str(),))?;
            announce(tx, id, &run.project)?;
            Ok(run)
        })
    }
}
