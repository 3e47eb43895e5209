//! What the envelopes say, and the envelopes.

use bundle::canon::{Dialect, Object, Value};
use bundle::dsse::{Envelope, PAYLOAD_TYPE, pre_authentication};
use bundle::format::member;
use bundle::key::{Signer, SigningKey};

use crate::forge::{Forge, sha};

impl Forge {
    pub fn build_statement_of(&self, head: &Object, manifest: &[u8]) -> Value {
        let field = |key: &str| head.get(key).cloned();
        let predicate = Object::new()
            .with("toolchain_id", field("toolchain_id"))
            .with("label", self.label.as_str())
            .with("created_utc", field("created_utc"))
            .with("bundle_map_hash", field("bundle_map_hash"))
            .with("policy_hash", field("policy_hash"))
            .with("allowlist_hash", field("allowlist_hash"))
            .with("sbom_sha256", field("sbom_hash"))
            .with("provenance_sha256", field("provenance_hash"))
            .with("kg_delta_sha256", field("kg_delta_hash"));
        statement(
            member::MANIFEST,
            &sha(manifest),
            "https://mite.ecology/termite/attestation/v1",
            predicate,
        )
    }

    pub fn envelope(&self, statement: &Value) -> Vec<u8> {
        seal_envelope(
            PAYLOAD_TYPE,
            &statement.to_bytes(Dialect::Ascii),
            &self.signer,
        )
    }
}

/// An envelope of any payload, signed.
pub fn seal_envelope(payload_type: &str, payload: &[u8], signer: &SigningKey) -> Vec<u8> {
    let signature = signer.sign(&pre_authentication(payload_type, payload));
    Envelope {
        payload_type: payload_type.to_owned(),
        payload: payload.to_vec(),
        signatures: vec![(signer.public_key().id().to_string(), signature.to_base64())],
    }
    .to_bytes()
}

pub fn sbom_statement_of(head: &Object, sbom: Option<&Vec<u8>>) -> Value {
    let field = |key: &str| head.get(key).cloned();
    let predicate = Object::new()
        .with("toolchain_id", field("toolchain_id"))
        .with("created_utc", field("created_utc"))
        .with("sbom_format", "CycloneDX")
        .with("sbom_spec_version", "1.5");
    let digest = sbom.map_or(Value::Null, |bytes| sha(bytes));
    statement(
        member::SBOM,
        &digest,
        "https://mite.ecology/termite/sbom/v1",
        predicate,
    )
}

fn statement(name: &str, digest: &Value, kind: &str, predicate: Object) -> Value {
    let subject = Object::new()
        .with("name", name)
        .with("digest", Object::new().with("sha256", digest.clone()));
    Object::new()
        .with("_type", "https://in-toto.io/Statement/v1")
        .with("subject", vec![subject])
        .with("predicateType", kind)
        .with("predicate", predicate)
        .into()
}
