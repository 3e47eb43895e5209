//! Stopping runs, and trying them again.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use jobs::{Failure, Outcome, RunState, StepState};
use store::Watch;
use support::{Place, succeed};

const LONG: Duration = Duration::from_mins(15);

#[test]
fn what_waits_is_canceled_at_once_and_can_be_tried_again() {
    let place = Place::new();
    let run = place.ask("seal");
    let canceled = place.queue.cancel(&run.id).unwrap();
    assert_eq!(canceled.state, RunState::Canceled);
    assert!(canceled.finished_utc.is_some() && place.claim("w").is_none());
    assert_eq!(
        place.queue.cancel(&run.id).unwrap(),
        canceled,
        "once is enough"
    );
    let again = place.queue.retry(&run.id).unwrap();
    assert_eq!(
        (again.state, again.cancel_requested),
        (RunState::Queued, false)
    );
    assert_eq!(again.finished_utc, None);
    assert!(!place.claim("w").unwrap().canceled());
}

#[test]
fn what_runs_is_asked_to_stop() {
    let place = Place::new();
    let run = place.ask("seal");
    let task = place.claim("w").unwrap();
    let steps = task.plan(&["capture", "seal"]).unwrap();
    task.begin(&steps[0]).unwrap();
    assert!(!task.canceled());
    assert_eq!(
        place.queue.cancel(&run.id).unwrap().state,
        RunState::Running
    );
    task.pulse(Duration::from_secs(5)).unwrap();
    assert!(task.canceled());
    // A worker that wants to hand it back, or to try again, cancels it all the same.
    assert_eq!(task.end(&Outcome::Released).unwrap(), RunState::Canceled);
    let states: Vec<_> = place.queue.steps(&run.id).unwrap();
    assert!(states.iter().all(|step| step.state == StepState::Canceled));
    place.queue.retry(&run.id).unwrap();
    let states: Vec<_> = place.queue.steps(&run.id).unwrap();
    assert!(states.iter().all(|step| step.state == StepState::Pending));
}

#[test]
fn a_cancel_that_comes_too_late_changes_nothing() {
    let place = Place::new();
    let run = place.ask("seal");
    let task = place.claim("w").unwrap();
    place.queue.cancel(&run.id).unwrap();
    succeed(task);
    let run = place.run(&run.id);
    assert_eq!(run.state, RunState::Succeeded);
    let late = place.queue.cancel(&run.id).unwrap_err();
    assert_eq!(late.code(), "run_ended");
    let again = place.queue.retry(&run.id).unwrap_err();
    assert_eq!(again.code(), "run_not_ended");
    assert_eq!(
        again.to_string(),
        format!(
            "the run {} is succeeded: it did not fail and was not canceled",
            run.id
        )
    );
    let unknown = place.queue.cancel(&"nobody".into()).unwrap_err();
    assert_eq!(
        (unknown.code(), unknown.to_string()),
        ("run_unknown", "there is no run nobody".to_owned())
    );
}

#[test]
fn what_may_pass_is_tried_again_later_and_then_given_up() {
    let place = Place::new();
    let run = place.ask("seal");
    let failed = || Outcome::Failed(Failure::passing("disk_full", "the disk is full"));
    let mut waits = Vec::new();
    for attempt in 1..=2 {
        let task = place.claim("w").unwrap();
        assert_eq!(task.end(&failed()).unwrap(), RunState::Queued);
        let waiting = place.run(&run.id);
        assert_eq!((waiting.attempts, waiting.retryable), (attempt, true));
        assert_eq!(waiting.error_code.as_deref(), Some("disk_full"));
        assert!(
            place.claim("w").is_none(),
            "not before {:?}",
            waiting.not_before
        );
        let now = place.clock_micros();
        waits.push(waiting.not_before.unwrap().unix_micros() - now);
        place.pass(Duration::from_secs(4));
    }
    assert!((500_000..=1_000_000).contains(&waits[0]), "{waits:?}");
    assert!((1_000_000..=2_000_000).contains(&waits[1]), "{waits:?}");
    let task = place.claim("w").unwrap();
    assert_eq!(task.run().error_code, None, "that was the last attempt's");
    assert_eq!(task.end(&failed()).unwrap(), RunState::Failed);
    let ended = place.run(&run.id);
    assert_eq!((ended.attempts, ended.retryable), (3, true));
    let log = place.queue.log_newest(&run.id, 10).unwrap();
    let texts: Vec<_> = log
        .iter()
        .map(|line| (line.level.as_str(), line.text.as_str()))
        .collect();
    let again = ("warning", "the disk is full. It will be tried again.");
    assert_eq!(texts, [again, again, ("error", "the disk is full")]);
}

#[test]
fn what_lasts_is_given_up_at_once() {
    let place = Place::new();
    let run = place.ask("seal");
    let task = place.claim("w").unwrap();
    let steps = task.plan(&["capture", "seal"]).unwrap();
    task.begin(&steps[0]).unwrap();
    task.done("1").unwrap();
    task.begin(&steps[1]).unwrap();
    let failure = Failure::lasting("key_locked", "the key is locked");
    assert_eq!(
        task.end(&Outcome::Failed(failure)).unwrap(),
        RunState::Failed
    );
    let states = || -> Vec<_> {
        let steps = place.queue.steps(&run.id).unwrap();
        steps.into_iter().map(|step| step.state).collect()
    };
    assert_eq!(states(), [StepState::Done, StepState::Failed]);
    place.queue.retry(&run.id).unwrap();
    assert_eq!(states(), [StepState::Done, StepState::Pending]);
    assert_eq!(place.run(&run.id).error_code, None);
}

#[test]
fn a_wait_does_not_last_longer_because_the_clock_was_set_back() {
    let place = Place::new();
    place.ask("seal");
    let task = place.claim("w").unwrap();
    task.end(&Outcome::Failed(Failure::passing("io", "gone")))
        .unwrap();
    let years_ago = "2019-01-01T00:00:00.000000+00:00".parse().unwrap();
    place.clock.set_wall(years_ago);
    place.pass(LONG);
    assert!(place.claim("w").is_some());
}

#[test]
fn a_run_that_is_handed_back_was_not_tried() {
    let place = Place::new();
    let run = place.ask("seal");
    for _ in 0..5 {
        let task = place.claim("w").unwrap();
        assert_eq!(task.end(&Outcome::Released).unwrap(), RunState::Queued);
        assert_eq!(place.run(&run.id).attempts, 0);
    }
    assert_eq!(
        place.claim("w").unwrap().token().0,
        6,
        "claims are counted all the same"
    );
}
