//! The queue, a domain, and everybody who acts on them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jobs::{JOBS, JobsError, NewRun, Queue, Run, RunFilter};
use store::clock::FixedClock;
use store::{Clock, Db, RunId};

use crate::dice::Dice;
use crate::worker::Worker;

pub const LEASE_MS: u64 = 1_000;
pub const STEPS: [&str; 2] = ["capture", "seal"];
const WORKERS: usize = 3;
const ACTS: u32 = 36;
/// More than any run needs once nothing bad happens any more.
const CALM_ACTS: u32 = 4_000;

/// The domain: what runs do, with a fence, as a domain database has it.
#[derive(Default)]
pub struct Domain {
    pub fence: HashMap<RunId, i64>,
    /// How often which step of a run took effect.
    pub effects: HashMap<(RunId, String), u32>,
}

pub struct World {
    pub queue: &'static Queue,
    pub clock: Arc<FixedClock>,
    pub domain: Domain,
    pub runs: Vec<RunId>,
    workers: Vec<Worker>,
    dice: Dice,
    entropy: Arc<Dice>,
    boots: u32,
    story: Vec<String>,
    /// The last change that was heard of.
    heard: i64,
    /// The runs as they were read when they were announced last, newest first.
    seen: Vec<Run>,
}

impl World {
    pub fn new() -> Self {
        let clock = Arc::new(FixedClock::at(
            "2026-03-01T12:00:00.000000+00:00".parse().unwrap(),
        ));
        let db = Db::in_memory(&JOBS).unwrap();
        let entropy = Arc::new(Dice::default());
        // Tasks borrow the queue and lie beside it; there is one for each thread.
        let queue = Box::leak(Box::new(Queue::over(db, clock.clone(), entropy.clone())));
        Self {
            queue,
            clock,
            domain: Domain::default(),
            runs: Vec::new(),
            workers: Vec::new(),
            dice: Dice::default(),
            entropy,
            boots: 1,
            story: Vec::new(),
            heard: 0,
            seen: Vec::new(),
        }
    }

    /// One scenario, from an empty queue to an end of everything.
    pub fn play(&mut self, seed: u64) {
        self.dice.set(seed);
        self.entropy.set(seed);
        self.domain = Domain::default();
        self.runs.clear();
        self.story.clear();
        self.seen.clear();
        let start = "2026-03-01T12:00:00.000000+00:00".parse().unwrap();
        self.clock.set_wall(start);
        self.clock.reboot("boot-1");
        self.workers = (0..WORKERS)
            .map(|n| Worker::new(self.queue, &format!("w{n}")))
            .collect();
        for _ in 0..ACTS {
            self.act(true);
            self.look();
            self.check();
        }
        let mut calm = 0;
        while self.seen.iter().any(|run| !run.state.has_ended()) {
            self.act(false);
            self.look();
            self.check();
            calm += 1;
            assert!(calm < CALM_ACTS, "runs go on for ever: {:#?}", self.seen);
        }
        self.check_the_end();
        self.workers.clear();
        self.clock
            .set_wall(start.plus_micros(1_000_000 * 86_400 * 365));
        self.queue.sweep(Duration::ZERO).unwrap();
        assert!(self.all().is_empty());
    }

    fn act(&mut self, wild: bool) {
        match self.below(100) {
            0..15 if wild => self.enqueue(),
            15..20 if wild => self.cancel(),
            20..25 if wild => self.retry(),
            25..30 if wild => self.harm(),
            30..31 if wild => self.reboot(),
            31..33 if wild => self.set_wall(),
            33..40 => {
                if !wild {
                    self.workers.iter_mut().for_each(Worker::wake_and_beat);
                }
                let ms = 1 + self.below(LEASE_MS - 1);
                self.tell(|| format!("{ms} ms pass"));
                self.clock.advance_ms(ms);
            }
            _ => {
                let n = self.worker();
                let luck = self.dice.roll();
                let mut worker =
                    std::mem::replace(&mut self.workers[n], Worker::new(self.queue, ""));
                let did = worker.step(self, luck, wild);
                if !wild && worker.hand.is_none() {
                    // Nothing to do but to wait for a back-off.
                    self.clock.advance_ms(LEASE_MS / 4);
                }
                self.workers[n] = worker;
                self.tell(|| format!("w{n} {did}"));
            }
        }
    }

    fn enqueue(&mut self) {
        let mut new = NewRun::of("pipeline", "p");
        new.serial_key = [None, Some("a"), Some("b")][self.pick(3)].map(str::to_owned);
        new.priority = i64::try_from(self.below(2)).unwrap();
        new.max_attempts = u32::try_from(1 + self.below(3)).unwrap();
        let run = self.queue.enqueue(&new).unwrap();
        self.tell(|| format!("asked for {}, key {:?}", run.id, new.serial_key));
        self.runs.push(run.id);
    }

    fn cancel(&mut self) {
        let Some(id) = self.some_run() else { return };
        match self.queue.cancel(&id) {
            Ok(run) => self.tell(|| format!("cancel {id}: {:?}", run.state)),
            Err(JobsError::RunEnded { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn retry(&mut self) {
        let Some(id) = self.some_run() else { return };
        match self.queue.retry(&id) {
            Ok(_) => self.tell(|| format!("retry {id}")),
            Err(JobsError::RunNotRetryable { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// A worker is killed, or stopped for longer than its lease, or woken.
    fn harm(&mut self) {
        let n = self.worker();
        match self.below(4) {
            0 => {
                self.tell(|| format!("w{n} is killed"));
                self.workers[n] = Worker::new(self.queue, &format!("w{n}"));
            }
            1 => {
                self.tell(|| format!("w{n} stands still"));
                self.workers[n].stall();
            }
            2 => self.workers[n].wake(),
            _ => self.workers[n].ask_to_stop(),
        }
    }

    fn reboot(&mut self) {
        self.tell(|| "the machine starts again".to_owned());
        self.boots += 1;
        self.clock.reboot(&format!("boot-{}", self.boots));
        for n in 0..WORKERS {
            self.workers[n] = Worker::new(self.queue, &format!("w{n}"));
        }
    }

    fn set_wall(&mut self) {
        let hours = i64::try_from(self.below(100)).unwrap() - 50;
        self.tell(|| format!("the wall clock is set by {hours} hours"));
        let now = self.clock.now().plus_micros(hours * 3_600_000_000);
        self.clock.set_wall(now);
    }

    /// Reads the runs again that somebody has announced.
    fn look(&mut self) {
        for change in self.queue.db().changes_after(self.heard, 1_000).unwrap() {
            self.heard = change.seq;
            let run = self.queue.run(&RunId::from(change.id.as_str())).unwrap();
            match self.seen.iter_mut().find(|seen| seen.id == run.id) {
                Some(seen) => *seen = run,
                None => self.seen.insert(0, run),
            }
        }
    }

    /// All runs, as the queue has them.
    pub fn all(&self) -> Vec<Run> {
        let all = self.queue.runs(&RunFilter::default(), None, 1_000);
        all.unwrap().items
    }

    pub fn seen(&self) -> &[Run] {
        &self.seen
    }

    pub fn workers(&self) -> &[Worker] {
        &self.workers
    }

    pub fn story(&self) -> String {
        self.story.join("\n")
    }

    fn tell(&mut self, what: impl FnOnce() -> String) {
        self.story.push(what());
    }

    fn some_run(&mut self) -> Option<RunId> {
        let count = self.runs.len();
        (count > 0)
            .then(|| self.pick(count))
            .map(|n| self.runs[n].clone())
    }

    fn worker(&mut self) -> usize {
        self.pick(WORKERS)
    }

    fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap()
    }

    fn below(&mut self, end: u64) -> u64 {
        self.dice.roll() % end
    }
}
