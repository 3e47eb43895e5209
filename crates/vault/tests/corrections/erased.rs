//! Bytes that go, and bytes that must not.

use std::time::Duration;

use bundle::Sha256;
use vault::{Annotation, Erasures, Intake, ItemState, Scope};

use crate::desk::{Desk, code, files_with};

#[test]
fn what_is_withdrawn_is_hidden_and_what_is_erased_is_gone() {
    let desk = Desk::new();
    let first = desk.capture("a.txt", "the first secret");
    let second = desk.capture("b.txt", "something else");
    desk.withdraw(first).unwrap();
    assert!(desk.blob("the first secret").exists());
    let listed = desk.vault.present_items(&desk.project, 0, 10).unwrap();
    assert_eq!(
        listed.iter().map(|item| item.item).collect::<Vec<_>>(),
        [second]
    );
    assert_eq!(code(desk.withdraw(first)), "item_withdrawn");
    let annotated = desk.vault.annotate(
        &desk.project,
        first,
        &Annotation {
            caption: Some("x".to_owned()),
            note: None,
        },
        &desk.act,
    );
    assert_eq!(code(annotated), "item_withdrawn");
    let erased = desk.erase(first).unwrap();
    assert_eq!(erased.erased, [Sha256::of(b"the first secret")]);
    assert_eq!(erased.unfinished, None);
    assert!(!desk.blob("the first secret").exists());
    assert_eq!(files_with(&desk.data(), b"the first secret").len(), 0);
    assert!(desk.blob("something else").exists());
    assert_eq!(code(desk.erase(first)), "item_erased");
    let detail = desk.vault.item_detail(&desk.project, first).unwrap();
    assert_eq!(detail.item.state, ItemState::Erased);
    assert_eq!(detail.withdrawals.len(), 2);
    assert_eq!(detail.withdrawals[1].erased, erased.erased);
    let report = desk.accepted(&desk.seal(Scope::New));
    assert_eq!(report.subject.withdrawn, [first]);
    desk.sound(&desk.project);
}

#[test]
fn bytes_of_two_items_go_with_the_second() {
    let desk = Desk::new();
    let (first, second) = (desk.capture("a.txt", "same"), desk.capture("b.txt", "same"));
    let kept = desk.erase(first).unwrap();
    assert_eq!((kept.erased, kept.kept_for), (vec![], vec![second]));
    assert!(desk.blob("same").exists());
    // Were the digest listed, the bundle would have to go without bytes that the second item needs.
    let bundle = desk.seal(Scope::New);
    desk.accepted(&bundle);
    assert!(desk.blob("same").exists());
    let gone = desk.erase(second).unwrap();
    assert_eq!(gone.erased, [Sha256::of(b"same")]);
    assert!(!desk.blob("same").exists());
    let full = desk.seal(Scope::Full);
    assert_eq!(desk.accepted(&full).subject.withdrawn, [first, second]);
    let again = desk
        .vault
        .reproduce(&desk.project, &bundle, None, &store::Unwatched);
    let error = again.unwrap_err();
    assert_eq!(error.code(), "withdrawn");
    assert!(error.to_string().contains(&second.to_string()), "{error}");
}

#[test]
fn bytes_of_two_cases_stay_for_the_other_and_nothing_is_said() {
    let desk = Desk::new();
    let other = desk.other_project("other");
    let mine = desk.capture("a.txt", "shared by both");
    let theirs = desk.capture_in(&other, "a.txt", "shared by both", &Intake::default());
    let erased = desk.erase(mine).unwrap();
    assert_eq!(erased.erased, [Sha256::of(b"shared by both")]);
    assert!(erased.kept_for.is_empty());
    assert_eq!(erased.unfinished, None);
    assert!(desk.blob("shared by both").exists());
    desk.accepted(&desk.seal(Scope::New));
    // The other case loses them when it erases them itself.
    let withdrawal = vault::Withdrawal {
        reason: "x",
        erase: true,
        names: false,
    };
    desk.vault
        .withdraw(&other, theirs, &withdrawal, &desk.act)
        .unwrap();
    assert!(!desk.blob("shared by both").exists());
}

/// The entry is written, and the process dies before the bytes are removed: the next start removes them.
#[test]
fn an_erasure_that_was_cut_short_is_finished() {
    let mut desk = Desk::new();
    let item = desk.capture("a.txt", "to be erased");
    let kept = desk.capture("b.txt", "to be kept");
    // Somebody who stores all the time is in the way for longer than withdrawing waits.
    let storing = desk.vault.blobs().hold().unwrap();
    let erased = desk.erase(item).unwrap();
    assert!(erased.unfinished.is_some());
    assert!(desk.blob("to be erased").exists());
    assert_eq!(
        desk.vault.finish_erasures().unwrap(),
        Erasures {
            removed: 0,
            left: 1
        }
    );
    drop(storing);
    desk.reopen();
    let finished = desk.vault.finish_erasures().unwrap();
    assert_eq!((finished.removed, finished.left), (1, 0));
    assert!(!desk.blob("to be erased").exists());
    assert!(desk.blob("to be kept").exists());
    assert_eq!(desk.vault.finish_erasures().unwrap(), Erasures::default());
    assert_eq!(desk.vault.item(&desk.project, kept).unwrap().size, 10);
    desk.accepted(&desk.seal(Scope::New));
}

/// The bytes are removed, and the process dies before that is written down; then they are captured again.
#[test]
fn an_erasure_that_comes_late_leaves_what_was_captured_again() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "comes back");
    let storing = desk.vault.blobs().hold().unwrap();
    assert!(desk.erase(item).unwrap().unfinished.is_some());
    drop(storing);
    let again = desk.capture("b.txt", "comes back");
    assert_ne!(item, again);
    assert_eq!(desk.vault.finish_erasures().unwrap().removed, 0);
    assert!(desk.blob("comes back").exists());
    let bundle = desk.seal(Scope::New);
    let report = desk.accepted(&bundle);
    assert_eq!(report.subject.withdrawn, [item]);
    desk.vault
        .reproduce(&desk.project, &bundle, None, &store::Unwatched)
        .unwrap();
}

#[test]
fn erased_bytes_can_be_captured_again() {
    let desk = Desk::new();
    let first = desk.capture("a.txt", "once more");
    desk.seal(Scope::New);
    desk.erase(first).unwrap();
    // Even the very same file is a new item then, and its bytes are new.
    let path = desk.folder.path().join("a.txt");
    let mut outcome = None;
    desk.vault
        .capture(
            &desk.project,
            &[path],
            &Intake::default(),
            &desk.act,
            &store::Unwatched,
            &mut |item| outcome = Some(item.clone()),
        )
        .unwrap();
    let outcome = outcome.unwrap();
    assert_eq!(outcome.status, vault::ItemStatus::Captured);
    assert_eq!((outcome.same_as, outcome.sighting), (None, false));
    assert!(desk.blob("once more").exists());
    desk.accepted(&desk.seal(Scope::New));
    desk.accepted(&desk.seal(Scope::Full));
}

/// Nobody may remove bytes between the moment they are found to be there and the entry that names them. Here that moment
/// is made long by somebody who keeps the database locked.
#[test]
fn bytes_that_are_about_to_be_named_are_not_removed() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "about to be named");
    let storing = desk.vault.blobs().hold().unwrap();
    assert!(desk.erase(item).unwrap().unfinished.is_some());
    drop(storing);
    let locked = rusqlite::Connection::open(desk.vault.db().path()).unwrap();
    locked.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let capturing = scope.spawn(|| desk.capture("b.txt", "about to be named"));
        std::thread::sleep(Duration::from_millis(800));
        assert!(!capturing.is_finished());
        let erasing = scope.spawn(|| desk.vault.finish_erasures().unwrap());
        std::thread::sleep(Duration::from_millis(300));
        locked.execute_batch("COMMIT").unwrap();
        assert_eq!(erasing.join().unwrap().left, 1);
        capturing.join().unwrap();
    });
    assert!(desk.blob("about to be named").exists());
    desk.vault.finish_erasures().unwrap();
    assert!(desk.blob("about to be named").exists());
    desk.accepted(&desk.seal(Scope::New));
}

#[test]
fn capturing_and_erasing_the_same_bytes_at_once_loses_nothing() {
    let desk = Desk::new();
    let path = desk.folder.path().join("again.txt");
    std::fs::write(&path, "contended").unwrap();
    for round in 0..8 {
        let item = desk.capture(&format!("r{round}.txt"), "contended");
        std::thread::scope(|scope| {
            let capturing = scope.spawn(|| {
                let paths = [path.clone()];
                let mut number = None;
                desk.vault
                    .capture(
                        &desk.project,
                        &paths,
                        &Intake::default(),
                        &desk.act,
                        &store::Unwatched,
                        &mut |item| number = item.item,
                    )
                    .unwrap();
                number.unwrap()
            });
            std::thread::sleep(Duration::from_micros(round * 2000));
            desk.erase(item).unwrap();
            let again = capturing.join().unwrap();
            let found = desk.vault.item(&desk.project, again).unwrap();
            assert_eq!(found.state, ItemState::Present);
            assert!(desk.blob("contended").exists(), "round {round}");
            desk.erase(again).unwrap();
            assert!(!desk.blob("contended").exists());
        });
    }
    desk.accepted(&desk.seal(Scope::New));
}

#[test]
fn names_go_too_where_that_is_wanted() {
    let desk = Desk::new();
    let item = desk.capture("Zacharias Quintus.txt", "a letter by Zacharias Quintus");
    let other = desk.capture("other.txt", "another letter");
    desk.vault
        .annotate(
            &desk.project,
            item,
            &Annotation {
                caption: Some("Zacharias Quintus at home ".repeat(400)),
                note: None,
            },
            &desk.act,
        )
        .unwrap();
    assert_eq!(code(desk.withdraw_with(item, false, true)), "invalid_value");
    desk.erase(item).unwrap();
    assert!(!files_with(&desk.data(), b"Zacharias Quintus").is_empty());
    let withdrawn = desk.withdraw_with(item, true, true).unwrap();
    assert_eq!(withdrawn.erased, []);
    // Not in the database, not in its free pages, not in its journal.
    assert_eq!(
        files_with(&desk.data(), b"Quintus"),
        Vec::<std::path::PathBuf>::new()
    );
    let detail = desk.vault.item_detail(&desk.project, item).unwrap();
    assert_eq!(
        (detail.item.name.as_str(), detail.item.path.as_str()),
        ("", "")
    );
    assert_eq!(detail.caption, None);
    assert!(detail.withdrawals[1].names);
    assert_eq!(detail.withdrawals[1].remark.reason, "taken by mistake");
    assert_eq!(code(desk.withdraw_with(item, true, true)), "item_erased");
    let events = desk.vault.events_of_item(&desk.project, item).unwrap();
    assert_eq!(events[0].source, None);
    assert_eq!(events[0].machine, None);
    assert!(events[0].payload.machine_sha256.is_some(), "digests stay");
    let others = desk.vault.events_of_item(&desk.project, other).unwrap();
    assert!(others[0].machine.is_some());
    desk.sound(&desk.project);
    let report = desk.accepted(&desk.seal(Scope::New));
    assert_eq!(report.subject.withdrawn, [item]);
    desk.accepted(&desk.seal(Scope::Full));
}
