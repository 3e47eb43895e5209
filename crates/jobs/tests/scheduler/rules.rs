//! What must be true, after every act and in the end.

use std::collections::HashSet;

use jobs::{RunState, StepState};
use store::{Clock, RunId};

use crate::world::{LEASE_MS, STEPS, World};

impl World {
    /// After every act.
    pub fn check(&self) {
        let runs = self.seen();
        let mut keys = HashSet::new();
        for run in runs {
            let running = run.state == RunState::Running;
            if let (true, Some(key)) = (running, &run.serial_key) {
                assert!(keys.insert(key.clone()), "two runs of {key} at once");
            }
            assert!(
                run.attempts <= run.max_attempts + u32::from(running),
                "{run:?}"
            );
        }
        let now = self.clock.monotonic_ms();
        let mut held = HashSet::new();
        for hand in self.workers().iter().filter_map(|w| w.hand.as_ref()) {
            if hand.task.renewed_ms() + LEASE_MS <= now {
                continue;
            }
            // Whose lease holds, whatever the wall clock says, is the only one, and the queue knows it as such.
            let id = hand.task.id();
            assert!(held.insert(id.clone()), "two live tokens for {id}");
            let run = runs.iter().find(|run| run.id == *id).unwrap();
            assert_eq!(run.token, hand.task.token(), "a lease was taken that held");
            assert_eq!(run.state, RunState::Running);
        }
        for ((run, step), times) in &self.domain.effects {
            assert_eq!(*times, 1, "{step} of {run}");
        }
    }

    /// When a step takes effect: nothing is done for a run that people see as waiting or ended.
    pub fn must_run(&self, id: &RunId) {
        let run = self.queue.run(id).unwrap();
        assert_eq!(
            run.state,
            RunState::Running,
            "an effect of a run that does not run"
        );
    }

    /// When nothing is left to do.
    pub fn check_the_end(&self) {
        assert_eq!(self.seen(), self.all(), "a change was not announced");
        for run in self.seen() {
            let steps = self.queue.steps(&run.id).unwrap();
            for step in &steps {
                let done = step.state == StepState::Done;
                let effect = (run.id.clone(), step.name.clone());
                assert!(!done || self.domain.effects.contains_key(&effect));
                assert_ne!(step.state, StepState::Running);
            }
            let all = steps.iter().filter(|step| step.state == StepState::Done);
            match run.state {
                RunState::Succeeded => {
                    assert_eq!(all.count(), STEPS.len());
                    assert_eq!(run.result.as_deref(), Some("\"all\""));
                }
                RunState::Failed => assert!(run.error_code.is_some()),
                RunState::Canceled => assert!(run.cancel_requested),
                RunState::Queued | RunState::Running => panic!("{run:?} has not ended"),
            }
        }
    }
}
