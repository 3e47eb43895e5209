//! A queue in a data root of its own, under a clock that the test sets.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part; a test stops at the first surprise"
)]

pub mod hands;

use std::sync::Arc;
use std::time::Duration;

use jobs::{Claimer, NewRun, Outcome, Queue, Run, Stop, Task};
use store::clock::FixedClock;
use store::entropy::FixedEntropy;
use store::{Access, Clock, DataRoot, RunId, SystemClock, SystemEntropy};
use tempfile::TempDir;

pub const LEASE: Duration = Duration::from_secs(30);

pub struct Place {
    folder: TempDir,
    pub clock: Arc<FixedClock>,
    pub queue: Queue,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        DataRoot::create(&folder.path().join("root")).unwrap();
        let now = "2026-03-01T12:00:00.000000+00:00".parse().unwrap();
        let clock = Arc::new(FixedClock::at(now));
        let root = root_in(&folder);
        let queue = Queue::open(&root, clock.clone(), Arc::new(FixedEntropy::new(1))).unwrap();
        Self {
            folder,
            clock,
            queue,
        }
    }

    pub fn root(&self) -> DataRoot {
        root_in(&self.folder)
    }

    /// The same queue under the clocks of the machine, as another process would open it.
    pub fn live(&self) -> Queue {
        let clock = Arc::new(SystemClock::new());
        Queue::open(&self.root(), clock, Arc::new(SystemEntropy)).unwrap()
    }

    pub fn ask(&self, kind: &str) -> Run {
        self.queue.enqueue(&NewRun::of(kind, "p")).unwrap()
    }

    pub fn claim(&self, worker: &str) -> Option<Task<'_>> {
        self.queue.claim(&claimer(worker)).unwrap()
    }

    pub fn run(&self, id: &RunId) -> Run {
        self.queue.run(id).unwrap()
    }

    pub fn clock_micros(&self) -> i64 {
        self.clock.now().unix_micros()
    }

    pub fn pass(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap();
        self.clock.advance_ms(ms);
    }
}

fn root_in(folder: &TempDir) -> DataRoot {
    DataRoot::open(&folder.path().join("root"), Access::Write).unwrap()
}

/// A worker that can do `seal` and `check`.
pub fn claimer(worker: &str) -> Claimer {
    Claimer {
        worker: worker.to_owned(),
        kinds: vec!["seal".to_owned(), "check".to_owned()],
        lease: LEASE,
        stop: Stop::new(),
    }
}

/// Lets go of a run that has succeeded.
pub fn succeed(task: Task<'_>) {
    task.end(&Outcome::Succeeded("{}".to_owned())).unwrap();
}
