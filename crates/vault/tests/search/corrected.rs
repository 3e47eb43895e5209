//! What is said about an item later is found, and what was withdrawn is not.

use std::fs;

use store::Unwatched;
use vault::{Amendment, Annotation, Field, Withdrawal};

use crate::support::{Desk, NOTHING, Place, all};

fn withdraw(desk: &Desk, item: u64, erase: bool) {
    let withdrawal = Withdrawal {
        reason: "not ours",
        erase,
        names: erase,
    };
    desk.vault
        .withdraw(&desk.project, item, &withdrawal, &desk.act)
        .unwrap();
}

#[test]
fn captions_and_notes_are_found_until_they_are_corrected() {
    let (_place, desk) = Place::with_texts(&["text"]);
    let annotation = Annotation {
        caption: Some("Riss im Pfeiler\nsüdlich".into()),
        note: Some("ask the manufacturer".into()),
    };
    desk.vault
        .annotate(&desk.project, 1, &annotation, &desk.act)
        .unwrap();
    assert_eq!(desk.items("Pfeiler sudlich"), [1]);
    assert_eq!(desk.items("manufacturer"), [1]);
    for (field, new) in [(Field::Caption, "Fuge am Widerlager"), (Field::Note, "")] {
        let amendment = Amendment {
            field,
            entry: None,
            new: new.into(),
            reason: "looked again".into(),
        };
        desk.vault
            .amend(&desk.project, 1, &amendment, &desk.act)
            .unwrap();
    }
    assert_eq!(desk.items("Widerlager"), [1]);
    assert_eq!(desk.items("Pfeiler"), NOTHING);
    assert_eq!(desk.items("manufacturer"), NOTHING);
}

#[test]
fn what_was_withdrawn_is_not_found() {
    let (_place, desk) = Place::with_texts(&["rust on the bolt", "rust on the nut"]);
    assert_eq!(desk.items("rust"), [1, 2]);
    withdraw(&desk, 1, false);
    assert_eq!(desk.items("rust"), [2]);
    assert_eq!(desk.items("bolt"), NOTHING);
    // Also where it had not been read yet: it is not read any more.
    let place = Place::new();
    let desk = place.open();
    desk.capture(&place.file("x.txt", "rust"));
    withdraw(&desk, 1, false);
    desk.catch_up();
    assert_eq!((desk.items("rust"), desk.items("x")), (vec![], vec![]));
    assert_eq!(desk.entries("EXTRACT"), NOTHING);
}

#[test]
fn a_withdrawal_is_heeded_even_where_the_index_cannot_be_brought_up_to_date() {
    let (_place, desk) = Place::with_texts(&["rust on the bolt", "rust on the nut"]);
    // Somebody else is filling the index and does not get on.
    let lock = store::lock::FileLock::try_take(&desk.vault.root().search_lock())
        .unwrap()
        .unwrap();
    withdraw(&desk, 1, false);
    let found = desk.search("rust");
    let items: Vec<_> = found.hits.iter().map(|hit| hit.item).collect();
    assert_eq!((items, found.missing.entries), (vec![2], 1));
    drop(lock);
    assert_eq!(desk.items("rust"), [2]);
}

#[test]
fn nothing_of_an_erased_text_stays_in_the_file() {
    let (place, desk) = Place::with_texts(&["Zwiebelturm Zwiebelturm", "other"]);
    let holds = || {
        desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
        let end = place.index_file().with_extension("sqlite-wal");
        let bytes = [
            fs::read(place.index_file()).unwrap(),
            fs::read(end).unwrap_or_default(),
        ]
        .concat();
        let bytes = bytes.to_ascii_lowercase();
        bytes.windows(11).any(|window| window == b"zwiebelturm")
    };
    assert!(holds());
    withdraw(&desk, 1, true);
    assert!(!holds());
    assert_eq!(desk.items("other"), [2]);
}
