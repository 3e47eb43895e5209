//! What a worker does: each step of each kind of run, in the name of whoever asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bundle::canon::{Object, Value};
use bundle::verify::Progress;
use jobs::{Failure, ItemLine, JobsError, Task};
use store::{FenceToken, RunId, Watch};
use vault::{Act, Project};

use super::actor;
use super::params::{CaptureParams, SealParams};
use crate::desk::Desk;
use crate::error::{AppError, ErrorKind};
use crate::fault::Fault;
use crate::seal::seal;
use crate::verify::{VerifyRequest, verify_at};

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

    fn capture(&self, task: &Task<'_>, project: &Project, act: &Act) -> Result<Value, AppError> {
        let CaptureParams {
            uploads, intake, ..
        } = CaptureParams::from_text(&task.run().params);
        let mut position = 0;
        let mut failed = Ok(());
        let report = self.desk.vault().capture_uploads(
            project,
            &uploads,
            &intake,
            act,
            task,
            &mut |outcome| {
                let told = task.item(ItemLine {
                    position,
                    name: outcome.path.clone(),
                    state: outcome.status.as_str().to_owned(),
                    reason: outcome.error.as_ref().map(|error| error.message.clone()),
                    item: outcome.item.map(|item| item.to_string()),
                });
                position += 1;
                if failed.is_ok() {
                    failed = told;
                }
            },
        )?;
        failed?;
        if report.canceled {
            return Err(Fault::Canceled.error());
        }
        Ok(Object::new()
            .with("intake", report.intake)
            .with("captured", report.captured)
            .with("duplicates", report.duplicates)
            .with("failed", report.failed)
            .with("bytes", report.bytes)
            .into())
    }

    /// Reads the texts of the case. What was captured is stored whatever becomes of this.
    fn read(&self, task: &Task<'_>, project: &Project, act: &Act) -> Result<Value, AppError> {
        self.desk.vault().catch_up(project, act, task)?;
        let captured = task.result_of("capture")?.unwrap_or_default();
        Ok(Value::parse(captured.as_bytes()).unwrap_or(Value::Null))
    }

    /// Checks the package as its receiver will. One that is refused is an answer, not a failure.
    fn verify(&self, task: &Task<'_>, project: &Project) -> Result<Value, AppError> {
        let result = |step: &str| {
            let text = task.result_of(step)?.unwrap_or_default();
            Ok::<_, AppError>(Value::parse(text.as_bytes()).unwrap_or(Value::Null))
        };
        let (captured, sealed) = (result("capture")?, result("seal")?);
        let digest = sealed
            .as_object()
            .and_then(|sealed| sealed.get("sha256")?.as_str());
        let report = match digest {
            None => Value::Null,
            Some(digest) => {
                let vault = self.desk.vault();
                let path = vault.bundle_path(&vault.sealed(project, digest)?);
                let path = path.ok_or_else(|| Fault::BundleGone.error())?;
                let checking = Checking {
                    task,
                    done: AtomicU64::new(0),
                };
                let request = VerifyRequest::default();
                verify_at(&self.desk, Some(project), &path, &request, &checking)?.to_value()
            }
        };
        Ok(Object::new()
            .with("capture", captured)
            .with("seal", sealed)
            .with("report", report)
            .into())
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
        Ok(sealed.to_object().into())
    }
}

impl jobs::Work for Work {
    fn kinds(&self) -> Vec<&'static str> {
        vec!["capture", "pipeline", "seal"]
    }

    fn steps(&self, kind: &str) -> Vec<&'static str> {
        match kind {
            "capture" => vec!["capture", "read"],
            "pipeline" => vec!["capture", "read", "seal", "verify"],
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
            "capture" => self.capture(task, &project, &act),
            "read" => self.read(task, &project, &act),
            "seal" => self.seal(task, &project, &act),
            "verify" => self.verify(task, &project),
            _ => {
                return Err(Failure::lasting(
                    "kind_unknown",
                    format!("there is no step {step}"),
                ));
            }
        };
        // The run tells everybody what failed, and only this machine where on it.
        let result = result.inspect_err(|error| {
            if error.told_elsewhere() != error.message {
                (self.trouble)(&error.to_string());
            }
        })?;
        Ok(String::from_utf8(result.to_canonical()).unwrap_or_default())
    }

    fn trouble(&self, error: &JobsError) {
        (self.trouble)(&error.to_string());
    }
}

/// A task as the verifier's [`Progress`].
struct Checking<'t, 'q> {
    task: &'t Task<'q>,
    done: AtomicU64,
}

impl Progress for Checking<'_, '_> {
    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.task.progress(done, None);
    }

    fn canceled(&self) -> bool {
        Watch::canceled(self.task)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        // What the surroundings did may pass by itself; but nobody unlocks a key by waiting.
        let passes = error.kind == ErrorKind::Environment;
        Self {
            code: error.code.to_owned(),
            detail: error.told_elsewhere(),
            retryable: passes,
            canceled: error.code == "canceled",
        }
    }
}
