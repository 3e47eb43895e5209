//! What a worker can do: the seam to whoever knows what runs are about.

use store::{FenceToken, RunId};

use crate::error::JobsError;
use crate::failure::Failure;
use crate::task::Task;

/// What a worker can do.
pub trait Work: Send + Sync {
    /// The kinds of runs that it carries out.
    fn kinds(&self) -> Vec<&'static str>;

    /// The steps of a run of that kind, in order, each with a name of its own; none for an unknown kind.
    fn steps(&self, kind: &str) -> Vec<&'static str>;

    /// Raises the fence of the run in every domain database that its steps write to: the first act after a claim.
    /// Whoever claimed the run before writes nothing from then on.
    ///
    /// # Errors
    /// `lease_lost` when somebody else has claimed the run since; whatever the databases say.
    fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<(), Failure>;

    /// Carries out one step and returns its result, as JSON. It may be called again for a step that was cut short, so
    /// each effect is written together with the note that it was done (`store::Tx::record_effect`). It asks the task,
    /// which is a [`store::Watch`], at least every MiB or row whether to go on. The result of the last step is that of
    /// the run.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn step(&self, task: &Task<'_>, step: &str) -> Result<String, Failure>;

    /// Told of trouble of the worker itself, which goes on: a database that is busy, a heart-beat that was not written.
    fn trouble(&self, error: &JobsError) {
        let _ = error;
    }
}
