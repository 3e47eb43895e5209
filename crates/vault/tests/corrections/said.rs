//! Captions, notes and facts: added, corrected, never lost.

use vault::{Amendment, Annotation, Field, Intake, Recorded, Scope, VaultError};

use crate::desk::{Desk, code};

fn caption(text: &str) -> Annotation {
    Annotation {
        caption: Some(text.to_owned()),
        note: None,
    }
}

fn note(text: &str) -> Annotation {
    Annotation {
        caption: None,
        note: Some(text.to_owned()),
    }
}

fn amend(
    desk: &Desk,
    item: u64,
    field: Field,
    entry: Option<u64>,
    new: &str,
) -> Result<Recorded, VaultError> {
    let amendment = Amendment {
        field,
        entry,
        new: new.to_owned(),
        reason: "misread".to_owned(),
    };
    desk.vault.amend(&desk.project, item, &amendment, &desk.act)
}

#[test]
fn a_corrected_caption_keeps_what_it_replaced_and_seals() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "a");
    let annotate =
        |item, what: &Annotation| desk.vault.annotate(&desk.project, item, what, &desk.act);
    assert_eq!(
        code(amend(&desk, item, Field::Caption, None, "x")),
        "nothing_to_amend"
    );
    let first = annotate(item, &caption("Bolt 4\nseen from below")).unwrap();
    assert_eq!(code(annotate(item, &caption("again"))), "caption_exists");
    assert_eq!(code(annotate(item, &caption(" \n"))), "invalid_value");
    assert_eq!(code(annotate(7, &caption("x"))), "item_unknown");
    let second = amend(&desk, item, Field::Caption, None, "Bolt 5\nfrom below").unwrap();
    assert_eq!(
        code(amend(
            &desk,
            item,
            Field::Caption,
            None,
            "Bolt 5\nfrom below"
        )),
        "invalid_value"
    );
    let detail = desk.vault.item_detail(&desk.project, item).unwrap();
    let caption = detail.caption.unwrap();
    assert_eq!(caption.text, "Bolt 5\nfrom below");
    assert_eq!((caption.entry, caption.by.as_str()), (first.entry, "Ada"));
    let [correction] = caption.corrections.as_slice() else {
        panic!("{:?}", caption.corrections)
    };
    assert_eq!(correction.old, "Bolt 4\nseen from below");
    assert_eq!(correction.remark.reason, "misread");
    assert_eq!(correction.remark.entry, second.entry);

    let sealed = desk.seal(Scope::New);
    desk.accepted(&sealed);
    desk.sound(&desk.project);
}

#[test]
fn notes_stand_beside_each_other_and_are_corrected_one_by_one() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "a");
    let annotate = |text: &str| {
        let what = note(text);
        let said = desk.vault.annotate(&desk.project, item, &what, &desk.act);
        said.unwrap().entry
    };
    let first = annotate("rust on flange");
    amend(&desk, item, Field::Note, None, "rust on the flange").unwrap();
    let second = annotate("weld looks sound");
    assert_eq!(
        code(amend(&desk, item, Field::Note, None, "x")),
        "note_ambiguous"
    );
    assert_eq!(
        code(amend(&desk, item, Field::Note, Some(999), "x")),
        "nothing_to_amend"
    );
    amend(&desk, item, Field::Note, Some(second), "").unwrap();
    let detail = desk.vault.item_detail(&desk.project, item).unwrap();
    let notes: Vec<(u64, &str, usize)> = detail
        .notes
        .iter()
        .map(|note| (note.entry, note.text.as_str(), note.corrections.len()))
        .collect();
    assert_eq!(notes, [(first, "rust on the flange", 1), (second, "", 1)]);
}

#[test]
fn a_fact_is_corrected_for_one_item_and_stays_for_the_others() {
    let desk = Desk::new();
    let intake = Intake {
        from: Some("Bo".to_owned()),
        ..Intake::default()
    };
    let folder = desk.folder.path().join("drop");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a"), "a").unwrap();
    std::fs::write(folder.join("b"), "b").unwrap();
    desk.vault
        .capture(
            &desk.project,
            &[folder],
            &intake,
            &desk.act,
            &store::Unwatched,
            &mut |_| {},
        )
        .unwrap();
    amend(&desk, 1, Field::From, None, "Bob").unwrap();
    amend(&desk, 1, Field::Where, None, "Dock 3").unwrap();
    amend(&desk, 1, Field::Where, None, "Dock 4").unwrap();
    let facts = |item| {
        let detail = desk.vault.item_detail(&desk.project, item).unwrap();
        let facts = detail.facts.into_iter();
        facts
            .map(|fact| {
                let olds = fact.corrections.into_iter().map(|c| c.old);
                (fact.field, fact.text, olds.collect::<Vec<_>>())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        facts(1),
        [
            (Field::From, "Bob".to_owned(), vec!["Bo".to_owned()]),
            (
                Field::Where,
                "Dock 4".to_owned(),
                vec![String::new(), "Dock 3".to_owned()]
            ),
        ]
    );
    assert_eq!(facts(2), [(Field::From, "Bo".to_owned(), vec![])]);
    let obtained = desk.vault.custody(&desk.project, 1).unwrap().remove(0);
    assert_eq!(obtained.who.as_deref(), Some("Bob"));
    assert_eq!(obtained.place.as_deref(), Some("Dock 4"));
    desk.accepted(&desk.seal(Scope::New));
}

#[test]
fn a_reason_and_an_open_case_are_asked_for() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "a");
    desk.vault
        .annotate(&desk.project, item, &caption("x"), &desk.act)
        .unwrap();
    let silent = Amendment {
        field: Field::Caption,
        entry: None,
        new: "y".to_owned(),
        reason: " ".to_owned(),
    };
    let amended = desk.vault.amend(&desk.project, item, &silent, &desk.act);
    assert_eq!(code(amended), "reason_missing");
    let held = desk.vault.hold(&desk.project, item, true, "", &desk.act);
    assert_eq!(code(held), "reason_missing");
    let size = desk.vault.ledger_size(&desk.project).unwrap();

    desk.vault.close_project(&desk.project, &desk.act).unwrap();
    let closed = desk.vault.find_project("default").unwrap().unwrap();
    let annotated = desk.vault.annotate(&closed, item, &note("x"), &desk.act);
    assert_eq!(code(annotated), "project_closed");
    assert_eq!(
        desk.vault.ledger_size(&desk.project).unwrap(),
        size + 1,
        "what is refused leaves no entry"
    );
    // What takes away is possible in a closed case.
    desk.vault
        .hold(&closed, item, true, "court order", &desk.act)
        .unwrap();
}
