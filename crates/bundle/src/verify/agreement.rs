//! Manifest, attestation and envelopes say the same, and of our bundles each has one form only.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::dsse::Envelope;
use crate::format::attestation;
use crate::format::manifest::Manifest;
use crate::format::member;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::envelopes::{Expected, Paper, hashes_of};
use crate::verify::foreign::check_sbom;
use crate::verify::members::Members;
use crate::verify::one_form::one_form;
use crate::verify::papers::{Papers, Small};

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
    let hashes = hashes_of(manifest, checks);
    let mut agreement = Agreement::default();
    let read = |bytes: &[u8]| attestation::read(bytes).map_err(|e| e.to_string());
    match papers.attestation.map(read) {
        None => {}
        Some(Ok(Some(object))) => {
            attested(&object, manifest, manifest_sha256, checks);
            agreement.label = text(&object, "label");
            agreement.attestation = Some(object);
        }
        Some(Ok(None)) => {
            let detail = "not an object";
            checks.fail(CheckId::Attestation, "attestation_parse_error", detail);
        }
        Some(Err(detail)) => checks.fail(CheckId::Attestation, "attestation_parse_error", detail),
    }
    if let Some(Err(detail)) = papers.sbom.map(check_sbom) {
        checks.fail(CheckId::Attestation, "sbom_invalid", detail);
    }
    let expected = Expected {
        manifest,
        manifest_sha256,
        members,
        label: agreement.label.as_deref(),
        hashes: &hashes,
        ours,
    };
    agreement.build = expected.envelope(Paper::Build, &papers.build_envelope, checks);
    agreement.sbom = expected.envelope(Paper::Sbom, &papers.sbom_envelope, checks);
    if ours {
        policy(fields, &papers.policy, checks);
        one_form(
            manifest,
            manifest_sha256,
            &hashes,
            papers,
            &agreement,
            checks,
        );
    }
    agreement
}

/// The digest of `policy.json` is the policy hash, which only the canonical form of an object can be.
fn policy(manifest: &Object, member: &Small, checks: &mut Checks) {
    let read = |bytes: &[u8]| -> Result<Sha256, String> {
        let value = Value::parse(bytes).map_err(|e| e.to_string())?;
        let canonical = value.as_object().is_some() && value.to_canonical() == bytes;
        canonical
            .then(|| Sha256::of(bytes))
            .ok_or_else(|| "not the canonical form of an object".to_owned())
    };
    let detail = match member.map(read) {
        None => return,
        Some(Ok(digest)) if manifest.get("policy_hash") == Some(&digest.into()) => return,
        Some(Ok(_)) => "the manifest names another policy".to_owned(),
        Some(Err(detail)) => detail,
    };
    checks.fail(CheckId::Attestation, "policy_member_mismatch", detail);
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
