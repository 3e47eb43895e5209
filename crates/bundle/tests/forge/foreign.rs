//! Bundles of the reference platform: nothing is easier to forge than what is not looked at.

use bundle::canon::Value;
use bundle::format::manifest::map_hash;

use crate::case::failures;
use crate::forge::{pack, unpack};
use crate::hooks::Members;
use crate::receiver::{desk, folder};

fn reference() -> Members {
    unpack(&std::fs::read(folder().join("good/one-text.zip")).unwrap())
}

/// The reasons for which a receiver of that bundle refuses these members.
fn refused(members: &Members) -> Vec<String> {
    let report = desk("kits/strict").check(&pack(members));
    assert!(!report.accepted, "{}", report.statement);
    let reasons = failures(&report);
    reasons
        .into_iter()
        .map(|(code, _)| code.to_owned())
        .collect()
}

/// A list that fits whatever the forger put in.
fn relisted(members: &mut Members) {
    let manifest = Value::parse(&members["manifest.json"]).unwrap();
    let mut manifest = manifest.as_object().unwrap().clone();
    let files = manifest.object("files").unwrap().clone();
    let digests = files
        .iter()
        .map(|(name, _)| (name.clone(), crate::forge::sha(&members[name])));
    let files: bundle::canon::Object = digests.collect();
    let pairs = files
        .iter()
        .map(|(name, digest)| (name.as_str(), digest.as_str().unwrap()));
    manifest.insert("bundle_map_hash", map_hash(pairs));
    manifest.insert("provenance_hash", files.get("provenance.jsonl").cloned());
    manifest.insert("files", files.clone());
    members.insert(
        "manifest.json".to_owned(),
        Value::from(manifest).to_canonical(),
    );
}

#[test]
fn the_vector_is_accepted_when_packed_again() {
    let report = desk("kits/strict").check(&pack(&reference()));
    assert!(report.accepted, "{:?}", failures(&report));
}

#[test]
fn papers_too_large_to_read_sign_nothing() {
    let papers = [
        "attestation.json",
        "attestation.dsse.json",
        "sbom/bom.dsse.json",
    ];
    let mut members = reference();
    for name in papers {
        members.insert(name.to_owned(), vec![b' '; 17 << 20]);
    }
    members.insert("provenance.jsonl".to_owned(), Vec::new());
    relisted(&mut members);
    let reasons = refused(&members);
    for reason in [
        "attestation_parse_error",
        "dsse_attestation_invalid:too_large",
        "dsse_sbom_invalid:too_large",
    ] {
        assert!(reasons.iter().any(|code| code == reason), "{reasons:?}");
    }
}

#[test]
fn an_envelope_is_about_this_manifest_whatever_the_hashes_are() {
    let mut members = reference();
    let manifest = String::from_utf8(members["manifest.json"].clone()).unwrap();
    let policy_hash = "\"policy_hash\":\"";
    let manifest = manifest.replacen(policy_hash, &format!("{policy_hash}x"), 1);
    members.insert("manifest.json".to_owned(), manifest.into_bytes());
    let reasons = refused(&members);
    for reason in [
        "sub_hash_mismatch:policy_hash",
        "dsse_manifest_digest_mismatch",
        "attestation_manifest_hash_mismatch",
    ] {
        assert!(reasons.iter().any(|code| code == reason), "{reasons:?}");
    }
}
