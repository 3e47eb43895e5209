//! `attestation.json`: the bytes that the signature covers.

use crate::canon::{JsonError, Object, Value};
use crate::digest::Sha256;

/// The digests that manifest, attestation and both statements repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashes {
    /// Over the list of members and their digests.
    pub bundle_map: Sha256,
    /// Of the sealer's policy.
    pub policy: Option<Sha256>,
    /// Of the sealer's list of keys.
    pub allowlist: Option<Sha256>,
    /// Of the SBOM.
    pub sbom: Option<Sha256>,
    /// Of the events.
    pub provenance: Option<Sha256>,
    /// Of the graph operations.
    pub kg_delta: Option<Sha256>,
}

/// The bytes of the attestation, with LF.
pub fn write(
    manifest_sha256: Sha256,
    toolchain_id: &str,
    label: &str,
    created_utc: &str,
    hashes: &Hashes,
) -> Vec<u8> {
    let object = Object::new()
        .with("attestation_version", "2")
        .with("toolchain_id", toolchain_id)
        .with("label", label)
        .with("bundle_map_hash", hashes.bundle_map)
        .with("manifest_hash", manifest_sha256)
        .with("policy_hash", hashes.policy)
        .with("allowlist_hash", hashes.allowlist)
        .with("sbom_hash", hashes.sbom)
        .with("provenance_hash", hashes.provenance)
        .with("kg_delta_hash", hashes.kg_delta)
        .with("created_utc", created_utc)
        .with("algo", "ed25519")
        .with("signing_schema", "ed25519_canonical_attestation_v2");
    let mut bytes = Value::from(object).to_canonical();
    bytes.push(b'\n');
    bytes
}

/// Reads an attestation; fields are looked up by name, so that each can be reported.
pub fn read(bytes: &[u8]) -> Result<Option<Object>, JsonError> {
    Ok(match Value::parse(bytes)? {
        Value::Object(object) => Some(object),
        _ => None,
    })
}
