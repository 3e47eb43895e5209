//! What withdrawing does to packages that are sealed, and to one that is being sealed.

use std::sync::atomic::{AtomicBool, Ordering};

use bundle::Sha256;
use store::Watch;
use vault::{Scope, SealRequest, Withdrawal};

use crate::desk::{Desk, code};

#[test]
fn older_packages_say_what_is_missing_and_newer_ones_go_without() {
    let desk = Desk::new();
    let first = desk.capture("a.txt", "goes");
    let second = desk.capture("b.txt", "stays");
    let before = desk.seal(Scope::New);
    let excerpt_of = |item| Scope::Items {
        items: [item].into_iter().collect(),
        recipient: None,
    };
    let (with, without) = (desk.seal(excerpt_of(first)), desk.seal(excerpt_of(second)));
    desk.erase(first).unwrap();
    let after = desk.seal(Scope::New);
    let full = desk.seal(Scope::Full);
    for bundle in [&before, &with, &without, &after, &full] {
        desk.accepted(bundle);
    }
    assert_eq!(desk.accepted(&after).subject.withdrawn, [first]);
    assert_eq!(desk.accepted(&full).subject.withdrawn, [first]);
    let reproduce = |bundle| {
        desk.vault
            .reproduce(&desk.project, bundle, None, &store::Unwatched)
    };
    for bundle in [&before, &with] {
        let error = reproduce(bundle).unwrap_err();
        assert_eq!(error.code(), "withdrawn");
        assert_eq!(
            error.to_string(),
            "it cannot be made again: the bytes of item(s) 1 were erased since"
        );
    }
    for bundle in [&without, &after, &full] {
        reproduce(bundle).unwrap();
    }
    let request = SealRequest::of(excerpt_of(first));
    let excerpt = desk
        .vault
        .seal(&desk.project, &request, &desk.act, &store::Unwatched);
    assert_eq!(code(excerpt), "item_withdrawn");

    let item = desk.vault.item(&desk.project, first).unwrap();
    let holdings = desk.vault.holdings(&desk.project, &item).unwrap();
    let held: Vec<(u64, bool, bool)> = holdings
        .iter()
        .map(|holding| (holding.bundle.seq, holding.record, holding.bytes))
        .collect();
    assert_eq!(
        held,
        [
            (before.seq, true, true),
            (with.seq, true, true),
            (full.seq, true, false)
        ]
    );
}

/// Somebody erases an item at the very moment when a package with it is being written.
struct Meddler<'a> {
    desk: &'a Desk,
    item: u64,
    done: AtomicBool,
}

impl Watch for Meddler<'_> {
    fn progress(&self, _: u64, _: Option<u64>) {
        if !self.done.swap(true, Ordering::SeqCst) {
            self.desk.erase(self.item).unwrap();
        }
    }

    fn canceled(&self) -> bool {
        false
    }
}

#[test]
fn a_package_that_cannot_be_finished_is_given_up_and_another_takes_its_number() {
    let desk = Desk::new();
    let (x, y) = ("x".repeat(3_000_000), "y".repeat(3_000_000));
    let items = [desk.capture("a.txt", &x), desk.capture("b.txt", &y)];
    // Members are written in the order of their digests; the later one was not read yet when it goes.
    let item = items[usize::from(Sha256::of(x.as_bytes()) < Sha256::of(y.as_bytes()))];
    let meddler = Meddler {
        desk: &desk,
        item,
        done: AtomicBool::new(false),
    };
    let request = SealRequest::of(Scope::New);
    let outcome = desk
        .vault
        .seal(&desk.project, &request, &desk.act, &meddler)
        .unwrap();
    let bundle = outcome.bundle.unwrap();
    let report = desk.accepted(&bundle);
    let seals = desk.vault.seals(&desk.project, 0, 10).unwrap();
    let states: Vec<&str> = seals.iter().map(|seal| seal.state.as_str()).collect();
    assert_eq!(states, ["canceled", "sealed"]);
    assert_eq!(report.subject.withdrawn, [item]);
    assert_eq!(outcome.warnings.len(), 1);
    assert_eq!(bundle.number, Some(1));
    desk.accepted(&desk.seal(Scope::Full));
}

/// A process dies between SEAL and SEALED; an item is erased; whoever seals next is not stuck.
#[test]
fn an_open_seal_whose_bytes_were_erased_does_not_block_sealing() {
    struct Stop;
    impl Watch for Stop {
        fn progress(&self, _: u64, _: Option<u64>) {}

        fn canceled(&self) -> bool {
            true
        }
    }
    let desk = Desk::new();
    let item = desk.capture("a.txt", "goes");
    desk.capture("b.txt", "stays");
    let request = SealRequest::of(Scope::New);
    let stopped = desk.vault.seal(&desk.project, &request, &desk.act, &Stop);
    assert_eq!(code(stopped), "canceled");
    assert_eq!(
        desk.vault.seals(&desk.project, 0, 10).unwrap()[0].state,
        "open"
    );
    let withdrawal = Withdrawal {
        reason: "mistake",
        erase: true,
        names: false,
    };
    desk.vault
        .withdraw(&desk.project, item, &withdrawal, &desk.act)
        .unwrap();
    let (bundle, warnings) = desk.seal_warned(Scope::New);
    assert_eq!(bundle.number, Some(1));
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(desk.accepted(&bundle).subject.withdrawn, [item]);
    let seals = desk.vault.seals(&desk.project, 0, 10).unwrap();
    let states: Vec<&str> = seals.iter().map(|seal| seal.state.as_str()).collect();
    assert_eq!(states, ["canceled", "sealed"]);
    desk.accepted(&desk.seal(Scope::Full));
}
