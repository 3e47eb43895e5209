//! Manifest, attestation and envelopes say the same, and of our bundles each has one form only.

use crate::canon::{Dialect, Object, Value};
use crate::digest::Sha256;
use crate::dsse::{Envelope, PAYLOAD_TYPE};
use crate::format::attestation::{self, Hashes};
use crate::format::manifest::Manifest;
use crate::format::{member, statement};
use crate::verify::foreign::check_sbom;
use crate::verify::members::Members;
use crate::verify::report::{CheckId, Checks};

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
    if let Some(bytes) = &papers.sbom {
        if let Err(detail) = check_sbom(bytes) {
            checks.fail(CheckId::Attestation, "sbom_invalid", detail);
        }
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

#[derive(Clone, Copy)]
enum Paper {
    Build,
    Sbom,
}

impl Paper {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Build => (
                "dsse_attestation_invalid",
                "dsse_payload_malformed",
                "dsse_manifest_digest_mismatch",
            ),
            Self::Sbom => (
                "dsse_sbom_invalid",
                "dsse_sbom_payload_malformed",
                "dsse_sbom_digest_mismatch",
            ),
        }
    }
}

/// What the statements should say.
struct Expected<'a> {
    manifest: &'a Manifest,
    manifest_sha256: Sha256,
    members: &'a Members<'a>,
    label: Option<&'a str>,
    ours: bool,
}

impl Expected<'_> {
    fn envelope(
        &self,
        paper: Paper,
        bytes: Option<&[u8]>,
        checks: &mut Checks,
    ) -> Option<Envelope> {
        let (invalid, malformed, other_subject) = paper.words();
        let envelope = match Envelope::parse(bytes?) {
            Ok(envelope) => envelope,
            Err(error) => {
                checks.fail(CheckId::Attestation, format!("{invalid}:{error}"), "");
                return None;
            }
        };
        let statement = Value::parse(&envelope.payload).ok();
        let Some(statement) = statement.as_ref().and_then(Value::as_object) else {
            checks.fail(
                CheckId::Attestation,
                malformed,
                "the payload is no statement",
            );
            return Some(envelope);
        };
        let expected = self.statement(paper, statement);
        if envelope.payload_type != PAYLOAD_TYPE {
            checks.fail(
                CheckId::Attestation,
                format!("{invalid}:payload_type"),
                envelope.payload_type.clone(),
            );
        }
        let Some(expected) = expected.as_ref().and_then(Value::as_object) else {
            return Some(envelope);
        };
        if statement.get("subject") != expected.get("subject") {
            checks.fail(CheckId::Attestation, other_subject, "");
        }
        for field in ["_type", "predicateType"] {
            if statement.get(field) != expected.get(field) {
                checks.fail(CheckId::Attestation, format!("{invalid}:statement"), field);
            }
        }
        if statement.get("predicate") != expected.get("predicate") {
            checks.fail(
                CheckId::Attestation,
                "attestation_mismatch:predicate",
                "statement and manifest",
            );
        }
        Some(envelope)
    }

    /// The one statement that fits. The reference takes the time of each paper anew; ours have one time.
    fn statement(&self, paper: Paper, found: &Object) -> Option<Value> {
        let fields = &self.manifest.fields;
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let own_time = found
            .get("predicate")
            .and_then(Value::as_object)
            .and_then(|p| p.get("created_utc"));
        let time = if self.ours {
            text("created_utc")
        } else {
            own_time.and_then(Value::as_str)
        }
        .unwrap_or_default();
        let toolchain = text("toolchain_id").unwrap_or_default();
        match paper {
            Paper::Sbom => {
                let sbom = self.members.listed_digest(member::SBOM)?;
                Some(statement::sbom(sbom, toolchain, time))
            }
            Paper::Build => {
                let label = self.label.unwrap_or_default();
                Some(statement::build(
                    self.manifest_sha256,
                    toolchain,
                    label,
                    time,
                    &hashes_of(self.manifest)?,
                ))
            }
        }
    }
}

/// The digests that a manifest repeats; `None` if one of them is neither a digest nor null.
fn hashes_of(manifest: &Manifest) -> Option<Hashes> {
    let digest = |key: &str| match manifest.fields.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_str().and_then(|text| text.parse().ok()).map(Some),
    };
    Some(Hashes {
        bundle_map: manifest.map_hash,
        policy: digest("policy_hash")?,
        allowlist: digest("allowlist_hash")?,
        sbom: digest("sbom_hash")?,
        provenance: digest("provenance_hash")?,
        kg_delta: digest("kg_delta_hash")?,
    })
}

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
fn one_form(
    manifest: &Manifest,
    manifest_sha256: Sha256,
    papers: &Papers,
    read: &Agreement,
    checks: &mut Checks,
) {
    let mut other = |name: &str, detail: &str| {
        checks.fail(CheckId::OneForm, format!("not_canonical:{name}"), detail)
    };
    if manifest.canonical_sha256 != manifest_sha256 {
        other(member::MANIFEST, "not in canonical form");
    }
    if let Some(bytes) = &papers.signature {
        if bytes.len() != 89 || !bytes.ends_with(b"\n") {
            other(member::SIGNATURE, "not 88 characters and a line feed");
        }
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
