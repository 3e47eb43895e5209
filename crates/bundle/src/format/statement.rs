//! in-toto statements: what the two envelopes of a bundle say.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::format::attestation::Hashes;
use crate::format::member;

/// The only statement type.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// Predicate of the build statement.
pub const BUILD_PREDICATE: &str = "https://mite.ecology/termite/attestation/v1";
/// Predicate of the SBOM statement.
pub const SBOM_PREDICATE: &str = "https://mite.ecology/termite/sbom/v1";

/// The statement about the manifest.
pub fn build(
    manifest_sha256: Sha256,
    toolchain_id: &str,
    label: &str,
    created_utc: &str,
    hashes: &Hashes,
) -> Value {
    let predicate = Object::new()
        .with("toolchain_id", toolchain_id)
        .with("label", label)
        .with("created_utc", created_utc)
        .with("bundle_map_hash", hashes.bundle_map)
        .with("policy_hash", hashes.policy)
        .with("allowlist_hash", hashes.allowlist)
        .with("sbom_sha256", hashes.sbom)
        .with("provenance_sha256", hashes.provenance)
        .with("kg_delta_sha256", hashes.kg_delta);
    statement(
        member::MANIFEST,
        manifest_sha256,
        BUILD_PREDICATE,
        predicate,
    )
}

/// The statement about the SBOM.
pub fn sbom(sbom_sha256: Sha256, toolchain_id: &str, created_utc: &str) -> Value {
    let predicate = Object::new()
        .with("toolchain_id", toolchain_id)
        .with("created_utc", created_utc)
        .with("sbom_format", "CycloneDX")
        .with("sbom_spec_version", "1.5");
    statement(member::SBOM, sbom_sha256, SBOM_PREDICATE, predicate)
}

fn statement(subject: &str, digest: Sha256, predicate_type: &str, predicate: Object) -> Value {
    let subject = Object::new()
        .with("name", subject)
        .with("digest", Object::new().with("sha256", digest));
    Object::new()
        .with("_type", STATEMENT_TYPE)
        .with("subject", vec![subject])
        .with("predicateType", predicate_type)
        .with("predicate", predicate)
        .into()
}
