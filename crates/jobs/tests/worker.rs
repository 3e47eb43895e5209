//! The loop of a worker, with its threads and the clocks of the machine.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jobs::{NewRun, Queue, Run, RunState, StepState};
use support::Place;
use support::hands::{Hands, settings, until, while_working};

fn ask(queue: &Queue, params: &str) -> Run {
    let mut new = NewRun::of("pipeline", "p");
    params.clone_into(&mut new.params);
    queue.enqueue(&new).unwrap()
}

fn state(queue: &Queue, run: &Run) -> RunState {
    queue.run(&run.id).unwrap().state
}

fn ended(queue: &Queue, run: &Run) -> Run {
    until("an end", || state(queue, run).has_ended());
    queue.run(&run.id).unwrap()
}

#[test]
fn runs_are_carried_out_step_by_step_and_a_panic_ends_only_its_run() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    let runs = ["panic", "fail", "{}"].map(|params| ask(&queue, params));
    let empty = queue.enqueue(&NewRun::of("empty", "p")).unwrap();
    while_working(&[&queue], &work, &settings(), || {
        let [panicked, failed, done] = runs.each_ref().map(|run| ended(&queue, run));
        assert_eq!(panicked.state, RunState::Failed);
        assert_eq!(panicked.error_code.as_deref(), Some("worker_panicked"));
        let why = "a step met a fault of the program: no such number";
        assert_eq!(panicked.error_detail.as_deref(), Some(why));
        assert_eq!(failed.error_code.as_deref(), Some("key_locked"));
        assert_eq!(done.state, RunState::Succeeded);
        assert_eq!(done.result.as_deref(), Some("{\"seal\":1}"));
        let code = ended(&queue, &empty).error_code;
        assert_eq!(code.as_deref(), Some("kind_unknown"));
        assert_eq!(work.fences.lock().unwrap()[&done.id], done.token);
        // What was done is not done again.
        queue.retry(&failed.id).unwrap();
        let again = ended(&queue, &failed);
        assert_eq!(
            (work.times(&again, "capture"), work.times(&again, "seal")),
            (1, 2)
        );
    });
    assert!(work.troubles.lock().unwrap().is_empty());
}

#[test]
fn an_idle_worker_wakes_up_when_another_process_asks() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    while_working(&[&queue], &work, &settings(), || {
        until("a worker", || !queue.workers().unwrap().is_empty());
        let mut waits: Vec<Duration> = (0..9)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(60));
                // Another connection, as another process has it.
                let run = place.ask("pipeline");
                until("a start", || work.times(&run, "capture") > 0)
            })
            .collect();
        waits.sort();
        // The middle of nine, so that a busy machine does not matter.
        assert!(waits[4] < Duration::from_millis(100), "{waits:?}");
    });
}

#[test]
fn a_running_step_is_canceled_within_a_second() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    let run = ask(&queue, "stay");
    while_working(&[&queue], &work, &settings(), || {
        until("progress", || {
            let steps = queue.steps(&run.id).unwrap();
            steps
                .iter()
                .any(|step| (step.done, step.total) == (1, Some(2)))
        });
        queue.cancel(&run.id).unwrap();
        let took = until("an end", || state(&queue, &run).has_ended());
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(state(&queue, &run), RunState::Canceled);
        let steps = queue.steps(&run.id).unwrap();
        assert_eq!(steps[0].state, StepState::Done);
        assert_eq!(steps[1].state, StepState::Canceled);
    });
}

#[test]
fn a_worker_that_is_stopped_hands_its_run_back() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    let run = ask(&queue, "stay");
    let took = while_working(&[&queue], &work, &settings(), || {
        until("a start", || work.times(&run, "seal") > 0);
    });
    assert!(took < Duration::from_secs(3), "{took:?}");
    let back = queue.run(&run.id).unwrap();
    assert_eq!((back.state, back.attempts), (RunState::Queued, 0));
    assert!(queue.workers().unwrap().is_empty(), "it said that it went");
    while_working(&[&queue], &work, &settings(), || {
        until("the next", || work.times(&run, "seal") > 1);
        assert_eq!(work.times(&run, "capture"), 1);
        queue.cancel(&run.id).unwrap();
        ended(&queue, &run);
    });
}

#[test]
fn a_step_longer_than_the_lease_keeps_it() {
    let place = Place::new();
    let (one, two, work) = (place.live(), place.live(), Hands::default());
    let run = ask(&one, "deaf");
    let mut settings = settings();
    settings.lease = Duration::from_secs(1);
    settings.heartbeat = Duration::from_millis(100);
    settings.poll = Duration::from_millis(50);
    while_working(&[&one, &two], &work, &settings, || {
        let run = ended(&one, &run);
        assert_eq!(
            (run.attempts, run.token.0),
            (1, 1),
            "nobody else has claimed it"
        );
        assert_eq!(run.result.as_deref(), Some("\"late\""));
    });
}

#[test]
fn two_workers_never_work_on_one_case_at_once() {
    let place = Place::new();
    let (one, two, work) = (place.live(), place.live(), Hands::default());
    let ask = |key: &str| {
        let mut new = NewRun::of("pipeline", key);
        new.params = "slow".to_owned();
        new.serial_key = Some(key.to_owned());
        one.enqueue(&new).unwrap()
    };
    let serial: Vec<_> = (0..6).map(|_| ask("a")).collect();
    while_working(&[&one, &two], &work, &settings(), || {
        for run in &serial {
            assert_eq!(ended(&one, run).state, RunState::Succeeded);
        }
        assert_eq!(work.most.load(Ordering::SeqCst), 1);
        let mixed: Vec<_> = (0..8)
            .map(|n| ask(if n % 2 == 0 { "a" } else { "b" }))
            .collect();
        for run in &mixed {
            ended(&one, run);
        }
        assert_eq!(work.most.load(Ordering::SeqCst), 2, "cases go side by side");
    });
}

#[test]
fn a_worker_shows_that_it_is_there_and_what_it_does() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    let run = ask(&queue, "gate");
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.heartbeat_file = Some(folder.path().join("alive"));
    while_working(&[&queue], &work, &settings, || {
        until("its word", || {
            let workers = queue.workers().unwrap();
            workers
                .iter()
                .any(|worker| worker.doing.as_deref() == Some(run.id.as_str()))
        });
        let workers = queue.workers().unwrap();
        assert_eq!((workers.len(), workers[0].alive), (1, true));
        assert_eq!(
            (workers[0].host.as_str(), workers[0].pid),
            ("laptop", std::process::id())
        );
        let file = || fs::read_to_string(folder.path().join("alive")).unwrap_or_default();
        until("the file", || file().ends_with("+00:00\n"));
        let first = file();
        until("the next sign of life", || {
            file().len() == first.len() && file() > first
        });
        work.open();
        ended(&queue, &run);
    });
}

#[test]
fn what_a_dead_worker_left_is_ended_behind_a_raised_fence() {
    let place = Place::new();
    let (queue, work) = (place.live(), Hands::default());
    // The queue of the place runs in another boot: whoever claimed there is dead for the others.
    let leave = |kind: &str, done: usize| {
        let mut new = NewRun::of(kind, "p");
        new.max_attempts = 1;
        let run = place.queue.enqueue(&new).unwrap();
        let mut claimer = support::claimer("dead");
        claimer.kinds = vec![kind.to_owned()];
        let task = place.queue.claim(&claimer).unwrap().unwrap();
        let steps = task.plan(&["capture", "seal"]).unwrap();
        for step in &steps[..done] {
            task.begin(step).unwrap();
            task.done("\"kept\"").unwrap();
        }
        run
    };
    let (dead, whole, unknown) = (leave("pipeline", 1), leave("pipeline", 2), leave("old", 0));
    let stopped = leave("old", 1);
    queue.cancel(&stopped.id).unwrap();
    while_working(&[&queue], &work, &settings(), || {
        let gave_up = ended(&queue, &dead);
        assert_eq!(gave_up.error_code.as_deref(), Some("attempts_exhausted"));
        assert_eq!(gave_up.attempts, 1);
        // Nothing was left to do but to say so.
        let succeeded = ended(&queue, &whole);
        assert_eq!(succeeded.result.as_deref(), Some("\"kept\""));
        let code = ended(&queue, &unknown).error_code;
        assert_eq!(code.as_deref(), Some("attempts_exhausted"));
        assert_eq!(ended(&queue, &stopped).state, RunState::Canceled);
        assert_eq!(queue.steps(&stopped.id).unwrap()[0].state, StepState::Done);
    });
    for run in [dead, whole, unknown, stopped] {
        assert_eq!(work.times(&run, "seal"), 0);
        assert_eq!(work.fences.lock().unwrap()[&run.id].0, 2);
    }
}
