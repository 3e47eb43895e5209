//! What a worker does: each step of each kind of run, in the name of whoever asked for it.

use std::path::Path;
use std::sync::Arc;

use bundle::canon::{Object, Value};
use jobs::{Failure, JobsError, Task};
use store::{FenceToken, RunId};
use vault::{Act, Project};

use super::actor;
use super::params::SealParams;
use crate::desk::Desk;
use crate::error::{AppError, ErrorKind};
use crate::seal::{Sealed, seal};

/// A worker's knowledge.
pub struct Work {
    desk: Arc<Desk>,
    /// Asked for each time, and never kept longer than a step.
    passphrase: Box<dyn Fn() -> Result<Option<String>, AppError> + Send + Sync>,
    trouble: Box<dyn Fn(&str) + Send + Sync>,
}

impl Work {
    /// Work at a data root. `passphrase` unlocks the signing key where that is locked; `trouble` hears of what stands in
    /// the way of the worker itself.
    pub fn new(
        desk: Arc<Desk>,
        passphrase: impl Fn() -> Result<Option<String>, AppError> + Send + Sync + 'static,
        trouble: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self {
            desk,
            passphrase: Box::new(passphrase),
            trouble: Box::new(trouble),
        }
    }

    fn seal(&self, task: &Task<'_>, project: &Project, act: &Act) -> Result<Value, AppError> {
        let options = SealParams::from_text(&task.run().params).options();
        let passphrase = (self.passphrase)()?;
        let sealed = seal(
            &self.desk,
            project,
            &options,
            passphrase.as_deref(),
            act,
            task,
        )?;
        Ok(sealed_value(&sealed))
    }
}

impl jobs::Work for Work {
    fn kinds(&self) -> Vec<&'static str> {
        vec!["seal"]
    }

    fn steps(&self, kind: &str) -> Vec<&'static str> {
        match kind {
            "seal" => vec!["seal"],
            _ => Vec::new(),
        }
    }

    fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<(), Failure> {
        Ok(self
            .desk
            .vault()
            .raise_fence(run, token)
            .map_err(AppError::from)?)
    }

    fn step(&self, task: &Task<'_>, step: &str) -> Result<String, Failure> {
        let run = task.run();
        let act = Act::new(actor::from_text(&run.actor), task.origin());
        let project = self.desk.project_to_read(Some(&run.project))?;
        let result = match step {
            "seal" => self.seal(task, &project, &act)?,
            _ => {
                return Err(Failure::lasting(
                    "kind_unknown",
                    format!("there is no step {step}"),
                ));
            }
        };
        Ok(String::from_utf8(result.to_canonical()).unwrap_or_default())
    }

    fn trouble(&self, error: &JobsError) {
        (self.trouble)(&error.to_string());
    }
}

/// `seal --json`, with the name of the file instead of its place on this machine.
fn sealed_value(sealed: &Sealed) -> Value {
    let bundle = sealed.bundle.as_ref();
    let name = sealed.path.as_deref().and_then(Path::file_name);
    Object::new()
        .with(
            "bundle",
            name.map(|name| name.to_string_lossy().into_owned()),
        )
        .with("sha256", bundle.and_then(|bundle| bundle.bundle_sha256))
        .with("number", bundle.and_then(|bundle| bundle.number))
        .with("bytes", bundle.and_then(|bundle| bundle.bytes))
        .with("documents", bundle.map(|bundle| bundle.documents))
        .with("events", bundle.map(|bundle| bundle.seq + 1 - bundle.first))
        .with("chain_head", bundle.map(|bundle| bundle.head))
        .with("words", sealed.words.as_deref())
        .with("nothing_to_seal", sealed.nothing_to_seal)
        .into()
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        // What the surroundings did may pass by itself; but nobody unlocks a key by waiting.
        let passes = error.kind == ErrorKind::Environment;
        Self {
            code: error.code.to_owned(),
            detail: error.message,
            retryable: passes,
            canceled: error.code == "canceled",
        }
    }
}
