//! What a check of a bundle found: every check, four answers, one statement.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::verify::answers::{Integrity, PolicyAnswer, SeriesAnswer, SignerAnswer, TimeAnswer};

/// The checks, in the order in which they are judged and listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// The archive is sound.
    Structure,
    /// The manifest can be read.
    Manifest,
    /// The format is known.
    Format,
    /// Everything listed is there, and nothing else.
    Presence,
    /// Every byte is the one that was sealed.
    Digests,
    /// Blobs carry their digest as name.
    BlobNames,
    /// The one byte form.
    OneForm,
    /// Manifest, attestation and statements agree.
    Attestation,
    /// Who signed.
    Signer,
    /// The receiver's rules.
    Policy,
    /// Entries and their chain.
    Lines,
    /// The chain's keys.
    Keys,
    /// The sealing entry describes this bundle.
    Seal,
    /// The signer's card.
    Card,
    /// Nothing but the chosen items.
    Excerpt,
    /// The list of documents.
    Documents,
    /// Documents' bytes and withdrawals.
    Blobs,
    /// The proposed changes.
    Delta,
    /// The hash tree.
    Tree,
    /// The bundle before.
    Previous,
    /// The series.
    Series,
}

impl CheckId {
    /// All checks in order.
    pub const ALL: [Self; 21] = [
        Self::Structure,
        Self::Manifest,
        Self::Format,
        Self::Presence,
        Self::Digests,
        Self::BlobNames,
        Self::OneForm,
        Self::Attestation,
        Self::Signer,
        Self::Policy,
        Self::Lines,
        Self::Keys,
        Self::Seal,
        Self::Card,
        Self::Excerpt,
        Self::Documents,
        Self::Blobs,
        Self::Delta,
        Self::Tree,
        Self::Previous,
        Self::Series,
    ];

    /// The id in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Manifest => "manifest",
            Self::Format => "format",
            Self::Presence => "presence",
            Self::Digests => "digests",
            Self::BlobNames => "blob_names",
            Self::OneForm => "one_form",
            Self::Attestation => "attestation",
            Self::Signer => "signer",
            Self::Policy => "policy",
            Self::Lines => "lines",
            Self::Keys => "keys",
            Self::Seal => "seal",
            Self::Card => "card",
            Self::Excerpt => "excerpt",
            Self::Documents => "documents",
            Self::Blobs => "blobs",
            Self::Delta => "delta",
            Self::Tree => "tree",
            Self::Previous => "previous",
            Self::Series => "series",
        }
    }

    /// What the check looks at, for people.
    pub fn question(self) -> &'static str {
        match self {
            Self::Structure => "Is the file a sound archive?",
            Self::Manifest => "Can the list of members be read?",
            Self::Format => "Does this program know the format?",
            Self::Presence => "Is everything there that is listed, and nothing else?",
            Self::Digests => "Is every byte the one that was sealed?",
            Self::BlobNames => "Are the documents stored under their digests?",
            Self::OneForm => "Is it the one form that these contents can have?",
            Self::Attestation => "Do manifest, attestation and statements agree?",
            Self::Signer => "Is it signed by somebody you trust?",
            Self::Policy => "Does it meet your rules?",
            Self::Lines => "Is the record of actions one unbroken chain?",
            Self::Keys => "Are the keys of the record explained?",
            Self::Seal => "Is this the bundle that the sealing entry describes?",
            Self::Card => "Is the signer's card valid?",
            Self::Excerpt => "Does it carry the chosen items only?",
            Self::Documents => "Is the list of documents the one that the entries give?",
            Self::Blobs => "Are the bytes of every document there?",
            Self::Delta => "Are the proposed changes those that the entries give?",
            Self::Tree => "Does the hash tree agree?",
            Self::Previous => "Does it continue the bundle before?",
            Self::Series => "Are all bundles of the series known?",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing wrong.
    Pass,
    /// Something wrong.
    Fail,
    /// Not done; the detail says why.
    Skipped,
}

impl Status {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// One result. A check that fails in several places has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// The reason, if it failed: a word of the catalogue, and after a colon the place.
    pub code: Option<String>,
    /// More, in plain words.
    pub detail: String,
}

/// At most so many failures of one check are listed; the last one says how many more there are.
const MAX_LISTED: usize = 100;

/// Collects results while checks run, in any order.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    results: Vec<Check>,
    more: Vec<(CheckId, usize)>,
}

impl Checks {
    pub(crate) fn fail(&mut self, id: CheckId, code: impl Into<String>, detail: impl Into<String>) {
        let (code, detail) = (code.into(), detail.into());
        debug_assert!(
            super::code::explain(&code).is_some(),
            "{code} is not in the catalogue"
        );
        if self.results.iter().filter(|check| check.id == id).count() < MAX_LISTED {
            self.results.push(Check {
                id,
                status: Status::Fail,
                code: Some(code),
                detail,
            });
        } else if let Some((_, more)) = self.more.iter_mut().find(|(other, _)| *other == id) {
            *more += 1;
        } else {
            self.more.push((id, 1));
        }
    }

    pub(crate) fn skip(&mut self, id: CheckId, why: impl Into<String>) {
        self.results.push(Check {
            id,
            status: Status::Skipped,
            code: None,
            detail: why.into(),
        });
    }

    pub(crate) fn pass(&mut self, id: CheckId, detail: impl Into<String>) {
        if !self.results.iter().any(|check| check.id == id) {
            self.results.push(Check {
                id,
                status: Status::Pass,
                code: None,
                detail: detail.into(),
            });
        }
    }

    pub(crate) fn failed(&self, id: CheckId) -> bool {
        self.results
            .iter()
            .any(|check| check.id == id && check.status == Status::Fail)
    }

    pub(crate) fn codes(&self, id: CheckId) -> impl Iterator<Item = &str> {
        self.results
            .iter()
            .filter(move |check| check.id == id)
            .filter_map(|check| check.code.as_deref())
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        for check in other.results {
            match (check.status, check.code) {
                (Status::Fail, Some(code)) => self.fail(check.id, code, check.detail),
                (Status::Skipped, _) => self.skip(check.id, check.detail),
                _ => self.pass(check.id, check.detail),
            }
        }
        self.more.extend(other.more);
    }

    /// Every check has a result: those that nothing was said of were not reached.
    pub(crate) fn finish(mut self, why_not_reached: &str) -> Vec<Check> {
        for id in CheckId::ALL {
            if !self.results.iter().any(|check| check.id == id) {
                self.skip(id, why_not_reached);
            }
        }
        for (id, more) in std::mem::take(&mut self.more) {
            if let Some(check) = self.results.iter_mut().rfind(|check| check.id == id) {
                check.detail.push_str(&format!(" (and {more} more)"));
            }
        }
        self.results.sort_by_key(|check| check.id);
        self.results
    }
}

/// What the bundle says about itself; believed only as far as the answers go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// `series`, `excerpt`, or `reference` for bundles of the reference platform.
    pub kind: Option<String>,
    /// Title of the project.
    pub project: Option<String>,
    /// Id of the project.
    pub project_id: Option<String>,
    /// Number in the series.
    pub number: Option<u64>,
    /// The sealer's label.
    pub label: Option<String>,
    /// When it was sealed, by the sealer's clock.
    pub sealed_utc: Option<String>,
    /// How many documents it carries.
    pub documents: Option<u64>,
    /// First and last event that it carries.
    pub events: Option<(u64, u64)>,
    /// Hash of the chain's first event.
    pub chain: Option<Sha256>,
    /// Digest of the manifest.
    pub manifest_sha256: Option<Sha256>,
    /// Name on the signer's card.
    pub signer_name: Option<String>,
    /// Items that were withdrawn, in the order of the withdrawals.
    pub withdrawn: Vec<u64>,
    /// What is known of the series.
    pub series: Option<SeriesAnswer>,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it may be relied on: intact, signed by somebody trusted, and within the rules.
    pub accepted: bool,
    /// The first failure.
    pub code: Option<String>,
    /// What the bundle says about itself.
    pub subject: Subject,
    /// Unchanged?
    pub integrity: Integrity,
    /// Signed by whom?
    pub signer: SignerAnswer,
    /// Does it meet the rules?
    pub policy: PolicyAnswer,
    /// What is known of its time?
    pub time: TimeAnswer,
    /// Two plain sentences.
    pub statement: String,
    /// Digest of the file.
    pub bundle_sha256: Sha256,
    /// Whose key signed, by its toolchain id.
    pub toolchain_id: Option<String>,
    /// Id of the key that signed.
    pub signer_keyid: Option<Sha256>,
    /// Name of the receiver's policy.
    pub policy_id: String,
    /// What the receiver's policy does with accepted bundles.
    pub mode: &'static str,
    /// What else deserves attention; changes no verdict.
    pub warnings: Vec<String>,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Report {
    /// The report as `verify --json` and the API give it.
    pub fn to_value(&self) -> Value {
        let subject = &self.subject;
        let series = subject.series.as_ref().map(SeriesAnswer::to_value);
        let subject = Object::new()
            .with("kind", subject.kind.as_deref())
            .with("project", subject.project.as_deref())
            .with("project_id", subject.project_id.as_deref())
            .with("number", subject.number)
            .with("label", subject.label.as_deref())
            .with("sealed_utc", subject.sealed_utc.as_deref())
            .with("documents", subject.documents)
            .with("first_event", subject.events.map(|(first, _)| first))
            .with("last_event", subject.events.map(|(_, last)| last))
            .with("chain", subject.chain)
            .with("manifest_sha256", subject.manifest_sha256)
            .with("signer_name", subject.signer_name.as_deref())
            .with("withdrawn", subject.withdrawn.clone())
            .with("series", series);
        let check = |check: &Check| {
            Object::new()
                .with("id", check.id.as_str())
                .with("status", check.status.as_str())
                .with("code", check.code.as_deref())
                .with("detail", check.detail.as_str())
        };
        let checks: Vec<Object> = self.checks.iter().map(check).collect();
        Object::new()
            .with(
                "verdict",
                if self.accepted { "accepted" } else { "refused" },
            )
            .with("code", self.code.as_deref())
            .with("subject", subject)
            .with("integrity", self.integrity.as_str())
            .with("signer", self.signer.as_str())
            .with("policy", self.policy.as_str())
            .with("time", self.time.as_str())
            .with("statement", self.statement.as_str())
            .with("bundle_sha256", self.bundle_sha256)
            .with("toolchain_id", self.toolchain_id.as_deref())
            .with("signer_keyid", self.signer_keyid)
            .with("policy_id", self.policy_id.as_str())
            .with("mode", self.mode)
            .with("warnings", self.warnings.clone())
            .with("checks", checks)
            .into()
    }
}
