//! A bundle of ours has exactly one encoding.

use crate::canon::{Dialect, Value};
use crate::digest::Sha256;
use crate::format::manifest::Manifest;
use crate::format::{attestation, member};
use crate::verify::agreement::{Agreement, Papers};
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::envelopes::hashes_of;

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
    papers: &Papers,
    read: &Agreement,
    checks: &mut Checks,
) {
    let mut other = |name: &str, detail: &str| {
        checks.fail(CheckId::OneForm, format!("not_canonical:{name}"), detail);
    };
    if manifest.canonical_sha256 != manifest_sha256 {
        other(member::MANIFEST, "not in canonical form");
    }
    let signature = papers.signature.as_deref();
    if signature.is_some_and(|bytes| bytes.len() != 89 || !bytes.ends_with(b"\n")) {
        other(member::SIGNATURE, "not 88 characters and a line feed");
    }
    for (name, bytes, envelope) in [
        (
            member::ATTESTATION_DSSE,
            &papers.build_envelope,
            &read.build,
        ),
        (member::SBOM_DSSE, &papers.sbom_envelope, &read.sbom),
    ] {
        let (Some(bytes), Some(envelope)) = (bytes, envelope) else {
            continue;
        };
        let payload = Value::parse(&envelope.payload)
            .ok()
            .map(|value| value.to_bytes(Dialect::Ascii));
        if envelope.to_bytes() != *bytes
            || envelope.signatures.len() != 1
            || payload.as_ref() != Some(&envelope.payload)
        {
            other(name, "not in the one form of an envelope");
        }
    }
    if let Err(error) = manifest.fields.exactly(&MANIFEST_KEYS) {
        checks.fail(CheckId::Manifest, "manifest_invalid", error.to_string());
    }
    let text = |key: &str| {
        manifest
            .fields
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if let (Some(bytes), Some(label), Some(hashes)) =
        (&papers.attestation, &read.label, hashes_of(manifest))
    {
        let expected = attestation::write(
            manifest_sha256,
            text("toolchain_id"),
            label,
            text("created_utc"),
            &hashes,
        );
        if expected != *bytes {
            let same = Value::parse(&expected).ok() == Value::parse(bytes).ok();
            if same {
                checks.fail(
                    CheckId::OneForm,
                    format!("not_canonical:{}", member::ATTESTATION),
                    "",
                );
            } else {
                checks.fail(
                    CheckId::Attestation,
                    "attestation_mismatch",
                    "attestation and manifest",
                );
            }
        }
    }
}
