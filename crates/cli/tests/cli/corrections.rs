//! Saying more about items, taking them away, and exporting them, as people and programs do it.

use serde_json::{Value, json};

use crate::case::Case;
use crate::program::run;

#[test]
fn what_was_said_is_shown_with_what_it_replaced() {
    let case = Case::new();
    case.ingest("note.txt", "Bearing B4 is worn");
    let said = case.done(&[
        "annotate",
        "1",
        "--caption",
        "Bearing B5",
        "--note",
        "two\nlines",
    ]);
    assert!(said["entry"].as_u64() > Some(3), "{said}");
    case.done(&["amend", "#1", "caption=Bearing B4", "--reason", "misread"]);
    let refused = case.refused(&["amend", "1", "name=x.txt", "--reason", "r"], 2);
    assert_eq!(refused["code"], "usage");
    let refused = case.refused(&["amend", "1", "caption=z", "--reason", ""], 1);
    assert_eq!(refused["code"], "reason_missing");

    let shown = case.done(&["show", "REF-0001"]);
    assert_eq!(shown["caption"]["text"], "Bearing B4");
    assert_eq!(shown["caption"]["corrections"][0]["old"], "Bearing B5");
    assert_eq!(shown["caption"]["corrections"][0]["reason"], "misread");
    assert_eq!(shown["notes"][0]["text"], "two\nlines");
    assert_eq!(shown["bundles"], json!([]));

    case.seal_and_accept(&[]);
    let page = case.page(&["show", "1"]);
    for part in [
        "Item 1: note.txt\n",
        "Caption         Bearing B4\n",
        ", by Ada: misread\n",
        "before: Bearing B5\n",
        "Note            two\n                  lines\n",
        "Custody:\n",
        "not stated: who, when, where, why, how\n",
        "taken in by Ada; copied from a",
        "sealed by Ada; in sealed package no. 1",
        "Sealed packages that hold it:\n  sealed package no. 1, ",
    ] {
        assert!(page.contains(part), "{part}\n---\n{page}");
    }
    let shown = case.done(&["show", "1"]);
    assert_eq!(shown["bundles"][0]["number"], 1);
    assert_eq!(shown["custody"][0]["act"], "obtained");
    assert_eq!(shown["custody"][0]["who"], Value::Null);
}

#[test]
fn withdrawn_items_are_listed_only_when_asked_for() {
    let case = Case::new();
    case.ingest("a.txt", "a");
    case.ingest("b.txt", "b");
    case.done(&["withdraw", "1", "--reason", "not ours"]);
    let listed = |arguments: &[&str]| -> Vec<u64> {
        let list = case.done(arguments);
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["item"].as_u64().unwrap()).collect()
    };
    assert_eq!(listed(&["documents"]), [2]);
    assert_eq!(listed(&["search", "txt"]), [2]);
    assert_eq!(listed(&["documents", "--all"]), [1, 2]);
    let shown = case.done(&["show", "1"]);
    assert_eq!(shown["state"], "withdrawn");
    assert_eq!(shown["withdrawals"][0]["reason"], "not ours");
    let page = case.page(&["show", "1"]);
    assert!(page.contains("Withdrawn "), "{page}");
    let refused = case.refused(&["annotate", "1", "--note", "x"], 1);
    assert_eq!(refused["code"], "item_withdrawn");
    let report = case.seal_and_accept(&[]);
    assert_eq!(report["subject"]["withdrawn"], json!([1]));
}

#[test]
fn erasing_needs_a_yes_and_leaves_a_tombstone() {
    let case = Case::new();
    let name = "Marianne Musterfrau.txt";
    case.ingest(name, "the very secret text");
    case.ingest("b.txt", "kept");
    case.seal_and_accept(&[]);
    let erase = ["withdraw", "1", "--reason", "request of 4 May", "--erase"];
    let refused = case.refused(&erase, 1);
    assert_eq!(refused["code"], "not_confirmed");
    assert!(case.holds(b"the very secret text"));
    let refused = case.refused(&["withdraw", "1", "--reason", "x", "--names"], 2);
    assert_eq!(refused["code"], "usage");

    case.done(&["hold", "1", "--reason", "court"]);
    let erase_now = [&erase[..], &["--yes"]].concat();
    assert_eq!(case.refused(&erase_now, 1)["code"], "item_held");
    case.done(&["hold", "1", "--lift", "--reason", "over"]);

    let page = case.page(&erase_now);
    assert!(
        page.contains("Item 1 is erased from this case.\n"),
        "{page}"
    );
    assert!(page.contains("package no. 1"), "{page}");
    // The package of before holds them still, as it says; nothing else does.
    std::fs::remove_dir_all(case.path("data/termite_fieldpack/artifacts")).unwrap();
    assert!(!case.holds(b"the very secret text"));
    assert!(case.holds(name.as_bytes()));
    let found = case.done(&["search", "secret"]);
    assert_eq!(found["items"], json!([]));
    let erased = case.done(&[&erase_now[..], &["--names"]].concat());
    assert_eq!(
        (&erased["names"], &erased["erased"]),
        (&json!(true), &json!([]))
    );
    assert!(!case.holds(b"Musterfrau"));
    assert_eq!(case.refused(&erase_now, 1)["code"], "item_erased");
    let target = case.path("out.txt");
    assert_eq!(
        case.refused(&["export", "item", "1", &target], 1)["code"],
        "item_erased"
    );
    let report = case.seal_and_accept(&["--full"]);
    assert_eq!(report["subject"]["withdrawn"], json!([1]));
    let ran = case.run(&["reproduce", "1"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.starts_with("error[withdrawn]: "), "{}", ran.err);
    let page = case.page(&["show", "1"]);
    assert!(page.contains("(its name was erased)"), "{page}");
    let check = case.done(&["ledger", "--verify"]);
    assert_eq!(check["findings"], json!([]));
}

/// Somebody who stores keeps the bytes from being removed; the next start does it and says so.
#[test]
fn an_erasure_that_could_not_be_finished_is_finished_at_the_next_start() {
    let case = Case::new();
    case.ingest("a.txt", "gone a little later");
    let lock = std::fs::File::open(case.path("data/termite_fieldpack/runtime/cas/.lock")).unwrap();
    lock.lock_shared().unwrap();
    let erased = case.done(&["withdraw", "1", "--reason", "r", "--erase", "--yes"]);
    assert!(erased["unfinished"].is_string());
    assert!(case.holds(b"gone a little later"));
    lock.unlock().unwrap();
    let ran = case.run(&["projects", "create", "other"]);
    assert_eq!(ran.status, 0);
    assert!(
        ran.err
            .starts_with("hint: bytes that were erased before are removed now"),
        "{}",
        ran.err
    );
    assert!(!case.holds(b"gone a little later"));
    let ran = case.run(&["projects", "create", "third"]);
    assert_eq!(ran.err, "");
}

#[test]
fn bytes_that_another_item_has_stay_and_that_is_said() {
    let case = Case::new();
    case.ingest("a.txt", "same");
    case.ingest("b.txt", "same");
    let page = case.page(&["withdraw", "1", "--reason", "r", "--erase", "--yes"]);
    assert!(page.contains("item 2 has the same"), "{page}");
    assert!(case.holds(b"same"));
    case.seal_and_accept(&[]);
    let page = case.page(&["show", "2"]);
    assert!(
        page.contains("Same content as  1 (erased)") || page.contains("1 (erased)"),
        "{page}"
    );
}

#[test]
fn numbers_are_those_of_this_case() {
    let case = Case::new();
    case.ingest("a.txt", "a");
    case.done(&["projects", "rename", "default", "--reference", "HB-7"]);
    assert_eq!(case.done(&["show", "HB-7-0001"])["item"], 1);
    assert_eq!(case.refused(&["show", "HB-8-0001"], 2)["code"], "usage");
    assert_eq!(case.refused(&["show", "2"], 1)["code"], "item_unknown");
}

/// An act in one case leaves no trace in another, whatever is asked there.
#[test]
fn nothing_is_said_across_cases() {
    let case = Case::new();
    case.done(&["projects", "create", "harbour-7"]);
    case.done(&["projects", "create", "beta"]);
    // Alpha is the only one to know these words.
    let file = case.write("Xanthippe.txt", "shared bytes");
    case.done(&[
        "--project",
        "harbour-7",
        "ingest",
        &file,
        "--from",
        "Quirinus",
    ]);
    let file = case.write("plain.txt", "shared bytes");
    let taken = case.done(&["--project", "beta", "ingest", &file]);
    assert_eq!(taken["documents"][0]["status"], "captured");
    assert_eq!(taken["documents"][0]["same_as"], Value::Null);
    case.done(&[
        "--project",
        "harbour-7",
        "annotate",
        "1",
        "--caption",
        "Oblomov",
    ]);
    case.done(&["--project", "harbour-7", "seal", "--label", "Nepomuk"]);
    case.done(&["--project", "beta", "seal"]);

    let erase = ["withdraw", "1", "--reason", "r", "--erase", "--yes"];
    let out = case.path("beta.txt");
    let asked: &[&[&str]] = &[
        &["documents", "--all"],
        &["show", "1"],
        &["show", "2"],
        &["annotate", "2", "--note", "x"],
        &["amend", "2", "caption=x", "--reason", "r"],
        &["hold", "2", "--reason", "r"],
        &["export", "item", "1", &out],
        &["export", "hashes", "--format", "csv"],
        &["export", "hashes", "--format", "hashdeep"],
        &["export", "hashes"],
        &["search", "Oblomov"],
        &["search", "txt"],
        &["search", "shared"],
        &["ledger"],
        &["ledger", "--item", "1"],
        &["ledger", "--verify"],
        &["bundles"],
        &["reproduce", "1"],
        &["reproduce", "2"],
        &["seal", "--items", "1"],
        &["seal", "--full"],
        &erase,
        &["show", "1"],
        &["export", "item", "1", &out],
        &["reproduce", "1"],
        &["seal"],
    ];
    for question in asked {
        for form in [&["--json"][..], &[]] {
            let arguments = [&["--project", "beta"], form, question].concat();
            let ran = case.run(&arguments);
            for said in [&ran.out, &ran.err] {
                for word in [
                    "Xanthippe",
                    "Quirinus",
                    "Oblomov",
                    "Nepomuk",
                    "harbour-7",
                    "same content",
                ] {
                    assert!(!said.contains(word), "{arguments:?} says {word}: {said}");
                }
            }
        }
    }
    // Erased there, and as good as before here: the bytes are shared, the words are not.
    let shown = case.done(&["--project", "beta", "show", "1"]);
    assert_eq!(shown["state"], "erased");
    let again = case.refused(
        &["--project", "beta", "export", "item", "1", &case.path("x")],
        1,
    );
    assert_eq!(again["code"], "item_erased");
    let out = case.path("harbour-7.txt");
    case.done(&["--project", "harbour-7", "export", "item", "1", &out]);
    assert_eq!(std::fs::read(out).unwrap(), b"shared bytes");
    case.done(&["--project", "harbour-7", "seal", "--full"]);
}

#[test]
fn commands_of_items_explain_themselves() {
    for command in ["show", "annotate", "amend", "withdraw", "hold", "export"] {
        let ran = run(&[command, "--help"]);
        assert_eq!(ran.status, 0);
        let ran = run(&[command, "--json"]);
        assert_eq!(ran.document()["error"]["code"], "usage");
    }
}
