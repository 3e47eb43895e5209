//! Runs: work that is asked for now and done by a worker. What there is to do, and how it is asked for.

mod actor;
mod intake;
mod params;
mod work;

use std::sync::Arc;
use std::time::Duration;

use bundle::Sha256;
use jobs::{JobsError, NewRun, Queue, Run, RunState};
use store::{Clock, RunId, SystemClock, SystemEntropy};
use vault::{Act, Project};

use crate::desk::Desk;
use crate::error::{AppError, ErrorKind};
use crate::from::sentence;

pub use params::{CaptureParams, SealParams};
pub use work::Work;

/// How long a run that ended can be looked at.
const KEEP: Duration = Duration::from_hours(30 * 24);

/// Whoever is told of changes is never so far behind.
const CHANGES_KEPT: u32 = 100_000;

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

    /// Throws away uploads that nobody came back for, and forgets runs that ended and changes that were told long ago. To be called now and then.
    pub fn tidy(&self) -> Result<(), AppError> {
        let now = SystemClock::new().now();
        let waits = |id: &RunId| {
            let run = self.queue.run(id);
            // What cannot be asked may still wait.
            run.map_or_else(
                |error| error.code() != "run_unknown",
                |run| !run.state.has_ended(),
            )
        };
        self.desk.vault().sweep_uploads(now, &waits)?;
        self.queue.sweep(KEEP)?;
        for db in [self.desk.vault().db(), self.queue.db()] {
            db.forget_changes(CHANGES_KEPT)?;
        }
        Ok(())
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

    /// Asks for uploads to be captured and, in a `pipeline`, sealed and checked. They are kept for the run until it has
    /// taken them.
    pub fn capture(
        &self,
        kind: CaptureKind,
        project: &Project,
        params: &CaptureParams,
        act: &Act,
        key: Option<String>,
    ) -> Result<Run, AppError> {
        let vault = self.desk.vault();
        let kind = match kind {
            CaptureKind::Capture => "capture",
            CaptureKind::Pipeline => "pipeline",
        };
        let asked = key.as_deref().map(|key| self.queue.asked(key));
        let asked = asked.transpose()?.flatten();
        // A key stands for a run that could be begun: what is refused here can be asked for again with it.
        let again = asked.is_some();
        let before = self.before(kind, project, params, asked)?;
        let params = before.as_ref().unwrap_or(params);
        let uploads = &params.uploads;
        if !again {
            vault.check_uploads(project, uploads)?;
        }
        let run = self.ask(kind, project, &params.label, params.to_text(), act, key)?;
        // A request that is sent again finds its run further on than this.
        if run.state != RunState::Queued || run.attempts > 0 {
            return Ok(run);
        }
        if let Err(error) = vault.pin_uploads(project, &run.id, uploads, act) {
            let now = self.queue.cancel(&run.id)?;
            if now.state == RunState::Canceled {
                return Err(error.into());
            }
        }
        Ok(run)
    }

    /// What the run was given that was asked for earlier with the same key, if it is the same: files that are sent again
    /// are uploads with other ids.
    fn before(
        &self,
        kind: &str,
        project: &Project,
        params: &CaptureParams,
        asked: Option<Run>,
    ) -> Result<Option<CaptureParams>, AppError> {
        let Some(run) = asked.filter(|run| run.kind == kind && run.project == project.name) else {
            return Ok(None);
        };
        let before = CaptureParams::of(&run);
        let named = CaptureParams {
            uploads: before.uploads.clone(),
            ..params.clone()
        };
        if named != before {
            return Ok(None);
        }
        let (then, now) = (self.files(&before)?, self.files(params)?);
        Ok((then.is_some() && then == now).then_some(before))
    }

    /// The names and digests of files, if all are known.
    fn files(&self, params: &CaptureParams) -> Result<Option<Vec<(String, Sha256)>>, AppError> {
        let file = |id| match self.desk.vault().upload(id) {
            Ok(upload) => Ok(upload.sha256.map(|digest| (upload.path, digest))),
            Err(error) if error.code() == "upload_unknown" => Ok(None),
            Err(error) => Err(error.into()),
        };
        params.uploads.iter().map(file).collect()
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

/// What becomes of uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureKind {
    /// They are captured and their texts read.
    Capture,
    /// They are captured, their texts read, the case sealed and the package checked.
    Pipeline,
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
