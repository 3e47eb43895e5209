//! The durable queue of runs and the loop of a worker.
//!
//! A run is asked for with [`Queue::enqueue`], claimed by a [`worker`] under a lease, carried out step by step by a
//! [`Work`], and ends as succeeded, failed or canceled. A worker may die at any instruction: its lease passes, another
//! claims the run with a greater token and goes on after the last step whose result is stored. Whatever the first one
//! still tries to write, here or in a domain database, is refused by that token (`docs/states.md`).
//!
//! This crate knows nothing of what runs do: parameters, actors and results are texts that it only keeps.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod backoff;
mod error;
mod failure;
mod id;
mod lines;
mod queue;
mod run;
mod sql;
mod stop;
mod task;
mod work;
pub mod worker;

pub use error::{JobsError, NEXT_STEPS, Result};
pub use failure::Failure;
pub use lines::{ItemLine, Level, LogLine, Step, StepState, WorkerInfo};
pub use queue::{AccessToken, Claimer, Page, Presence, Queue, RunFilter};
pub use run::{NewRun, Run, RunState};
pub use sql::JOBS;
pub use stop::Stop;
pub use task::{Outcome, Task};
pub use work::Work;
