//! Workers with threads, and work that tests steer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jobs::worker::{self, Settings};
use jobs::{Failure, JobsError, Queue, Run, Stop, Task, Work};
use store::{FenceToken, RunId, Watch};

/// Work whose steps do what the run's parameters say.
#[derive(Default)]
pub struct Hands {
    /// How often each step of each run was begun.
    pub begun: Mutex<HashMap<(String, String), u32>>,
    pub fences: Mutex<HashMap<RunId, FenceToken>>,
    /// How many runs are inside a step now, and how many were at most.
    inside: AtomicU32,
    pub most: AtomicU32,
    pub troubles: Mutex<Vec<String>>,
    open: Mutex<bool>,
    opened: Condvar,
}

impl Hands {
    /// Lets steps that wait for it go on.
    pub fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    pub fn times(&self, run: &Run, step: &str) -> u32 {
        let key = (run.id.to_string(), step.to_owned());
        self.begun.lock().unwrap().get(&key).copied().unwrap_or(0)
    }

    fn act(&self, task: &Task<'_>, step: &str) -> Result<String, Failure> {
        match (task.run().params.as_str(), step) {
            ("panic", "seal") => panic!("no such number"),
            ("fail", "seal") => Err(Failure::lasting("key_locked", "the key is locked")),
            ("stay", "seal") => loop {
                task.go_on()?;
                task.progress(1, Some(2));
                thread::sleep(Duration::from_millis(5));
            },
            ("deaf", "seal") => {
                // A step that asks nobody, but ends.
                thread::sleep(Duration::from_millis(2_500));
                Ok("\"late\"".to_owned())
            }
            ("gate", "seal") => {
                let open = self.open.lock().unwrap();
                drop(self.opened.wait_while(open, |open| !*open).unwrap());
                Ok("\"through\"".to_owned())
            }
            ("slow", _) => {
                thread::sleep(Duration::from_millis(20));
                Ok("\"slow\"".to_owned())
            }
            _ => Ok(format!("{{\"{step}\":{}}}", task.token().0)),
        }
    }
}

impl Work for Hands {
    fn kinds(&self) -> Vec<&'static str> {
        vec!["pipeline", "empty"]
    }

    fn steps(&self, kind: &str) -> Vec<&'static str> {
        match kind {
            "pipeline" => vec!["capture", "seal"],
            _ => Vec::new(),
        }
    }

    fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<(), Failure> {
        self.fences.lock().unwrap().insert(run.clone(), token);
        Ok(())
    }

    fn step(&self, task: &Task<'_>, step: &str) -> Result<String, Failure> {
        let key = (task.id().to_string(), step.to_owned());
        *self.begun.lock().unwrap().entry(key).or_insert(0) += 1;
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        let leave = Leave(&self.inside);
        let done = self.act(task, step);
        drop(leave);
        done
    }

    fn trouble(&self, error: &JobsError) {
        self.troubles.lock().unwrap().push(error.to_string());
    }
}

struct Leave<'h>(&'h AtomicU32);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub fn settings() -> Settings {
    Settings {
        host: "laptop".to_owned(),
        lease: Duration::from_secs(2),
        heartbeat: Duration::from_millis(200),
        // So long that what is noticed sooner was not found by looking now and then.
        poll: Duration::from_secs(20),
        ..Settings::default()
    }
}

/// Does something while so many workers work, then stops them. Returns how long the stopping took.
pub fn while_working(
    queues: &[&Queue],
    work: &Hands,
    settings: &Settings,
    act: impl FnOnce(),
) -> Duration {
    let stop = Stop::new();
    thread::scope(|scope| {
        let workers: Vec<_> = queues
            .iter()
            .map(|queue| scope.spawn(|| worker::run(queue, work, settings, &stop)))
            .collect();
        let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        stop.ask();
        let asked = Instant::now();
        for worker in workers {
            worker.join().unwrap().unwrap();
        }
        if let Err(panic) = acted {
            work.open();
            std::panic::resume_unwind(panic);
        }
        asked.elapsed()
    })
}

/// Waits until it is true, at most ten seconds; returns how long that took.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let from = Instant::now();
    while !is_so() {
        assert!(
            from.elapsed() < Duration::from_secs(10),
            "waited for {what}"
        );
        thread::sleep(Duration::from_millis(2));
    }
    from.elapsed()
}
