//! Who gets which run, and when.

#![allow(clippy::unwrap_used)]

mod support;

use std::thread;

use jobs::{NewRun, RunState};
use support::{LEASE, Place, claimer, succeed};

#[test]
fn the_first_asked_for_goes_first_unless_another_is_more_urgent() {
    let place = Place::new();
    let (first, second) = (place.ask("seal"), place.ask("check"));
    let mut urgent = NewRun::of("seal", "p");
    urgent.priority = 5;
    let urgent = place.queue.enqueue(&urgent).unwrap();
    let unknown = place.ask("analyse");
    let claimed = || place.claim("w").map(|task| task.id().clone());
    for run in [urgent, first, second] {
        assert_eq!(claimed(), Some(run.id));
    }
    // Nobody here can do this one.
    assert_eq!(claimed(), None);
    assert_eq!(place.run(&unknown.id).state, RunState::Queued);
}

#[test]
fn the_order_of_asking_holds_when_the_clock_is_set_back() {
    let place = Place::new();
    let first = place.ask("seal");
    let earlier = "2020-01-01T00:00:00.000000+00:00".parse().unwrap();
    place.clock.set_wall(earlier);
    let second = place.ask("seal");
    assert!(second.id > first.id && second.created_utc < first.created_utc);
    assert_eq!(place.claim("w").unwrap().id(), &first.id);
}

#[test]
fn runs_with_one_key_wait_for_each_other() {
    let place = Place::new();
    let mut new = NewRun::of("seal", "p");
    new.serial_key = Some("chain p".to_owned());
    let first = place.queue.enqueue(&new).unwrap();
    let second = place.queue.enqueue(&new).unwrap();
    let other = place.ask("seal");
    let task = place.claim("a").unwrap();
    assert_eq!(task.id(), &first.id);
    // The second is passed over, not waited for.
    assert_eq!(place.claim("b").unwrap().id(), &other.id);
    assert!(place.claim("b").is_none());
    succeed(task);
    assert_eq!(place.claim("b").unwrap().id(), &second.id);
}

#[test]
fn a_lease_passes_by_the_monotonic_clock_only() {
    let place = Place::new();
    let run = place.ask("seal");
    let task = place.claim("a").unwrap();
    let tomorrow = place.run(&run.id).created_utc.replace("2026", "2036");
    place.clock.set_wall(tomorrow.parse().unwrap());
    assert!(place.claim("b").is_none(), "the wall clock was set forward");
    place.pass(LEASE / 2);
    task.beat().unwrap();
    place.pass(LEASE / 2);
    assert!(
        place.claim("b").is_none(),
        "the worker has given a sign of life"
    );
    place.pass(LEASE / 2);
    let next = place.claim("b").unwrap();
    assert_eq!((next.id(), next.token().0), (&run.id, 2));
}

#[test]
fn a_run_of_another_boot_is_free_at_once() {
    let place = Place::new();
    let run = place.ask("seal");
    let before = place.claim("a").unwrap();
    place.clock.reboot("boot-2");
    let after = place.claim("b").unwrap();
    assert_eq!(after.id(), &run.id);
    assert_eq!(before.beat().unwrap_err().code(), "lease_lost");
}

#[test]
fn where_boots_have_no_name_a_clock_that_went_back_tells_them_apart() {
    let place = Place::new();
    place.clock.reboot("unknown");
    place.pass(LEASE * 10);
    let run = place.ask("seal");
    drop(place.claim("a"));
    place.clock.reboot("unknown");
    assert_eq!(place.claim("b").unwrap().id(), &run.id);
}

#[test]
fn many_workers_never_get_the_same_run() {
    const RUNS: usize = 40;
    let place = Place::new();
    for _ in 0..RUNS {
        place.ask("seal");
    }
    let mut claimed: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = ["a", "b", "c", "d"]
            .map(|name| {
                let place = &place;
                scope.spawn(move || {
                    // Another process's view: a connection of its own.
                    let queue = place.live();
                    let claimer = claimer(name);
                    let next = || queue.claim(&claimer).unwrap();
                    std::iter::from_fn(next)
                        .map(|task| task.id().clone())
                        .collect::<Vec<_>>()
                })
            })
            .into_iter()
            .collect();
        let all = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap());
        all.collect()
    });
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), RUNS);
}
