//! The steps of a claimed run.

use std::collections::HashMap;

use store::StoreError;

use super::Task;
use crate::error::Result;
use crate::lines::{Step, StepState};
use crate::sql;

impl Task<'_> {
    /// Lays down the steps of the run. What a former claim has done stays done, as far as a step of that name is still
    /// part of it: a later version of the program may have other steps.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn plan(&self, names: &[&str]) -> Result<Vec<Step>> {
        let known = self.queue.steps(&self.run.id)?;
        if known
            .iter()
            .map(|step| step.name.as_str())
            .eq(names.iter().copied())
        {
            return Ok(known);
        }
        let mut results: HashMap<String, String> = known
            .into_iter()
            .filter_map(|step| Some((step.name, step.result?)))
            .collect();
        let steps: Vec<Step> = (0_u32..)
            .zip(names)
            .map(|(position, name)| {
                let result = results.remove(*name);
                let state = match result {
                    Some(_) => StepState::Done,
                    None => StepState::Pending,
                };
                let name = (*name).to_owned();
                let (done, total) = (0, None);
                Step {
                    position,
                    name,
                    state,
                    done,
                    total,
                    result,
                }
            })
            .collect();
        self.write(|tx| {
            let run = self.run.id.as_str();
            tx.prepare_cached(sql::STEPS_DELETE)?.execute((run,))?;
            for step in &steps {
                tx.prepare_cached(sql::STEP_INSERT)?.execute((
                    run,
                    step.position,
                    &self.run.project,
                    &step.name,
                    step.state.as_str(),
                    0,
                    None::<i64>,
                    &step.result,
                ))?;
            }
            Ok(())
        })?;
        Ok(steps)
    }

    /// The result of a step that is done.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn result_of(&self, step: &str) -> Result<Option<String>> {
        let steps = self.queue.steps(&self.run.id)?;
        let found = steps.into_iter().find(|known| known.name == step);
        Ok(found.and_then(|step| step.result))
    }

    /// Begins a step; progress, items and log lines are then of this one.
    ///
    /// # Errors
    /// `lease_lost`; as [`store::Db::write`].
    pub fn begin(&self, step: &Step) -> Result<()> {
        self.buffer().step = Some((step.position, step.name.clone()));
        self.flush_and(|tx| {
            tx.prepare_cached(sql::STEP_BEGIN)?
                .execute((self.run.id.as_str(), step.position))?;
            Ok(())
        })
    }

    /// Keeps the result of the present step, which is then never done again.
    ///
    /// # Errors
    /// `lease_lost`; `database_failed` when no step was begun; as [`store::Db::write`].
    pub fn done(&self, result: &str) -> Result<()> {
        let step = self.buffer().step.clone();
        let position = step.map(|(position, _)| position);
        self.flush_and(|tx| {
            let done = tx.prepare_cached(sql::STEP_DONE)?.execute((
                self.run.id.as_str(),
                position,
                result,
            ))?;
            if done == 1 {
                return Ok(());
            }
            let detail = "no step of the run was begun".to_owned();
            Err(StoreError::DatabaseFailed { path: None, detail }.into())
        })?;
        self.buffer().step = None;
        Ok(())
    }
}
