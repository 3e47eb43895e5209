//! Every reason of the catalogue has a bundle that is refused for it first.

use std::collections::BTreeSet;

use bundle::verify::CODES;

use crate::case::Case;

/// Reasons that no bundle of ours can give first, and what shows them instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "invalid_studspec",
        "a contract of the reference: bundles of ours hold none; its vectors bad-studspec, warn-studspec",
    ),
    ("invalid_tubespec", "likewise; its vector bad-tubespec"),
    (
        "delta_malformed",
        "a delta of ours is rebuilt and compared; the reference's vectors delta-*",
    ),
];

fn everything() -> Vec<Case> {
    [
        crate::allowed::cases(),
        crate::archive::cases(),
        crate::attestations::cases(),
        crate::before::cases(),
        crate::bodies::cases(),
        crate::envelopes::cases(),
        crate::excerpts::cases(),
        crate::form::cases(),
        crate::keys::cases(),
        crate::papers::cases(),
        crate::presence::cases(),
        crate::record::cases(),
        crate::rules::cases(),
        crate::sealing::cases(),
        crate::series::cases(),
        crate::signers::cases(),
        crate::tombstones::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_reason_is_the_first_one_somewhere() {
    let cases = everything();
    let first: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| case.code?.split(':').next())
        .collect();
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(code, _)| *code).collect();
    let missing: Vec<&str> = CODES
        .iter()
        .map(|code| code.word)
        .filter(|word| !first.contains(word) && !elsewhere.contains(word))
        .collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "no bundle is refused for these"
    );
    let twice: Vec<_> = elsewhere.intersection(&first).collect();
    assert!(twice.is_empty(), "{twice:?} have a bundle after all");
}
