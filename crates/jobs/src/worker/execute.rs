//! Carrying out a claimed run, step by step.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use store::{StoreError, Watch};

use crate::error::Result;
use crate::failure::{EXHAUSTED, Failure, KIND_UNKNOWN, PANICKED};
use crate::task::{Outcome, Task};
use crate::work::Work;

/// Carries out what is left of a run. How it ended is for the caller to write.
///
/// # Errors
/// `lease_lost`; whatever stands in the way of the queue itself.
pub(super) fn execute(task: &Task<'_>, work: &dyn Work) -> Result<Outcome> {
    // First of all: from here on nobody who claimed the run before writes anything, even if nothing is left to do but to
    // end it.
    if let Err(failure) = guarded(|| work.raise_fence(task.id(), task.token())) {
        return stopped(task, failure);
    }
    if task.cancel_asked() {
        return Ok(Outcome::Canceled);
    }
    let names = match guarded(|| Ok(work.steps(&task.run().kind))) {
        Ok(names) => names,
        Err(failure) => return stopped(task, failure),
    };
    // Whoever knows no steps of the run leaves those that are noted as they are.
    if names.is_empty() {
        let why = if task.is_exhausted() {
            exhausted
        } else {
            unknown
        };
        return Ok(Outcome::Failed(why(task)));
    }
    let steps = task.plan(&names)?;
    if task.is_exhausted() && steps.iter().any(|step| step.result.is_none()) {
        return Ok(Outcome::Failed(exhausted(task)));
    }
    let mut last = String::new();
    for step in steps {
        if let Some(result) = step.result {
            last = result;
            continue;
        }
        if task.canceled() {
            return stopped(task, StoreError::Canceled.into());
        }
        task.begin(&step)?;
        last = match guarded(|| work.step(task, &step.name)) {
            Ok(result) => result,
            Err(failure) => return stopped(task, failure),
        };
        task.done(&last)?;
    }
    Ok(Outcome::Succeeded(last))
}

/// What becomes of a run whose step did not succeed.
fn stopped(task: &Task<'_>, failure: Failure) -> Result<Outcome> {
    // Asked anew: a cancel may be older than what this task has heard of.
    task.look()?;
    Ok(if !failure.canceled {
        Outcome::Failed(failure)
    } else if task.cancel_asked() {
        Outcome::Canceled
    } else if task.canceled() {
        Outcome::Released
    } else {
        // Nobody has asked: the step has its own reasons.
        Outcome::Failed(failure)
    })
}

fn unknown(task: &Task<'_>) -> Failure {
    let kind = &task.run().kind;
    let detail = format!("this worker knows no steps for a run of the kind {kind:?}");
    Failure::lasting(KIND_UNKNOWN, detail)
}

fn exhausted(task: &Task<'_>) -> Failure {
    let most = task.run().max_attempts;
    let detail = format!("the worker died during each of {most} attempts");
    Failure::passing(EXHAUSTED, detail)
}

/// Turns a panic into a failure: the run has failed, the worker lives.
fn guarded<T>(act: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What was being changed when it happened is behind transactions, which were undone, and locks that do not mind.
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|panic| {
        let detail = format!("a step met a fault of the program: {}", words(&*panic));
        Err(Failure::lasting(PANICKED, detail))
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it said nothing")
}
