//! The rules of a case.

use crate::case::Case;

const RULES: &str = "meap_v1:\n  policy_id: HOUSE_RULES\n  mode: QUARANTINE\n";

#[test]
fn a_case_gets_rules_of_its_own_and_they_hold_and_stand_in_the_record() {
    let case = Case::new();
    case.ingest("a.txt", "a");
    let before = case.done(&["policy"]);
    assert_eq!(before["policy_id"], "FIELDGRADE_V1");
    assert_eq!(before["own"], false);
    let file = case.write("rules.yaml", RULES);
    let set = case.done(&["policy", "set", &file]);
    assert_eq!(set["policy_id"], "HOUSE_RULES");
    assert_eq!(set["mode"], "QUARANTINE");
    let shown = case.page(&["policy"]);
    assert!(shown.starts_with(RULES), "{shown}");
    let record = case.page(&["ledger"]);
    assert!(
        record.contains("The rules of the case were changed, by Ada"),
        "{record}"
    );
    case.ingest("b.txt", "b");
    let report = case.seal_and_accept(&[]);
    assert_eq!(report["policy_id"], "HOUSE_RULES");
    case.page(&["policy", "reset"]);
    assert_eq!(case.done(&["policy"])["policy_id"], "FIELDGRADE_V1");
    case.done(&["ledger", "--verify"]);
}

#[test]
fn wrong_rules_are_refused_with_their_place_and_change_nothing() {
    let case = Case::new();
    case.ingest("a.txt", "a");
    for (text, code, place) in [
        ("meap_v1: [", "policy_unreadable", "line 1, column 11"),
        (
            "meap_v1:\n  thresholds: 3\n",
            "policy_wrong_type",
            "rules.yaml",
        ),
    ] {
        let file = case.write("rules.yaml", text);
        let error = case.refused(&["policy", "set", &file], 2);
        assert_eq!(error["code"], code);
        assert!(error["place"].as_str().unwrap().contains(place), "{error}");
    }
    let error = case.refused(&["policy", "set", "none.yaml"], 3);
    assert_eq!(error["code"], "no_such_file");
    assert!(!case.page(&["ledger"]).contains("rules"));
}
