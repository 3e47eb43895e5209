//! Runs: work that is asked for now and done by a worker. What there is to do, and how it is asked for.

mod actor;
mod params;
mod work;

use std::sync::Arc;

use jobs::{JobsError, NewRun, Queue, Run};
use store::{SystemClock, SystemEntropy};
use vault::{Act, Project};

use crate::desk::Desk;
use crate::error::{AppError, ErrorKind};
use crate::from::sentence;

pub use params::SealParams;
pub use work::Work;

/// A data root with its queue of runs.
pub struct Runs {
    desk: Arc<Desk>,
    queue: Queue,
}

impl Runs {
    /// Opens the queue of a data root; makes it if there is none.
    pub fn open(desk: Arc<Desk>) -> Result<Self, AppError> {
        let clock = Arc::new(SystemClock::new());
        let queue = Queue::open(desk.vault().root(), clock, Arc::new(SystemEntropy))?;
        Ok(Self { desk, queue })
    }

    /// The data root.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The queue: to look at runs, cancel them, try them again.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Asks for a package. With the `key` of an earlier request it is that request again.
    pub fn seal(
        &self,
        project: &Project,
        params: &SealParams,
        act: &Act,
        key: Option<String>,
    ) -> Result<Run, AppError> {
        self.ask("seal", project, &params.label, params.to_text(), act, key)
    }

    fn ask(
        &self,
        kind: &str,
        project: &Project,
        label: &str,
        params: String,
        act: &Act,
        key: Option<String>,
    ) -> Result<Run, AppError> {
        let new = NewRun {
            label: label.to_owned(),
            params,
            actor: actor::to_text(act.actor()),
            // One writer a chain.
            serial_key: Some(project.id.clone()),
            request: key,
            ..NewRun::of(kind, &project.name)
        };
        Ok(self.queue.enqueue(&new)?)
    }
}

impl From<JobsError> for AppError {
    fn from(error: JobsError) -> Self {
        let kind = match &error {
            JobsError::Store(_) | JobsError::NoThread(_) => ErrorKind::Environment,
            JobsError::InvalidRun { .. } => ErrorKind::Usage,
            _ => ErrorKind::Refused,
        };
        if let JobsError::Store(error) = error {
            return error.into();
        }
        Self {
            code: error.code(),
            message: sentence(&error.to_string()),
            place: error.place().map(|path| path.display().to_string()),
            next: error.next_step().to_owned(),
            kind,
        }
    }
}
