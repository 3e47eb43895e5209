use bundle::verify::{Nothing, Report, Status};

use crate::corpus::{Kit, folder, json};

/// What we decided where a strict verifier may do either; the reasons stand in the format document.
const EITHER: [(&str, bool); 8] = [
    ("bad/dsse-two-signatures-one-good.zip", true),
    ("bad/resealed-no-kg-delta.zip", true),
    ("bad/stored.zip", true),
    ("bad/unsorted.zip", true),
    ("bad/real-timestamps.zip", true),
    ("bad/manifest-not-canonical.zip", true),
    ("bad/delta-id-empty.zip", true),
    ("bad/warn-studspec.zip", false),
];

#[test]
fn every_verdict_is_the_strict_one_and_names_the_references_reason() {
    let index = json("index.json");
    let mut wrong = Vec::new();
    for file in index["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        let kit = Kit::load(&format!("kits/{}", file["kit"].as_str().unwrap()));
        let report = kit.check(&std::fs::read(folder().join(name)).unwrap(), &Nothing);
        let expected = match file["strict"]["verify"].as_str().unwrap() {
            "accept" => true,
            "refuse" => false,
            _ => EITHER
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, accept)| *accept)
                .unwrap(),
        };
        if report.accepted != expected {
            wrong.push(format!(
                "{name}: accepted {}, code {:?}",
                report.accepted, report.code
            ));
        }
        if report.accepted == report.code.is_some() {
            wrong.push(format!(
                "{name}: accepted {} with code {:?}",
                report.accepted, report.code
            ));
        }
        let theirs = &file["reference"]["verify"];
        let reason = theirs["reason"].as_str().unwrap();
        if theirs["outcome"] == "refused" && !names(&report, reason) {
            wrong.push(format!(
                "{name}: {reason} is not among {:?}",
                codes(&report)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn codes(report: &Report) -> Vec<&str> {
    let failed = report
        .checks
        .iter()
        .filter(|check| check.status == Status::Fail);
    failed.filter_map(|check| check.code.as_deref()).collect()
}

fn names(report: &Report, reason: &str) -> bool {
    // What follows is a message of Python's JSON parser.
    let parser = reason
        .strip_prefix("dsse_attestation_invalid:Expecting")
        .is_some();
    codes(report)
        .iter()
        .any(|code| *code == reason || (parser && code.starts_with("dsse_attestation_invalid:")))
}
