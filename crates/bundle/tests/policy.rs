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
