//! What a check of a bundle found: every check, four answers, one statement.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::verify::answers::{Integrity, PolicyAnswer, SeriesAnswer, SignerAnswer, TimeAnswer};
use crate::verify::check::Check;

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
