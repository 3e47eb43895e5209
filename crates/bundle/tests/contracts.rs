//! StudSpec and TubeSpec: what the reference finds wrong with a contract, and where.

#![allow(clippy::unwrap_used)]

use bundle::canon::Value;
use bundle::policy::{Issue, Severity, studspec_issues, tubespec_issues};

type Rules = fn(&Value) -> Vec<Issue>;

fn check(rules: Rules, spec: &str, expected: &[(&str, Severity)]) {
    let issues = rules(&Value::parse(spec.as_bytes()).unwrap());
    let found: Vec<_> = issues
        .iter()
        .map(|i| (i.path.as_str(), i.severity))
        .collect();
    assert_eq!(found, expected, "{spec}");
}

// The contracts of the test vectors, with the issues that the reference found in them.
const GOOD_STUD: &str = r#"{"studspec": "1.0", "memite_id": "memite/demo", "kind": "tool", "io": {"inputs": [{"name": "in", "schema": "ldna://json/doc@1.0.0"}], "outputs": [{"name": "out", "schema": "ldna://json/rep@1.0.0"}]}, "constraints": {"determinism": "strict", "max_ram_mb": 64}}"#;
const BAD_STUD: &str = r#"{"studspec": "1.0", "memite_id": "memite/demo", "kind": "spaceship", "io": {"inputs": [{"name": "in", "schema": "ldna://json/doc@1.0.0"}], "outputs": [{"name": "out", "schema": "ldna://json/rep@1.0.0"}]}, "constraints": {"determinism": "strict", "max_ram_mb": 64}}"#;
const WARN_STUD: &str = r#"{"studspec": "1.0", "memite_id": "memite/demo", "kind": "tool", "io": {"inputs": [], "outputs": []}, "constraints": {"determinism": "strict", "max_ram_mb": 64}}"#;
const GOOD_TUBE: &str =
    r#"{"tubespec": "1.0", "runtime": {"python": ">=3.11"}, "deps": ["pyyaml"]}"#;
const BAD_TUBE: &str = r#"{"tubespec":"2.0"}"#;

#[test]
fn the_contracts_of_the_vectors_have_the_recorded_issues() {
    check(studspec_issues, GOOD_STUD, &[]);
    check(studspec_issues, BAD_STUD, &[("/kind", Severity::Error)]);
    check(
        studspec_issues,
        WARN_STUD,
        &[("/io/outputs", Severity::Warn)],
    );
    check(tubespec_issues, GOOD_TUBE, &[]);
    check(
        tubespec_issues,
        BAD_TUBE,
        &[("/", Severity::Error), ("/runtime", Severity::Error)],
    );
}

#[test]
fn every_rule_of_a_stud_has_its_place() {
    let error = |path| (path, Severity::Error);
    check(studspec_issues, "[]", &[error("/")]);
    let all = [
        "/",
        "/memite_id",
        "/kind",
        "/io/inputs",
        "/io/outputs",
        "/constraints/determinism",
    ];
    check(studspec_issues, "{}", &all.map(error));
    let replaced = |from: &str, to: &str| {
        assert!(GOOD_STUD.contains(from));
        GOOD_STUD.replacen(from, to, 1)
    };
    for id in ["m", "a..b", "a//b", "a b", "é/demo"] {
        check(
            studspec_issues,
            &replaced("memite/demo", id),
            &[error("/memite_id")],
        );
    }
    check(
        studspec_issues,
        &replaced("\"in\"", "\"\""),
        &[error("/io/inputs/0/name")],
    );
    check(
        studspec_issues,
        &replaced("\"ldna://json/doc@1.0.0\"", "7"),
        &[error("/io/inputs/0/schema")],
    );
    for schema in [
        "json/doc@1.0.0",
        "ldna://json/doc@1.0",
        "ldna://json@1.0.0",
        "ldna://json/doc@1.0.x",
    ] {
        let warned = &[("/io/inputs/0/schema", Severity::Warn)];
        check(
            studspec_issues,
            &replaced("ldna://json/doc@1.0.0", schema),
            warned,
        );
    }
    check(
        studspec_issues,
        &replaced("64", "-1"),
        &[error("/constraints/max_ram_mb")],
    );
    check(
        studspec_issues,
        &replaced("64", "true"),
        &[error("/constraints/max_ram_mb")],
    );
    check(
        studspec_issues,
        &replaced("64", "64, \"network\": 0"),
        &[error("/constraints/network")],
    );
}

#[test]
fn every_rule_of_a_tube_has_its_place() {
    let error = |path| (path, Severity::Error);
    let spec = r#"{"tubespec":"1.0","runtime":{"python":"","os":1,"accelerator":null},
        "deps":["a b","",1],"tools":[{"id":"x","allowlist_key":"x"},{}]}"#;
    let expected = [
        error("/runtime/python"),
        error("/runtime/os"),
        ("/deps/0", Severity::Warn),
        error("/deps/1"),
        error("/deps/2"),
        error("/tools/1/id"),
        error("/tools/1/allowlist_key"),
    ];
    check(tubespec_issues, spec, &expected);
    let spec = r#"{"tubespec":"1.0","runtime":{"python":"3"},"deps":{},"tools":null}"#;
    check(tubespec_issues, spec, &[error("/deps"), error("/tools")]);
}
