//! The receiver's rules.

use bundle::canon::Value;

use crate::case::{Case, UNMET, accepted, all, refused};
use crate::forge::{forge, vector};
use crate::receiver::{Desk, lenient, strict};

const UNDER_LENIENT: &str = "series-1";

fn ruled(code: &'static str, what: &'static str, old: &'static str, new: &'static str) -> Case {
    refused(code, what, UNMET, move || {
        (vector(UNDER_LENIENT), lenient().rule(old, new))
    })
}

fn allowing(types: &'static str) -> Desk {
    let new = format!("allowed_artifact_types: [{types}]");
    lenient().rule("allowed_artifact_types: []", &new)
}

/// Sealed without a list of keys.
fn null_list() -> Vec<u8> {
    let seal = |seal: &mut bundle::canon::Object| seal.insert("allowlist_hash", Value::Null);
    forge("series-1")
        .seal_content(seal)
        .manifest(|manifest| manifest.insert("allowlist_hash", Value::Null))
        .build()
}

/// The person of one entry has no name.
fn unnamed() -> Vec<u8> {
    let strike = |event: &mut crate::draft::Draft| {
        let actor = event.source.object().object("actor").unwrap().clone();
        event.source.set("actor", actor.with("name", ""));
    };
    forge("series-1").at(4, strike).build()
}

/// One entry has no source at all.
fn unsourced() -> Vec<u8> {
    forge("series-1")
        .at(4, |event| event.source = crate::draft::Body::None)
        .build()
}

pub fn cases() -> Vec<Case> {
    let (actor, series) = ("require_actor: false", "require_series: false");
    vec![
        ruled(
            "bundle_too_large",
            "no bytes allowed",
            "max_bundle_mb: 1048576",
            "max_bundle_mb: 0",
        ),
        ruled(
            "too_many_files",
            "few members allowed",
            "max_files_in_bundle: 5000000",
            "max_files_in_bundle: 16",
        ),
        accepted("as many members as allowed", || {
            (
                vector("series-1"),
                lenient().rule("max_files_in_bundle: 5000000", "max_files_in_bundle: 17"),
            )
        }),
        ruled(
            "protected_path:cas/raw/",
            "a protected folder",
            "protected_paths: []",
            "protected_paths: [\"cas/raw/\"]",
        ),
        ruled(
            "protected_path:policy.json",
            "a protected member",
            "protected_paths: []",
            "protected_paths: [\"policy.json\"]",
        ),
        accepted("a protected path that is only alike", || {
            (
                vector("series-1"),
                lenient().rule(
                    "protected_paths: []",
                    "protected_paths: [\"cas/ra\", \"policy\"]",
                ),
            )
        }),
        ruled(
            "meap_eval_failed",
            "the kill switch",
            "kill_switch: {enabled: false",
            "kill_switch: {enabled: true",
        ),
        ruled(
            "meap_eval_failed",
            "the other kill switch",
            "kill: false",
            "kill: true",
        ),
        refused("meap_eval_failed", "no blobs allowed", UNMET, || {
            (
                vector("series-1"),
                allowing("report, provenance, sbom, kg_delta"),
            )
        }),
        accepted("every kind that it has allowed", || {
            (
                vector("series-1"),
                allowing("report, blob, provenance, sbom, kg_delta"),
            )
        }),
        refused(
            "policy_hash_mismatch",
            "sealed under other rules",
            UNMET,
            || {
                (
                    vector("series-1"),
                    strict().rule("FG_STRICT", "FG_STRICTER"),
                )
            },
        ),
        refused(
            "allowlist_hash_mismatch",
            "sealed with another list",
            UNMET,
            || {
                (
                    vector("series-1"),
                    strict().with(|desk| desk.allowlist_hash = Some(bundle::Sha256::of(b"other"))),
                )
            },
        ),
        refused(
            "allowlist_hash_mismatch",
            "sealed without a list",
            UNMET,
            || (null_list(), strict()),
        ),
        refused(
            "allowlist_hash_mismatch",
            "no list to compare with",
            UNMET,
            || {
                (
                    vector("series-1"),
                    strict().with(|desk| desk.allowlist_hash = None),
                )
            },
        ),
        refused(
            "allowlist_hash_mismatch",
            "no list on either side",
            UNMET,
            || {
                (
                    null_list(),
                    strict().with(|desk| desk.allowlist_hash = None),
                )
            },
        ),
        accepted("no list, and none demanded", || (null_list(), lenient())),
        refused("actor_missing", "a person without name", UNMET, move || {
            (unnamed(), lenient().rule(actor, "require_actor: true"))
        }),
        refused(
            "actor_missing",
            "an entry without person",
            UNMET,
            move || (unsourced(), lenient().rule(actor, "require_actor: true")),
        ),
        accepted("a person without name, and none demanded", unnamed),
        accepted("persons everywhere", move || {
            (
                vector("series-2"),
                lenient().rule(actor, "require_actor: true"),
            )
        }),
        refused("series_incomplete", "nothing known", UNMET, move || {
            (
                vector("series-2"),
                lenient().rule(series, "require_series: true"),
            )
        }),
        accepted("everything known", move || {
            let known = crate::series::known("series-1");
            (
                vector("series-2"),
                lenient()
                    .rule(series, "require_series: true")
                    .with(|desk| desk.memory.bundles.push(known)),
            )
        }),
        refused("series_incomplete", "one missing", UNMET, move || {
            let known = crate::series::known("series-1");
            (
                vector("series-3"),
                lenient()
                    .rule(series, "require_series: true")
                    .with(|desk| desk.memory.bundles.push(known)),
            )
        }),
        accepted("the whole record", move || {
            (
                vector("series-4-full"),
                lenient().rule(series, "require_series: true"),
            )
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
