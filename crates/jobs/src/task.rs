//! A run in the hands of the worker that has claimed it.

mod buffer;
mod end;
mod lease;
mod steps;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use store::{FenceToken, Origin, RunId, Watch};

use crate::error::Result;
use crate::lines::{ItemLine, Level};
use crate::queue::Queue;
use crate::run::Run;
use crate::stop::Stop;
use buffer::Buffer;

pub use end::Outcome;

/// So many items are written together at most.
const LOT: usize = 256;

/// A run in the hands of the worker that has claimed it. Every write begins by showing the token of the claim: once
/// somebody else has claimed the run, all of them fail with `lease_lost` and change nothing.
///
/// As a [`Watch`] it takes progress and says whether to go on. Progress, items and log lines are collected, and written
/// together four times a second by [`Task::pulse`], which a thread of the worker calls.
#[derive(Debug)]
pub struct Task<'q> {
    queue: &'q Queue,
    run: Run,
    lease: i64,
    stop: Stop,
    cancel: AtomicBool,
    lost: AtomicBool,
    /// When the lease was renewed last, by the monotonic clock.
    renewed: AtomicI64,
    buffer: Mutex<Buffer>,
    /// Held while the buffer is written, so that what came first is written first.
    writing: Mutex<()>,
}

impl<'q> Task<'q> {
    pub(crate) fn new(queue: &'q Queue, run: Run, lease: i64, stop: Stop) -> Self {
        Self {
            cancel: AtomicBool::new(run.cancel_requested),
            lost: AtomicBool::new(false),
            renewed: AtomicI64::new(queue.monotonic()),
            buffer: Mutex::default(),
            writing: Mutex::default(),
            queue,
            run,
            lease,
            stop,
        }
    }

    /// The run as it was claimed.
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// Its id.
    pub const fn id(&self) -> &RunId {
        &self.run.id
    }

    /// The number of this claim.
    pub const fn token(&self) -> FenceToken {
        self.run.token
    }

    /// On whose behalf the present step writes in a domain database.
    pub fn origin(&self) -> Origin {
        Origin::Run {
            run_id: self.run.id.clone(),
            step: self.buffer().step_name(),
            token: self.run.token,
        }
    }

    /// Notes what became of one of the things that the run was given. A repeated step notes the same again. Whoever notes
    /// faster than can be written is held up here, so that memory stays flat.
    ///
    /// # Errors
    /// Only when so many are collected that they are written now: as [`Task::flush`].
    pub fn item(&self, line: ItemLine) -> Result<()> {
        let collected = {
            let mut buffer = self.buffer();
            buffer.items.push(line);
            buffer.items.len()
        };
        if collected < LOT {
            return Ok(());
        }
        self.flush()
    }

    /// Writes a sentence into the run's log.
    pub fn log(&self, level: Level, text: impl Into<String>) {
        let now = self.queue.utc();
        self.buffer().log(level, text.into(), now);
    }

    /// Whether somebody asked that this run be stopped.
    pub fn cancel_asked(&self) -> bool {
        self.cancel.load(Ordering::Acquire)
    }

    /// Whether somebody else has claimed the run.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// When the lease was renewed last, in milliseconds of the monotonic clock.
    pub fn renewed_ms(&self) -> u64 {
        u64::try_from(self.renewed.load(Ordering::Acquire)).unwrap_or(0)
    }

    /// Whether it was begun as often as it may be already, and its workers died each time.
    pub const fn is_exhausted(&self) -> bool {
        self.run.attempts > self.run.max_attempts
    }
}

impl Watch for Task<'_> {
    fn progress(&self, done: u64, total: Option<u64>) {
        self.buffer().progress = Some((done, total));
    }

    fn canceled(&self) -> bool {
        self.cancel_asked() || self.is_lost() || self.stop.asked()
    }
}
