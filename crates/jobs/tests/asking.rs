//! Asking for runs, and looking at them.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use jobs::{ItemLine, Level, NewRun, RunFilter, RunState};
use store::Watch;
use support::{Place, succeed};

#[test]
fn the_same_key_gives_the_same_run() {
    let place = Place::new();
    let mut new = NewRun::of("seal", "p");
    new.params = r#"{"label":"a"}"#.to_owned();
    new.request = Some("key-1".to_owned());
    let first = place.queue.enqueue(&new).unwrap();
    succeed(place.claim("w").unwrap());
    let again = place.queue.enqueue(&new).unwrap();
    assert_eq!((&again.id, again.state), (&first.id, RunState::Succeeded));
    let mut other = new.clone();
    other.params = r#"{"label":"b"}"#.to_owned();
    let refused = place.queue.enqueue(&other).unwrap_err();
    assert_eq!(refused.code(), "idempotency_conflict");
    let text = format!(
        r#"the key "key-1" was used before, for another request (run {})"#,
        first.id
    );
    assert_eq!(refused.to_string(), text);
    other.request = None;
    assert_ne!(place.queue.enqueue(&other).unwrap().id, first.id);
}

#[test]
fn what_cannot_be_a_run_is_refused() {
    let place = Place::new();
    let mut odd = [
        NewRun::of("", "p"),
        NewRun::of("a\nb", "p"),
        NewRun::of("seal", "p"),
    ];
    odd[2].max_attempts = 0;
    for new in odd {
        assert_eq!(place.queue.enqueue(&new).unwrap_err().code(), "invalid_run");
    }
}

#[test]
fn lists_are_read_page_by_page() {
    let place = Place::new();
    let mut runs = Vec::new();
    for n in 0..7 {
        let project = if n % 2 == 0 { "even" } else { "odd" };
        runs.push(
            place
                .queue
                .enqueue(&NewRun::of("seal", project))
                .unwrap()
                .id,
        );
    }
    runs.reverse();
    let read = |filter: &RunFilter| {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = place.queue.runs(filter, before.as_ref(), 2).unwrap();
            assert!(page.items.len() <= 2);
            found.extend(page.items.into_iter().map(|run| run.id));
            before = page.next;
            if before.is_none() {
                return found;
            }
        }
    };
    assert_eq!(read(&RunFilter::default()), runs);
    let odd = RunFilter {
        project: Some("odd".to_owned()),
        ..RunFilter::default()
    };
    assert_eq!(
        read(&odd),
        [runs[1].clone(), runs[3].clone(), runs[5].clone()]
    );
    succeed(place.claim("w").unwrap());
    let done = RunFilter {
        state: Some(RunState::Succeeded),
        ..RunFilter::default()
    };
    assert_eq!(read(&done), [runs[6].clone()]);
    let kind = RunFilter {
        kind: Some("check".to_owned()),
        ..RunFilter::default()
    };
    assert!(read(&kind).is_empty());
}

fn line(position: i64, state: &str) -> ItemLine {
    ItemLine {
        position,
        name: format!("file {position}"),
        state: state.to_owned(),
        reason: (state == "failed").then(|| "it could not be read".to_owned()),
        item: None,
    }
}

#[test]
fn progress_items_and_log_are_written_together() {
    let place = Place::new();
    let run = place.ask("seal");
    let task = place.claim("w").unwrap();
    let steps = task.plan(&["capture"]).unwrap();
    task.begin(&steps[0]).unwrap();
    for position in 1..=5 {
        task.item(line(
            position,
            if position == 3 { "failed" } else { "stored" },
        ))
        .unwrap();
        task.progress(u64::try_from(position).unwrap(), Some(5));
    }
    task.log(Level::Warning, "one was not read");
    task.log(Level::Info, "x".repeat(10_000));
    let items = |state, after| place.queue.items(&run.id, state, after, 2).unwrap();
    assert!(
        items(None, None).items.is_empty(),
        "nothing is written before the pulse"
    );
    let before = place.queue.db().change_range().unwrap().unwrap().1;
    task.pulse(Duration::from_secs(5)).unwrap();
    task.pulse(Duration::from_secs(5)).unwrap();
    assert_eq!(
        place.queue.db().change_range().unwrap().unwrap().1,
        before + 1
    );

    let step = &place.queue.steps(&run.id).unwrap()[0];
    assert_eq!((step.done, step.total), (5, Some(5)));
    let first = items(None, None);
    assert_eq!((first.items.len(), first.next), (2, Some(2)));
    let last = items(None, Some(4));
    assert_eq!((last.items, last.next), (vec![line(5, "stored")], None));
    assert_eq!(items(Some("failed"), None).items, [line(3, "failed")]);
    let counts = place.queue.item_counts(&run.id).unwrap();
    assert_eq!(counts, [("failed".to_owned(), 1), ("stored".to_owned(), 4)]);
    // Whoever is faster than the pulse writes lots by itself.
    for position in 6..=700 {
        task.item(line(position, "stored")).unwrap();
    }
    let written: u64 = place
        .queue
        .item_counts(&run.id)
        .unwrap()
        .iter()
        .map(|(_, n)| n)
        .sum();
    assert_eq!(written, 5 + 256 * 2);
    task.flush().unwrap();
    // A repeated step says it again, or better.
    task.item(line(3, "stored")).unwrap();
    task.flush().unwrap();
    assert_eq!(
        place.queue.item_counts(&run.id).unwrap(),
        [("stored".to_owned(), 700)]
    );

    let log = place.queue.log_after(&run.id, 0, 1).unwrap();
    assert_eq!(
        (log.items[0].text.as_str(), log.next),
        ("one was not read", Some(1))
    );
    assert_eq!(log.items[0].step, "capture");
    let log = place.queue.log_newest(&run.id, 5).unwrap();
    assert_eq!((log[0].seq, log[1].seq, log[1].text.len()), (1, 2, 4_096));
}

#[test]
fn what_ended_long_ago_is_removed_with_all_that_belongs_to_it() {
    let place = Place::new();
    let (old, waiting) = (place.ask("seal"), place.ask("seal"));
    let task = place.claim("w").unwrap();
    task.plan(&["capture"]).unwrap();
    task.item(line(1, "stored")).unwrap();
    task.log(Level::Info, "done");
    succeed(task);
    let day = Duration::from_hours(24);
    place.pass(day);
    assert_eq!(place.queue.sweep(day * 2).unwrap(), 0);
    place.pass(day * 2);
    assert_eq!(place.queue.sweep(day * 2).unwrap(), 1);
    assert_eq!(place.queue.run(&old.id).unwrap_err().code(), "run_unknown");
    assert!(place.queue.steps(&old.id).unwrap().is_empty());
    assert!(place.queue.item_counts(&old.id).unwrap().is_empty());
    assert!(place.queue.log_newest(&old.id, 1).unwrap().is_empty());
    assert_eq!(place.run(&waiting.id).state, RunState::Queued);
}

#[test]
fn a_later_version_may_have_other_steps() {
    let place = Place::new();
    place.ask("seal");
    let task = place.claim("w").unwrap();
    let steps = task.plan(&["capture", "seal"]).unwrap();
    for (step, result) in steps.iter().zip(["1", "2"]) {
        task.begin(step).unwrap();
        task.done(result).unwrap();
    }
    let steps = task.plan(&["read", "capture", "verify"]).unwrap();
    let results: Vec<_> = steps.iter().map(|step| step.result.as_deref()).collect();
    assert_eq!(results, [None, Some("1"), None]);
    assert_eq!(place.queue.steps(task.id()).unwrap(), steps);
}
