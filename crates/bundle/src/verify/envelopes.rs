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
use crate::verify::papers::Small;

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
    pub hashes: &'a Hashes,
    pub ours: bool,
}

impl Expected<'_> {
    pub(crate) fn envelope(
        &self,
        paper: Paper,
        member: &Small,
        checks: &mut Checks,
    ) -> Option<Envelope> {
        let (invalid, malformed, other_subject) = paper.words();
        let mut fail = |code: String, detail: &str| checks.fail(CheckId::Attestation, code, detail);
        let envelope = match member {
            Small::Absent => return None,
            Small::TooLarge => {
                fail(format!("{invalid}:too_large"), "larger than 16 MiB");
                return None;
            }
            Small::Bytes(bytes) => match Envelope::parse(bytes) {
                Ok(envelope) => envelope,
                Err(error) => {
                    fail(format!("{invalid}:{error}"), "");
                    return None;
                }
            },
        };
        let statement = Value::parse(&envelope.payload).ok();
        let Some(statement) = statement.as_ref().and_then(Value::as_object) else {
            fail(malformed.to_owned(), "the payload is no statement");
            return Some(envelope);
        };
        if envelope.payload_type != PAYLOAD_TYPE {
            fail(format!("{invalid}:payload_type"), &envelope.payload_type);
        }
        let expected = self.statement(paper, statement);
        let Some(expected) = expected.as_ref().and_then(Value::as_object) else {
            return Some(envelope);
        };
        let same = |field: &str| statement.get(field) == expected.get(field);
        if !same("subject") {
            fail(other_subject.to_owned(), "");
        }
        for field in ["_type", "predicateType"]
            .into_iter()
            .filter(|field| !same(field))
        {
            fail(format!("{invalid}:statement"), field);
        }
        if !same("predicate") {
            fail(
                "attestation_mismatch:predicate".to_owned(),
                "statement and manifest",
            );
        }
        if self.ours && statement.len() != expected.len() {
            fail(format!("{invalid}:statement"), "a key that none has");
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
                    self.hashes,
                ))
            }
        }
    }
}

/// The digests that a manifest repeats. What is neither a digest nor null is a failure, and then no digest.
pub(crate) fn hashes_of(manifest: &Manifest, checks: &mut Checks) -> Hashes {
    let mut digest = |key: &str| {
        let value = manifest.fields.get(key)?;
        let digest = value.as_str().and_then(|text| text.parse().ok());
        if digest.is_none() && !value.is_null() {
            let code = format!("sub_hash_mismatch:{key}");
            checks.fail(CheckId::Attestation, code, "neither a digest nor null");
        }
        digest
    };
    Hashes {
        bundle_map: manifest.map_hash,
        policy: digest("policy_hash"),
        allowlist: digest("allowlist_hash"),
        sbom: digest("sbom_hash"),
        provenance: digest("provenance_hash"),
        kg_delta: digest("kg_delta_hash"),
    }
}
