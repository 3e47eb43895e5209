//! What the two envelopes should say.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::dsse::{Envelope, PAYLOAD_TYPE};
use crate::format::attestation::Hashes;
use crate::format::manifest::Manifest;
use crate::format::{member, statement};
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::members::Members;

#[derive(Clone, Copy)]
pub(crate) enum Paper {
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
pub(crate) struct Expected<'a> {
    pub manifest: &'a Manifest,
    pub manifest_sha256: Sha256,
    pub members: &'a Members<'a>,
    pub label: Option<&'a str>,
    pub ours: bool,
}

impl Expected<'_> {
    pub(crate) fn envelope(
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
pub(crate) fn hashes_of(manifest: &Manifest) -> Option<Hashes> {
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
