//! Workers that die, or stand still for so long that they are taken for dead.

#![allow(clippy::unwrap_used)]

mod support;

use jobs::{Failure, ItemLine, Level, Outcome, RunState, StepState};
use store::{Database, Db, Schema, StoreError, Watch};
use support::{LEASE, Place};

/// A domain database: fences and effects, as every one has them.
fn domain(place: &Place) -> Db {
    let schema = Schema {
        migrations: &[],
        derived: false,
    };
    Db::open(&place.root(), Database::Termite, &schema).unwrap()
}

#[test]
fn the_next_goes_on_after_the_last_step_that_was_done() {
    let place = Place::new();
    let domain = domain(&place);
    let run = place.ask("seal");
    let seal = |db: &Db, task: &jobs::Task<'_>| {
        db.write::<_, StoreError>(&task.origin(), |tx| tx.record_effect("seal", "1", "done"))
    };

    let first = place.claim("a").unwrap();
    domain.raise_fence(first.id(), first.token()).unwrap();
    let steps = first.plan(&["capture", "seal"]).unwrap();
    first.begin(&steps[0]).unwrap();
    first.done("{\"items\":3}").unwrap();
    first.begin(&steps[1]).unwrap();
    first.progress(1, Some(2));

    // Killed, or stopped: nothing is heard of it for the time of a lease.
    place.pass(LEASE);
    let second = place.claim("b").unwrap();
    domain.raise_fence(second.id(), second.token()).unwrap();
    let left = second.plan(&["capture", "seal"]).unwrap();
    assert_eq!(left[0].result.as_deref(), Some("{\"items\":3}"));
    assert_eq!(left[1].state, StepState::Running, "it was cut short");
    assert_eq!(second.result_of("capture").unwrap(), left[0].result);

    // The first wakes up: whatever it tries changes nothing, here or in the domain.
    assert_eq!(seal(&domain, &first).unwrap_err().code(), "lease_lost");
    let old = domain.raise_fence(first.id(), first.token());
    assert_eq!(old.unwrap_err().code(), "lease_lost");
    let before = (place.run(&run.id), place.queue.steps(&run.id).unwrap());
    assert!(!first.canceled(), "it does not know yet");
    first.log(Level::Info, "still here");
    first
        .item(ItemLine {
            position: 1,
            name: "a".to_owned(),
            state: "stored".to_owned(),
            reason: None,
            item: None,
        })
        .unwrap();
    for tried in [
        first.look(),
        first.beat(),
        first.flush(),
        first.done("{}"),
        first.begin(&steps[1]),
        first.plan(&["other"]).map(drop),
    ] {
        assert_eq!(tried.unwrap_err().code(), "lease_lost");
    }
    assert!(first.canceled() && first.is_lost());
    let ended = first.end(&Outcome::Canceled);
    assert_eq!(ended.unwrap_err().code(), "lease_lost");
    let after = (place.run(&run.id), place.queue.steps(&run.id).unwrap());
    assert_eq!(before, after);
    assert!(place.queue.log_newest(&run.id, 10).unwrap().is_empty());
    let items = place.queue.items(&run.id, None, None, 10).unwrap();
    assert!(items.items.is_empty());

    second.begin(&left[1]).unwrap();
    seal(&domain, &second).unwrap();
    second.done("{\"sealed\":1}").unwrap();
    let end = Outcome::Succeeded("{\"sealed\":1}".to_owned());
    assert_eq!(second.end(&end).unwrap(), RunState::Succeeded);
    let run = place.run(&run.id);
    assert_eq!(run.result.as_deref(), Some("{\"sealed\":1}"));
    assert_eq!((run.attempts, run.worker), (2, None));
}

#[test]
fn a_worker_that_only_slept_goes_on_if_nobody_took_the_run() {
    let place = Place::new();
    place.ask("seal");
    let task = place.claim("a").unwrap();
    place.pass(LEASE * 3);
    task.beat().unwrap();
    assert!(place.claim("b").is_none());
}

#[test]
fn a_run_that_kills_its_workers_is_claimed_once_more_to_be_ended() {
    let place = Place::new();
    let run = place.ask("seal");
    for attempt in 1..=3 {
        let task = place.claim("w").unwrap();
        assert_eq!((task.run().attempts, task.is_exhausted()), (attempt, false));
        place.pass(LEASE);
    }
    let last = place.claim("w").unwrap();
    assert!(last.is_exhausted());
    let failure = Failure::passing("attempts_exhausted", "given up");
    assert_eq!(
        last.end(&Outcome::Failed(failure)).unwrap(),
        RunState::Failed
    );
    let ended = place.run(&run.id);
    assert_eq!(ended.attempts, 3);
    assert_eq!(ended.error_code.as_deref(), Some("attempts_exhausted"));
    assert!(place.claim("w").is_none());
    assert_eq!(place.queue.retry(&run.id).unwrap().attempts, 0);
}

#[test]
fn any_worker_ends_a_canceled_run_whose_worker_died() {
    let place = Place::new();
    let run = place.ask("check");
    drop(place.claim("a"));
    assert_eq!(
        place.queue.cancel(&run.id).unwrap().state,
        RunState::Running
    );
    place.pass(LEASE);
    // Even one that knows nothing of such runs.
    let mut other = support::claimer("b");
    other.kinds = vec!["analyse".to_owned()];
    let task = place.queue.claim(&other).unwrap().unwrap();
    assert!(task.cancel_asked() && task.canceled());
    assert_eq!(task.end(&Outcome::Canceled).unwrap(), RunState::Canceled);
}
