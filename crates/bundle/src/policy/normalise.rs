//! The two schemas of a policy file and the built-in default, brought into one form: the one that is hashed.

use super::rules::truth;
use super::yaml::Node;
use super::{ArtifactType, PolicyError};
use crate::canon::{Object, Value};

/// The meap_v1 object of a policy file. Absent keys stay absent, unknown ones stay.
pub(super) fn object(root: &Node) -> Result<Object, PolicyError> {
    if !root.is_mapping() && !root.is_null() {
        return Err(PolicyError::wrong_type("", "a mapping").at(root.place()));
    }
    match (root.get("meap_v1"), root.get("policy")) {
        (Some(section), _) => mapping("meap_v1", section),
        (None, Some(_)) => legacy(root),
        (None, None) => Ok(built_in()),
    }
}

fn mapping(key: &str, node: &Node) -> Result<Object, PolicyError> {
    match node.to_value()? {
        Value::Object(object) => Ok(object),
        _ => Err(PolicyError::wrong_type(key, "a mapping").at(node.place())),
    }
}

/// What holds when a file has neither schema.
fn built_in() -> Object {
    Object::new()
        .with("policy_id", "MEAP_V1_DEFAULT")
        .with("policy_version", 1i64)
        .with("mode", "REVIEW_ONLY")
        .with("thresholds", Object::new())
}

/// The older schema: `policy:` for the head, everything else beside it.
fn legacy(root: &Node) -> Result<Object, PolicyError> {
    let section = |key: &str| match root.get(key) {
        Some(node) if !node.is_null() => mapping(key, node),
        _ => Ok(Object::new()),
    };
    let head = section("policy")?;
    let mut thresholds = section("thresholds")?;
    if thresholds.is_empty() {
        thresholds = legacy_thresholds(&section("limits")?, &section("replay")?);
    }
    let protected_paths = match root.get("protected_paths") {
        Some(node) if !node.is_null() => node.to_value()?,
        _ => Value::Array(Vec::new()),
    };
    let all: Vec<&str> = ArtifactType::ALL.map(ArtifactType::as_str).to_vec();
    let allowed = or(&section("accept")?, "allowed_artifact_types", all);
    let accept = Object::new()
        .with("allowed_artifact_types", allowed)
        .with("deny_network_by_default", true);
    Ok(Object::new()
        .with("policy_id", or(&head, "name", "MEAP_V1_LEGACY"))
        .with("policy_version", or(&head, "version", 1i64))
        .with("mode", or(&head, "mode", "REVIEW_ONLY"))
        .with("thresholds", thresholds)
        .with("protected_paths", protected_paths)
        .with("accept", accept)
        .with("replay", Object::new().with("allow_reexecute_tools", false))
        .with("kill_switch", section("kill_switch")?))
}

fn legacy_thresholds(limits: &Object, replay: &Object) -> Object {
    let chain = truth(Some(replay), "require_provenance_chain", true);
    Object::new()
        .with("max_bundle_mb", or(limits, "max_bundle_mb", 250i64))
        .with(
            "max_files_in_bundle",
            or(limits, "max_files_in_bundle", 20_000i64),
        )
        .with("require_signature", true)
        .with("require_provenance_chain_intact", chain)
        .with("require_manifest_hashes", true)
        .with("require_deterministic_bundle_hash", true)
        .with("require_policy_hash_match", chain)
        .with("require_allowlist_hash_match", true)
}

/// The value of a key, or what holds without it.
fn or(object: &Object, key: &str, default: impl Into<Value>) -> Value {
    object.get(key).cloned().unwrap_or_else(|| default.into())
}
