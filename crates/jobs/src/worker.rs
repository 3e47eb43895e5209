//! The loop of a worker: claim, carry out, wait.

mod execute;
mod presence;
mod pulse;
mod wait;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use store::StoreError;

use crate::error::{JobsError, Result};
use crate::queue::{Claimer, Presence, Queue};
use crate::stop::Stop;
use crate::task::{Outcome, Task};
use crate::work::Work;

/// How a worker works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The computer's name, for people.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The program's version.
    pub version: String,
    /// How long a run stays its own without a sign of life.
    pub lease: Duration,
    /// How often it gives one; several times a lease.
    pub heartbeat: Duration,
    /// The longest it waits before it looks into the queue again, whatever it was or was not told.
    pub poll: Duration,
    /// A file that is written with each sign of life, for whoever watches over a container.
    pub heartbeat_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: String::new(),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            poll: Duration::from_secs(1),
            heartbeat_file: None,
        }
    }
}

/// What the threads of a worker share.
struct Floor<'w> {
    queue: &'w Queue,
    work: &'w dyn Work,
    settings: &'w Settings,
    presence: Presence,
}

/// Carries out runs until asked to stop. A run that is being carried out then is handed back within the time its step
/// takes to notice, and goes on from there with another worker.
///
/// # Errors
/// `database_corrupt`, `database_failed` and whatever else does not pass by itself; `worker_failed`. A busy database, a
/// full disk or a disturbed one is told to [`Work::trouble`] and waited for.
pub fn run(queue: &Queue, work: &dyn Work, settings: &Settings, stop: &Stop) -> Result<()> {
    let presence = Presence {
        id: queue.new_name()?,
        host: settings.host.clone(),
        pid: settings.pid,
        version: settings.version.clone(),
        lease: settings.lease,
    };
    let floor = Floor {
        queue,
        work,
        settings,
        presence,
    };
    let ended = Stop::new();
    thread::scope(|scope| {
        let name = || thread::Builder::new().name("worker-presence".to_owned());
        let shown = name()
            .spawn_scoped(scope, || floor.show(&ended))
            .map_err(JobsError::NoThread)?;
        let _ended = ended.ask_at_end(shown.thread());
        floor.work_on(stop)
    })
}

impl Floor<'_> {
    fn work_on(&self, stop: &Stop) -> Result<()> {
        let claimer = Claimer {
            worker: self.presence.id.clone(),
            kinds: self.work.kinds().into_iter().map(str::to_owned).collect(),
            lease: self.settings.lease,
            stop: stop.clone(),
        };
        let mut changes = self.queue.watch()?;
        while !stop.asked() {
            match self.queue.claim(&claimer) {
                Ok(Some(task)) => {
                    if let Err(error) = self.carry_out(task) {
                        self.bear(error)?;
                    }
                    continue;
                }
                Ok(None) => {}
                Err(error) => self.bear(error)?,
            }
            if let Err(error) = wait::for_change(&mut changes, self.settings.poll, stop) {
                self.bear(error)?;
            }
        }
        Ok(())
    }

    /// Carries out a claimed run and lets go of it. A run that was lost meanwhile is somebody else's.
    fn carry_out(&self, task: Task<'_>) -> Result<()> {
        let ended = match self.with_pulse(&task, || execute::execute(&task, self.work)) {
            Err(error) if error.is_lease_lost() => Err(error),
            Err(error) => task.end(&Outcome::Failed(error.into())).map(drop),
            Ok(outcome) => task.end(&outcome).map(drop),
        };
        match ended {
            Err(error) if error.is_lease_lost() => Ok(()),
            ended => ended,
        }
    }

    /// Trouble that passes by itself is told and waited for.
    fn bear(&self, error: JobsError) -> Result<()> {
        match error {
            JobsError::Store(
                StoreError::DatabaseLocked { .. }
                | StoreError::DiskFull { .. }
                | StoreError::Io { .. },
            ) => {
                self.work.trouble(&error);
                Ok(())
            }
            lasting => Err(lasting),
        }
    }
}
