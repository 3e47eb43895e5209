//! Finding again, as people and programs do it.

use serde_json::json;

use crate::case::Case;

#[test]
fn what_was_ingested_is_found_and_marked_without_colours() {
    let case = Case::new();
    case.ingest("note.txt", "The bearing B4 is corroded on the north side");
    case.ingest("bearing photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF");
    let found = case.done(&["search", "bearing"]);
    assert_eq!((&found["total"], &found["next"]), (&json!(2), &json!(null)));
    assert_eq!(
        found["missing"],
        json!({"damaged": 0, "entries": 0, "unread": 0})
    );
    assert_eq!(
        (&found["ignored"], &found["trouble"]),
        (&json!(0), &json!(null))
    );
    let names: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| &hit["where"])
        .collect();
    assert_eq!(names, ["name", "text"]);
    let hit = &found["items"][1];
    assert_eq!((&hit["item"], &hit["label"]), (&json!(1), &json!("#1")));
    assert_eq!(hit["marks"], json!([[4, 11]]));
    assert_eq!(hit["text"], json!({"chunk": 0, "start": 0, "end": 44}));

    let page = case.page(&["search", "bearing"]);
    assert_eq!(
        page,
        "      #2  [bearing] photo.jpg\n      #1  note.txt\n          The [bearing] B4 is corroded on the north side\n2 items found.\n"
    );
    let page = case.page(&["search", "bearing", "corro*", "--limit", "1"]);
    assert!(page.contains("The [bearing] B4 is [corroded] on"), "{page}");
    assert!(
        case.page(&["search", "bearing -corroded"])
            .contains("\n1 item found.")
    );
    assert!(
        case.page(&["search", "\"north side\" -quartz"])
            .contains("\n1 item found.")
    );
}

#[test]
fn nothing_found_and_nothing_asked_for() {
    let case = Case::new();
    case.ingest("note.txt", "text");
    let ran = case.run(&["search", "absent"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "Nothing was found.\n"));
    assert!(
        ran.err.contains("hint: an item must have all the words"),
        "{}",
        ran.err
    );
    for query in ["", "…", " -text"] {
        assert_eq!(case.refused(&["search", query], 1)["code"], "query_empty");
    }
    assert_eq!(
        case.refused(&["search", "text", "--after", "x"], 1)["code"],
        "invalid_value"
    );
    for query in [
        "\"",
        "a\"b",
        "NEAR(",
        "text OR",
        "*",
        "😀",
        "'; DROP TABLE words; --",
    ] {
        let ran = case.run(&["search", query]);
        assert!(
            ran.status == 0 || ran.err.contains("query_empty"),
            "{query}: {}",
            ran.err
        );
    }
}

#[test]
fn pages_follow_each_other() {
    let case = Case::new();
    for n in 0..5 {
        case.ingest(&format!("{n}.txt"), format!("rust {n}"));
    }
    let first = case.done(&["search", "rust", "--limit", "3"]);
    assert_eq!(
        (first["items"].as_array().unwrap().len(), &first["total"]),
        (3, &json!(5))
    );
    let next = first["next"].as_str().unwrap();
    let second = case.done(&["search", "rust", "--limit", "3", "--after", next]);
    assert_eq!(
        (second["items"].as_array().unwrap().len(), &second["next"]),
        (2, &json!(null))
    );
    assert!(
        case.page(&["search", "rust", "--limit", "3"])
            .contains(&format!("There are more: --after {next}\n"))
    );
}

#[test]
fn what_is_read_later_is_said_to_be_missing() {
    let case = Case::new();
    let path = case.write("note.txt", "corrosion");
    case.done(&["ingest", &path, "--index", "later"]);
    let page = case.page(&["search", "corrosion"]);
    assert!(
        page.contains("The text of 1 item was not read yet"),
        "{page}"
    );
    assert!(case.page(&["search", "note"]).contains("\n1 item found."));
    case.ingest("other.txt", "something else");
    assert!(
        case.page(&["search", "corrosion"])
            .contains("1 item found.\n")
    );
}

#[test]
fn a_case_with_a_reference_shows_it() {
    let case = Case::new();
    case.done(&["projects", "create", "bridge", "--reference", "HB-14"]);
    let path = case.write("note.txt", "rust");
    case.done(&["ingest", &path, "--project", "bridge"]);
    let page = case.page(&["search", "rust", "--project", "bridge"]);
    assert!(page.starts_with("  HB-14-0001  note.txt\n"), "{page}");
    assert_eq!(
        case.refused(&["search", "rust"], 1)["code"],
        "project_unknown"
    );
}

#[test]
fn searching_makes_no_data_root_and_erasing_leaves_no_word_in_one() {
    let case = Case::new();
    assert_eq!(case.refused(&["search", "x"], 3)["code"], "not_a_data_root");
    case.ingest("Zwiebelturm.txt", "Rumpelstilzchen war hier");
    assert_eq!(case.done(&["search", "Rumpelstilzchen"])["total"], 1);
    assert!(case.holds(b"Rumpelstilzchen") && case.holds(b"rumpelstilzchen"));
    case.done(&[
        "withdraw", "1", "--erase", "--names", "--yes", "--reason", "not ours",
    ]);
    for word in [
        "Rumpelstilzchen",
        "rumpelstilzchen",
        "Zwiebelturm",
        "zwiebelturm",
    ] {
        assert!(!case.holds(word.as_bytes()), "{word}");
    }
    assert_eq!(case.done(&["search", "Rumpelstilzchen"])["total"], 0);
}
