//! Manifest, attestation and envelopes say the same, and of our bundles each has one form only.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::dsse::Envelope;
use crate::format::attestation;
use crate::format::manifest::Manifest;
use crate::format::member;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::envelopes::{Expected, Paper};
use crate::verify::foreign::check_sbom;
use crate::verify::members::Members;
use crate::verify::one_form::one_form;

/// The small members, as they were read.
#[derive(Default)]
pub(crate) struct Papers {
    pub attestation: Option<Vec<u8>>,
    pub signature: Option<Vec<u8>>,
    pub build_envelope: Option<Vec<u8>>,
    pub sbom_envelope: Option<Vec<u8>>,
    pub sbom: Option<Vec<u8>>,
}

/// What could be read of them.
#[derive(Default)]
pub(crate) struct Agreement {
    pub attestation: Option<Object>,
    pub build: Option<Envelope>,
    pub sbom: Option<Envelope>,
    /// Fields that must stand in the attestation too.
    pub label: Option<String>,
}

const HASH_FIELDS: [&str; 5] = [
    "policy_hash",
    "allowlist_hash",
    "sbom_hash",
    "provenance_hash",
    "kg_delta_hash",
];

/// Compares everything that repeats something else.
pub(crate) fn judge(
    manifest: &Manifest,
    manifest_sha256: Sha256,
    members: &Members<'_>,
    papers: &Papers,
    ours: bool,
    checks: &mut Checks,
) -> Agreement {
    let fields = &manifest.fields;
    let text =
        |object: &Object, key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    if text(fields, "manifest_version").as_deref() != Some("2") {
        checks.fail(CheckId::Attestation, "manifest_version_unsupported", "");
    }
    if text(fields, "bundle_map_hash") != Some(manifest.map_hash.to_string()) {
        checks.fail(CheckId::Attestation, "bundle_map_hash_mismatch", "");
    }
    for (field, name) in [
        ("sbom_hash", member::SBOM),
        ("provenance_hash", member::PROVENANCE),
        ("kg_delta_hash", member::DELTA),
    ] {
        if text(fields, field) != members.listed_digest(name).map(|digest| digest.to_string()) {
            checks.fail(
                CheckId::Attestation,
                format!("sub_hash_mismatch:{field}"),
                format!("manifest and {name}"),
            );
        }
    }
    let mut agreement = Agreement::default();
    if let Some(bytes) = &papers.attestation {
        match attestation::read(bytes) {
            Ok(Some(object)) => {
                attested(&object, manifest, manifest_sha256, checks);
                agreement.label = text(&object, "label");
                agreement.attestation = Some(object);
            }
            Ok(None) => checks.fail(
                CheckId::Attestation,
                "attestation_parse_error",
                "not an object",
            ),
            Err(error) => checks.fail(
                CheckId::Attestation,
                "attestation_parse_error",
                error.to_string(),
            ),
        }
    }
    if let Some(Err(detail)) = papers.sbom.as_deref().map(check_sbom) {
        checks.fail(CheckId::Attestation, "sbom_invalid", detail);
    }
    let expected = Expected {
        manifest,
        manifest_sha256,
        members,
        label: agreement.label.as_deref(),
        ours,
    };
    agreement.build = expected.envelope(Paper::Build, papers.build_envelope.as_deref(), checks);
    agreement.sbom = expected.envelope(Paper::Sbom, papers.sbom_envelope.as_deref(), checks);
    if ours {
        one_form(manifest, manifest_sha256, papers, &agreement, checks);
    }
    agreement
}

fn attested(object: &Object, manifest: &Manifest, manifest_sha256: Sha256, checks: &mut Checks) {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    if text("attestation_version") != Some("2") {
        checks.fail(CheckId::Attestation, "attestation_version_unsupported", "");
    }
    if text("bundle_map_hash") != Some(&manifest.map_hash.to_string()) {
        checks.fail(
            CheckId::Attestation,
            "attestation_bundle_map_hash_mismatch",
            "",
        );
    }
    if text("manifest_hash") != Some(&manifest_sha256.to_string()) {
        checks.fail(
            CheckId::Attestation,
            "attestation_manifest_hash_mismatch",
            "",
        );
    }
    if object.get("toolchain_id") != manifest.fields.get("toolchain_id") {
        checks.fail(
            CheckId::Attestation,
            "attestation_mismatch:toolchain_id",
            "attestation and manifest",
        );
    }
    for field in HASH_FIELDS {
        if object.get(field) != manifest.fields.get(field) {
            let word = if field.starts_with("policy") || field.starts_with("allow") {
                "attestation_mismatch"
            } else {
                "sub_hash_mismatch"
            };
            checks.fail(
                CheckId::Attestation,
                format!("{word}:{field}"),
                "attestation and manifest",
            );
        }
    }
}
