//! A worker that does one small thing at a time, so that anything can happen between any two.

use std::time::Duration;

use jobs::{Claimer, Failure, ItemLine, JobsError, Level, Outcome, Queue, Step, Stop, Task};
use store::Watch;

use crate::world::{LEASE_MS, STEPS, World};

pub struct Worker {
    queue: &'static Queue,
    claimer: Claimer,
    pub hand: Option<Hand>,
    asleep: bool,
}

/// A claimed run, and how far it is.
pub struct Hand {
    pub task: Task<'static>,
    phase: Phase,
}

enum Phase {
    Claimed,
    Fenced,
    Between(Vec<Step>, usize),
    Begun(Vec<Step>, usize),
    Effected(Vec<Step>, usize),
}

/// What a small thing leads to.
enum Next {
    Go(Phase),
    End(Outcome),
    /// The fence in the domain says that somebody else has the run.
    Lost,
}

impl Worker {
    pub fn new(queue: &'static Queue, name: &str) -> Self {
        Self {
            queue,
            claimer: Claimer {
                worker: name.to_owned(),
                kinds: vec!["pipeline".to_owned()],
                lease: Duration::from_millis(LEASE_MS),
                stop: Stop::new(),
            },
            hand: None,
            asleep: false,
        }
    }

    pub fn stall(&mut self) {
        self.asleep = true;
    }

    pub fn wake(&mut self) {
        self.asleep = false;
    }

    /// Nothing bad happens any more: whoever lives gives signs of life in time.
    pub fn wake_and_beat(&mut self) {
        self.asleep = false;
        if self
            .hand
            .as_ref()
            .is_some_and(|hand| hand.task.beat().is_err())
        {
            self.hand = None;
        }
    }

    pub fn ask_to_stop(&self) {
        self.claimer.stop.ask();
    }

    /// One small thing.
    pub fn step(&mut self, world: &mut World, luck: u64, wild: bool) -> String {
        if self.asleep {
            return "sleeps".to_owned();
        }
        let Some(mut hand) = self.hand.take() else {
            return self.claim();
        };
        let id = hand.task.id().clone();
        if luck.is_multiple_of(5) {
            let kept = hand.task.pulse(Duration::from_millis(LEASE_MS / 3));
            return self.keep(hand, kept, "pulse");
        }
        let next = match hand.phase {
            Phase::Claimed => Ok(raise(world, &hand.task)),
            Phase::Fenced => plan(&hand.task),
            Phase::Between(steps, n) => go_on(&hand.task, steps, n),
            Phase::Begun(steps, n) => Ok(effect(world, &hand.task, steps, n, luck, wild)),
            Phase::Effected(steps, n) => {
                let done = hand.task.done(&format!("\"{}\"", STEPS[n]));
                done.map(|()| Next::Go(Phase::Between(steps, n + 1)))
            }
        };
        hand.phase = Phase::Claimed;
        match next {
            Ok(Next::Go(phase)) => {
                let name = phase.name();
                hand.phase = phase;
                self.keep(hand, Ok(()), name)
            }
            Ok(Next::End(outcome)) => match hand.task.end(&outcome) {
                Ok(state) => format!("ends {id}: {outcome:?} gives {state:?}"),
                Err(error) => lost(&error, "end"),
            },
            Ok(Next::Lost) => format!("finds {id} fenced off"),
            Err(error) => lost(&error, "step"),
        }
    }

    fn claim(&mut self) -> String {
        if self.claimer.stop.asked() {
            self.claimer.stop = Stop::new();
            return "starts again".to_owned();
        }
        let Some(task) = self.queue.claim(&self.claimer).unwrap() else {
            return "finds nothing".to_owned();
        };
        let said = format!("claims {} with {:?}", task.id(), task.token());
        self.hand = Some(Hand {
            task,
            phase: Phase::Claimed,
        });
        said
    }

    fn keep(&mut self, hand: Hand, done: Result<(), JobsError>, what: &str) -> String {
        if let Err(error) = done {
            return lost(&error, what);
        }
        let said = format!("{what} of {}", hand.task.id());
        self.hand = Some(hand);
        said
    }
}

impl Phase {
    const fn name(&self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Fenced => "fenced",
            Self::Between(..) => "between",
            Self::Begun(..) => "begun",
            Self::Effected(..) => "effected",
        }
    }
}

fn lost(error: &JobsError, what: &str) -> String {
    assert!(error.is_lease_lost(), "{what}: {error}");
    format!("has lost its lease ({what})")
}

fn raise(world: &mut World, task: &Task<'_>) -> Next {
    let fence = world.domain.fence.entry(task.id().clone()).or_insert(0);
    if *fence > task.token().0 {
        return Next::Lost;
    }
    *fence = task.token().0;
    Next::Go(Phase::Fenced)
}

fn plan(task: &Task<'_>) -> Result<Next, JobsError> {
    if task.cancel_asked() {
        return Ok(Next::End(Outcome::Canceled));
    }
    let steps = task.plan(&STEPS)?;
    if task.is_exhausted() && steps.iter().any(|step| step.result.is_none()) {
        let failure = Failure::passing("attempts_exhausted", "given up");
        return Ok(Next::End(Outcome::Failed(failure)));
    }
    Ok(Next::Go(Phase::Between(steps, 0)))
}

fn go_on(task: &Task<'_>, steps: Vec<Step>, n: usize) -> Result<Next, JobsError> {
    let Some(step) = steps.get(n) else {
        return Ok(Next::End(Outcome::Succeeded("\"all\"".to_owned())));
    };
    if step.result.is_some() {
        return Ok(Next::Go(Phase::Between(steps, n + 1)));
    }
    if task.canceled() {
        task.look()?;
        let cancel = task.cancel_asked();
        let outcome = if cancel {
            Outcome::Canceled
        } else {
            Outcome::Released
        };
        return Ok(Next::End(outcome));
    }
    task.begin(step)?;
    Ok(Next::Go(Phase::Begun(steps, n)))
}

/// What the step does to the world: refused by the fence, or found to be done already, or done now.
fn effect(
    world: &mut World,
    task: &Task<'_>,
    steps: Vec<Step>,
    n: usize,
    luck: u64,
    wild: bool,
) -> Next {
    match luck / 8 % 12 {
        0 if wild => {
            let failure = Failure::passing("io", "the disk was away");
            return Next::End(Outcome::Failed(failure));
        }
        1 if wild => {
            let failure = Failure::lasting("withdrawn", "it was taken back");
            return Next::End(Outcome::Failed(failure));
        }
        2..4 => {
            task.progress(luck % 100, Some(100));
            task.log(Level::Info, "still at it");
            task.item(ItemLine {
                position: 1,
                name: "a.txt".to_owned(),
                state: "stored".to_owned(),
                reason: None,
                item: None,
            })
            .unwrap();
            return Next::Go(Phase::Begun(steps, n));
        }
        _ => {}
    }
    if world.domain.fence.get(task.id()) != Some(&task.token().0) {
        return Next::Lost;
    }
    let key = (task.id().clone(), STEPS[n].to_owned());
    if !world.domain.effects.contains_key(&key) {
        world.must_run(task.id());
        *world.domain.effects.entry(key).or_insert(0) += 1;
    }
    Next::Go(Phase::Effected(steps, n))
}
