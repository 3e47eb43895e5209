//! The hashes of every policy and allowlist among the test vectors.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::PathBuf;

use bundle::canon::{Object, Value};
use bundle::policy::{Allowlist, ArtifactType, Mode, OwnBundles, Policy};

fn vectors() -> PathBuf {
    match std::env::var_os("FIELDGRADE_VECTORS") {
        Some(folder) => folder.into(),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors")),
    }
}

fn read(path: &str) -> Vec<u8> {
    let path = vectors().join(path);
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn json(path: &str) -> Object {
    // Some recorded results hold numbers that the strict reader refuses.
    let value: serde_json::Value = serde_json::from_slice(&read(path)).unwrap();
    let kits = serde_json::to_vec(&pick(&value)).unwrap();
    Value::parse(&kits).unwrap().as_object().unwrap().clone()
}

/// The parts of an index that are about policies.
fn pick(value: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({ "kits": value.get("kits"), "policy_hash": value.get("policy_hash") })
}

/// Checks one kit against the hashes recorded for it.
fn check(folder: &str, recorded: &Object) {
    let policy = Policy::from_yaml(&read(&format!("{folder}/policy.yaml"))).unwrap();
    let allowlist = Allowlist::from_yaml(&read(&format!("{folder}/allowlist.yaml"))).unwrap();
    assert_eq!(
        policy.hash().to_string(),
        recorded.string("policy_hash").unwrap(),
        "{folder}"
    );
    assert_eq!(
        allowlist.hash().to_string(),
        recorded.string("allowlist_hash").unwrap(),
        "{folder}"
    );
    policy.sealable().unwrap();
    allowlist.sealable().unwrap();
    if let Some(mode) = recorded.get("mode") {
        assert_eq!(Value::from(policy.mode().as_str()), *mode, "{folder}");
    }
    if let Some(toolchain) = recorded.get("toolchain_id").and_then(Value::as_str) {
        assert!(allowlist.get(toolchain).is_some(), "{folder}");
    }
    for entry in allowlist.entries() {
        read(&format!("{folder}/{}", entry.pubkey_path));
    }
    let carried = Policy::from_normalised(Value::parse(&policy.canonical()).unwrap()).unwrap();
    assert_eq!(carried.hash(), policy.hash());
}

#[test]
fn every_kit_has_the_hashes_recorded_for_it() {
    for (index, folder) in [("index.json", "kits"), ("ours/index.json", "ours/kits")] {
        let index = json(index);
        let kits = index.object("kits").unwrap();
        assert!(!kits.is_empty());
        for (name, recorded) in kits {
            check(&format!("{folder}/{name}"), recorded.as_object().unwrap());
        }
    }
    let primitives = json("primitives.json");
    for recorded in primitives.array("policy_hash").unwrap() {
        let recorded = recorded.as_object().unwrap();
        check(
            &format!("kits/{}", recorded.string("kit").unwrap()),
            recorded,
        );
    }
}

#[test]
fn the_policy_of_a_new_project_is_the_recorded_one() {
    let ours = Policy::fieldgrade_v1();
    let hash = "bde5dcdfd6bd438cdcf6f35d6aeb1b60d2f755dfc29653ca07a99c6207e4cf76";
    assert_eq!(ours.hash().to_string(), hash);
    assert_eq!(
        Policy::from_yaml(Policy::FIELDGRADE_V1_YAML.as_bytes()).unwrap(),
        ours
    );
    assert_eq!(
        Policy::from_yaml(&read("ours/kits/fieldgrade/policy.yaml")).unwrap(),
        ours
    );
    assert_eq!(Policy::from_normalised(ours.value().clone()).unwrap(), ours);

    assert_eq!(
        (ours.id(), ours.mode()),
        ("FIELDGRADE_V1", Mode::ReviewOnly)
    );
    assert_eq!(
        (ours.max_bundle_bytes(), ours.max_files()),
        (1 << 40, 5_000_000)
    );
    assert_eq!(ours.own_bundles(), OwnBundles::Merge);
    assert!(ours.thresholds().signature && ours.thresholds().cyclonedx_sbom);
    assert!(!ours.thresholds().policy_hash_match && !ours.thresholds().allowlist_hash_match);
    assert!(
        ArtifactType::ALL
            .iter()
            .all(|artifact| ours.allows(*artifact))
    );
    assert!(!ours.kill_switch() && !ours.require_actor() && !ours.require_series());
}

fn policy(text: &str) -> Policy {
    Policy::from_yaml(text.as_bytes()).unwrap()
}

fn refusal(text: &str) -> String {
    Policy::from_yaml(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn absent_keys_have_the_defaults_of_the_reference_and_stay_absent() {
    let minimal = policy("meap_v1: {}");
    assert_eq!(minimal.canonical(), b"{}");
    assert_eq!(
        (minimal.id(), minimal.mode()),
        ("MEAP_V1", Mode::ReviewOnly)
    );
    assert_eq!(
        (minimal.max_bundle_bytes(), minimal.max_files()),
        (250 << 20, 20_000)
    );
    let demands = minimal.thresholds();
    assert!(demands.signature && demands.manifest_hashes && demands.deterministic_bundle_hash);
    assert!(!demands.policy_hash_match && !demands.allowlist_hash_match);
    assert!(!demands.dsse_attestations && !demands.cyclonedx_sbom);
    assert_eq!(minimal.own_bundles(), OwnBundles::AsMode);

    let built_in =
        br#"{"mode":"REVIEW_ONLY","policy_id":"MEAP_V1_DEFAULT","policy_version":1,"thresholds":{}}"#;
    assert_eq!(policy("").canonical(), built_in);
    assert_eq!(policy("other: 1").canonical(), built_in);
}

#[test]
fn the_older_schema_becomes_the_newer_one() {
    let old = policy("policy:\nreplay: {require_provenance_chain: 0}\nlimits: {max_bundle_mb: 7}");
    assert_eq!(old.id(), "MEAP_V1_LEGACY");
    assert_eq!((old.max_bundle_bytes(), old.max_files()), (7 << 20, 20_000));
    assert!(!old.thresholds().policy_hash_match && old.thresholds().allowlist_hash_match);
    assert_eq!(old.allowed_artifact_types().len(), 10);
    let given =
        policy("policy: {}\nthresholds: {require_signature: no}\nlimits: {max_bundle_mb: 7}");
    assert!(!given.thresholds().signature);
    assert_eq!(given.max_bundle_bytes(), 250 << 20);
}

#[test]
fn words_and_truth_are_those_of_the_reference() {
    let mode = |word: &str| policy(&format!("meap_v1: {{mode: {word}}}")).mode();
    assert_eq!(mode("' auto_merge '"), Mode::AutoMerge);
    assert_eq!(mode("kill"), Mode::Kill);
    assert_eq!(mode("MERGE"), Mode::Quarantine);
    assert_eq!(mode("off"), Mode::Quarantine);
    for (word, truth) in [
        ("'false'", true),
        ("no", false),
        ("0", false),
        ("''", false),
        ("~", false),
        ("[0]", true),
    ] {
        let text = format!("meap_v1: {{kill_switch: {{kill: {word}}}}}");
        assert_eq!(policy(&text).kill_switch(), truth, "{word}");
    }
}

#[test]
fn protected_paths_cover_themselves_and_what_lies_under_them() {
    let policy = policy("meap_v1: {protected_paths: [runtime/keys/, a.txt, '/', '']}");
    assert_eq!(policy.protects("runtime/keys"), Some("runtime/keys/"));
    assert_eq!(policy.protects("runtime/keys/alpha"), Some("runtime/keys/"));
    assert_eq!(policy.protects("a.txt"), Some("a.txt"));
    assert_eq!(policy.protects("runtime/keys2"), None);
    assert_eq!(policy.protects("runtime"), None);
}

#[test]
fn wrong_types_are_told_with_key_and_place() {
    let cases = [
        ("[]", "line 1, column 1: the file should be a mapping"),
        (
            "meap_v1: no",
            "line 1, column 10: `meap_v1` should be a mapping",
        ),
        (
            "meap_v1:\n  thresholds:\n    max_bundle_mb: '250'\n",
            "line 3, column 20: `thresholds.max_bundle_mb` should be a whole number of at least 0",
        ),
        (
            "policy: {}\nlimits:\n  max_files_in_bundle: -1\n",
            "line 3, column 24: `thresholds.max_files_in_bundle` should be a whole number of at least 0",
        ),
        (
            "meap_v1: {accept: {allowed_artifact_types: code}}",
            "line 1, column 44: `accept.allowed_artifact_types` should be a list of words",
        ),
        (
            "meap_v1:\n  mode: KILL\n  protected_paths: [1]\n",
            "line 3, column 20: `protected_paths` should be a list of words",
        ),
        (
            "meap_v1:\n  kill_switch: yes",
            "line 2, column 16: `kill_switch` should be a mapping",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refusal(text), message);
    }
    let e = Policy::from_normalised(Value::parse(br#"{"accept":[]}"#).unwrap()).unwrap_err();
    assert_eq!(
        (e.code(), e.to_string().as_str()),
        ("policy_wrong_type", "`accept` should be a mapping")
    );
    assert_eq!(e.next_step(), "Put a mapping there, or remove the key.");
}

#[test]
fn what_can_be_verified_with_but_not_sealed_with() {
    let twice = policy("meap_v1:\n  mode: KILL\n  mode: AUTO_MERGE\n");
    assert_eq!(twice.mode(), Mode::AutoMerge);
    let e = twice.sealable().unwrap_err();
    assert_eq!(e.code(), "policy_not_sealable");
    assert_eq!(
        e.to_string(),
        "line 3, column 3: the key `mode` stands twice, which must not be sealed"
    );

    let fraction = policy("other: 0.5\nmeap_v1:\n  policy_version: 1.1\n");
    assert_eq!(fraction.canonical(), br#"{"policy_version":1.1}"#);
    let message =
        "line 3, column 19: `policy_version` is a number with a fraction, which must not be sealed";
    assert_eq!(fraction.sealable().unwrap_err().to_string(), message);

    // A date has no canonical form; outside of what is hashed it does no harm.
    policy("since: 2024-05-01\nother: 0.5\nmeap_v1: {}")
        .sealable()
        .unwrap();
    let message = "line 1, column 18: \"2024-05-01\" is read as a date, which cannot be hashed";
    assert_eq!(refusal("meap_v1: {since: 2024-05-01}"), message);
}

#[test]
fn allowlists_keep_the_last_of_an_id_and_hash_all_they_say() {
    let text = "allowlist:\n  toolchain_ids:\n    - {id: A, pubkey_path: a.pub}\n    - {id: B, pubkey_path: b.pub}\n    \
                - {id: A, pubkey_path: /c.pub, who: x}\ntools: {}\n";
    let list = Allowlist::from_yaml(text.as_bytes()).unwrap();
    let entries: Vec<_> = list
        .entries()
        .iter()
        .map(|e| (e.id.as_str(), e.pubkey_path.as_str()))
        .collect();
    assert_eq!(entries, [("B", "b.pub"), ("A", "/c.pub")]);
    assert_eq!(list.get("A").unwrap().pubkey_path, "/c.pub");
    let without = Allowlist::from_yaml(text.replace("tools: {}\n", "").as_bytes()).unwrap();
    assert_eq!(without.entries(), list.entries());
    assert_ne!(without.hash(), list.hash());
    assert!(Allowlist::from_yaml(b"").unwrap().entries().is_empty());

    let cases = [
        ("- 1", "line 1, column 1: the file should be a mapping"),
        (
            "allowlist:\n  toolchain_ids:\n  - {id: 7, pubkey_path: x}",
            "line 3, column 10: `allowlist.toolchain_ids.0.id` should be text",
        ),
        (
            "allowlist:\n  toolchain_ids:\n  - {id: A}",
            "line 3, column 5: `allowlist.toolchain_ids.0.pubkey_path` should be text",
        ),
        (
            "allowlist: {toolchain_ids: A}",
            "line 1, column 28: `allowlist.toolchain_ids` should be a list",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(
            Allowlist::from_yaml(text.as_bytes())
                .unwrap_err()
                .to_string(),
            message
        );
    }
    let twice = Allowlist::from_yaml(b"allowlist: {}\nallowlist: {}").unwrap();
    assert!(twice.sealable().is_err());
}
