//! A bundle of ours has exactly one encoding.

use crate::canon::{Dialect, Value};
use crate::digest::Sha256;
use crate::dsse::Envelope;
use crate::format::attestation::Hashes;
use crate::format::manifest::Manifest;
use crate::format::{attestation, member};
use crate::verify::agreement::Agreement;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::papers::{Papers, Small};

const MANIFEST_KEYS: [&str; 10] = [
    "allowlist_hash",
    "bundle_map_hash",
    "created_utc",
    "fieldgrade",
    "kg_delta_hash",
    "manifest_version",
    "policy_hash",
    "provenance_hash",
    "sbom_hash",
    "toolchain_id",
];

/// A bundle of ours has exactly one encoding.
pub(crate) fn one_form(
    manifest: &Manifest,
    manifest_sha256: Sha256,
    hashes: &Hashes,
    papers: &Papers,
    read: &Agreement,
    checks: &mut Checks,
) {
    if let Err(error) = manifest.fields.exactly(&MANIFEST_KEYS) {
        checks.fail(CheckId::Manifest, "manifest_invalid", error.to_string());
    }
    let mut other = |name: &str, detail: &str| {
        checks.fail(CheckId::OneForm, format!("not_canonical:{name}"), detail);
    };
    if manifest.canonical_sha256 != manifest_sha256 {
        other(member::MANIFEST, "not in canonical form");
    }
    let signature = match &papers.signature {
        Small::Absent => true,
        Small::TooLarge => false,
        Small::Bytes(bytes) => bytes.len() == 89 && bytes.ends_with(b"\n"),
    };
    if !signature {
        other(member::SIGNATURE, "not 88 characters and a line feed");
    }
    let (build, sbom) = (&papers.build_envelope, &papers.sbom_envelope);
    for (name, bytes, envelope) in [
        (member::ATTESTATION_DSSE, build, &read.build),
        (member::SBOM_DSSE, sbom, &read.sbom),
    ] {
        if let (Some(bytes), Some(envelope)) = (bytes.bytes(), envelope)
            && !one_envelope(bytes, envelope)
        {
            other(name, "not in the one form of an envelope");
        }
    }
    if let (Some(bytes), Some(_)) = (papers.attestation.bytes(), &read.attestation) {
        one_attestation(bytes, manifest, manifest_sha256, hashes, read, checks);
    }
}

fn one_envelope(bytes: &[u8], envelope: &Envelope) -> bool {
    // A payload that is no JSON at all is another failure.
    let payload = Value::parse(&envelope.payload).ok();
    let canonical = |value: &Value| value.to_bytes(Dialect::Ascii) == envelope.payload;
    envelope.to_bytes() == bytes
        && envelope.signatures.len() == 1
        && payload.as_ref().is_none_or(canonical)
}

fn one_attestation(
    bytes: &[u8],
    manifest: &Manifest,
    manifest_sha256: Sha256,
    hashes: &Hashes,
    read: &Agreement,
    checks: &mut Checks,
) {
    let text = |key: &str| {
        let value = manifest.fields.get(key);
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let expected = attestation::write(
        manifest_sha256,
        text("toolchain_id"),
        read.label.as_deref().unwrap_or_default(),
        text("created_utc"),
        hashes,
    );
    if expected == bytes {
        return;
    }
    if read.label.is_some() && Value::parse(&expected).ok() == Value::parse(bytes).ok() {
        let code = format!("not_canonical:{}", member::ATTESTATION);
        checks.fail(CheckId::OneForm, code, "not in canonical form");
    } else {
        let detail = "attestation and manifest";
        checks.fail(CheckId::Attestation, "attestation_mismatch", detail);
    }
}
