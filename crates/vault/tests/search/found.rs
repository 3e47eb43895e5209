//! What is found, in which order, and how it is shown.

use vault::Where;

use crate::support::{Desk, NOTHING, Place};

#[test]
fn a_short_note_is_found() {
    let (_place, desk) = Place::with_texts(&["B4 ok", "x"]);
    assert_eq!(desk.items("ok"), [1]);
    assert_eq!(desk.items("x"), [2]);
}

#[test]
fn two_characters_of_a_script_without_spaces_are_a_word() {
    let (_place, desk) = Place::with_texts(&[
        "橋の支承点検は来週です",
        "承支",
        "이 교량받침은 교체한다",
        "การตรวจสะพาน",
        "古い𠮷野橋",
    ]);
    assert_eq!(desk.items("支承"), [1]);
    assert_eq!(desk.items("点検は"), [1]);
    assert_eq!(desk.items("承"), [1, 2]);
    assert_eq!(desk.items("받침"), [3]);
    assert_eq!(desk.items("สะพาน"), [4]);
    assert_eq!(desk.items("𠮷野"), [5]);
    assert_eq!(desk.items("橋 支承"), [1]);
    assert_eq!(desk.items("支点"), NOTHING);
}

#[test]
fn all_words_must_be_in_an_item_and_need_not_stand_together() {
    let far = format!("corrosion {} pier", "filler words ".repeat(400));
    let (_place, desk) = Place::with_texts(&[&far, "corrosion at the pier", "corrosion", "pier 3"]);
    let found = desk.search("corrosion pier");
    let order: Vec<_> = found
        .hits
        .iter()
        .map(|hit| (hit.item, hit.lacking))
        .collect();
    assert_eq!(order, [(2, 0), (1, 1)]);
    assert_eq!(desk.items("corrosion -pier"), [3]);
    assert_eq!(desk.items("\"at the pier\""), [2]);
    assert_eq!(desk.items("\"the at pier\""), NOTHING);
    assert_eq!(desk.items("corro*"), [1, 2, 3]);
    assert_eq!(desk.items("corro"), NOTHING);
    assert_eq!(desk.items("fill* pier"), [1]);
}

#[test]
fn names_come_before_captions_and_these_before_texts() {
    let place = Place::new();
    let desk = place.open();
    desk.capture(&place.file("one.txt", "weld weld weld"));
    desk.capture(&place.file("two.txt", "nothing"));
    desk.capture(&place.file("weld seam.bin", [0, 1, 2, 255]));
    let caption = vault::Annotation {
        caption: Some("the weld from below".into()),
        note: None,
    };
    desk.vault
        .annotate(&desk.project, 2, &caption, &desk.act)
        .unwrap();
    desk.catch_up();
    let found = desk.search("weld");
    let order: Vec<_> = found.hits.iter().map(|hit| (hit.item, hit.place)).collect();
    assert_eq!(
        order,
        [(3, Where::Name), (2, Where::Caption), (1, Where::Text)]
    );
    let shown: Vec<_> = found
        .hits
        .iter()
        .map(|hit| hit.snippet.marked("[", "]"))
        .collect();
    assert_eq!(
        shown,
        [
            "[weld] seam.bin",
            "the [weld] from below",
            "[weld] [weld] [weld]"
        ]
    );
    let text = found.hits.last().unwrap().text.unwrap();
    assert_eq!((text.chunk, text.start, text.end), (0, 0, 14));
}

#[test]
fn a_snippet_shows_the_place_and_not_the_file() {
    let long = format!(
        "{} the bearing B4 is torn {}",
        "before ".repeat(700),
        "after ".repeat(700)
    );
    let (_place, desk) = Place::with_texts(&[&long]);
    let found = desk.search("torn bearing");
    let hit = found.hits.first().unwrap();
    let shown = hit.snippet.marked("[", "]");
    assert!(
        shown.contains("the [bearing] B4 is [torn] after"),
        "{shown}"
    );
    assert!(shown.chars().count() < 200, "{shown}");
    assert!(hit.text.unwrap().start > 1000);
}

#[test]
fn control_characters_in_a_text_do_no_harm() {
    let (_place, desk) = Place::with_texts(&["a \u{1}mark\u{2} \u{1b}[31m and\u{200b}gap"]);
    let found = desk.search("mark");
    let hit = found.hits.first().unwrap();
    let marks = hit.snippet.marks_in_chars();
    let only = marks.first().unwrap();
    assert_eq!((marks.len(), only.start, only.end), (1, 2, 6));
    assert_eq!(desk.items("andgap"), [1]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition_even_while_more_comes() {
    let place = Place::new();
    let desk = place.open();
    let add = |range: std::ops::Range<u32>| {
        for n in range {
            place.file(&format!("{n:03}.txt"), format!("rust number {n}"));
        }
        desk.capture(&place.drop());
        desk.catch_up();
    };
    add(0..25);
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = search_page(&desk, "rust", 7, after.as_deref());
        seen.extend(page.hits.iter().map(|hit| hit.item));
        if seen.len() == 7 {
            assert_eq!(page.total, 25);
            add(25..30);
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (1..=30).collect::<Vec<u64>>());
    for cursor in ["", "1", "a.b.c", "0.0.1.2", "-1.0.0"] {
        let wrong = desk.vault.search(&desk.project, "rust", 7, Some(cursor));
        assert_eq!(wrong.unwrap_err().code(), "invalid_value", "{cursor:?}");
    }
}

fn search_page(desk: &Desk, query: &str, limit: usize, after: Option<&str>) -> vault::SearchResult {
    desk.vault
        .search(&desk.project, query, limit, after)
        .unwrap()
}

#[test]
fn what_is_not_indexed_yet_is_said_and_then_caught_up_with() {
    let place = Place::new();
    let desk = place.open();
    desk.capture(&place.file("a note.txt", "corrosion"));
    // The name is found at once, since a search catches up; the text was not read yet, and that is said.
    let found = desk.search("note");
    assert_eq!(found.total, 1);
    assert_eq!((found.missing.entries, found.missing.unread), (0, 1));
    let found = desk.search("corrosion");
    assert_eq!((found.total, found.missing.unread), (0, 1));
    desk.catch_up();
    let found = desk.search("corrosion");
    assert_eq!(found.total, 1);
    assert!(found.missing.is_nothing());
}

#[test]
fn searching_leaves_no_entry() {
    let (_place, desk) = Place::with_texts(&["corrosion"]);
    let before = desk.vault.ledger_size(&desk.project).unwrap();
    desk.search("corrosion");
    assert_eq!(desk.vault.ledger_size(&desk.project).unwrap(), before);
}

#[test]
fn a_case_without_anything_has_no_hits() {
    let place = Place::new();
    let desk = place.open();
    assert_eq!(desk.items("x"), NOTHING);
    for query in ["", "   ", "\"\"", "…", "-x"] {
        let empty = desk.vault.search(&desk.project, query, 10, None);
        assert_eq!(empty.unwrap_err().code(), "query_empty", "{query:?}");
    }
}
