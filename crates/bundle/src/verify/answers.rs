//! The four answers and the sentences that say them.

use crate::canon::Value;
use crate::format::text::clean;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::report::Subject;

/// Unchanged?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Integrity {
    /// Every byte is the one that was sealed.
    Intact,
    /// Something is not what was sealed, or was not put together as it should be.
    Changed,
    /// Something is missing.
    Incomplete,
    /// It cannot be read, or only by a newer program.
    Unreadable,
}

/// Signed by whom?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerAnswer {
    /// By a key that the receiver trusts.
    Trusted,
    /// By a key that the receiver has not confirmed.
    Unconfirmed,
    /// By a key trusted for another period.
    Expired,
    /// By a revoked key.
    Revoked,
    /// The signature is wrong.
    BadSignature,
    /// Not at all.
    Unsigned,
    /// Not judged.
    NotChecked,
}

/// Does it meet the receiver's rules?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyAnswer {
    /// Yes.
    Met,
    /// No.
    NotMet,
    /// Not judged.
    NotChecked,
}

/// What is known of its time?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeAnswer {
    /// Only what the sealing device's clock said.
    DeviceClaim,
    /// A trusted person signed the sealed state.
    Witnessed,
    /// A trusted time stamp lies beside it.
    Timestamped,
    /// Not judged.
    NotChecked,
}

/// What is known of the bundles before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeriesAnswer {
    /// All are known here, or all their events are in this one.
    Complete,
    /// These numbers are not known here.
    Missing(Vec<u64>),
    /// Nothing of this chain is known here.
    Unknown,
    /// Two bundles claim the same place.
    Fork,
    /// Two bundles claim the same place because one side was restored from a backup, which is on record.
    ContinuedFromBackup,
}

impl Integrity {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Changed => "changed",
            Self::Incomplete => "incomplete",
            Self::Unreadable => "unreadable",
        }
    }
}

impl SignerAnswer {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Unconfirmed => "unconfirmed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::BadSignature => "bad_signature",
            Self::Unsigned => "unsigned",
            Self::NotChecked => "not_checked",
        }
    }
}

impl PolicyAnswer {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::NotChecked => "not_checked",
        }
    }
}

impl TimeAnswer {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeviceClaim => "device_claim",
            Self::Witnessed => "witnessed",
            Self::Timestamped => "timestamped",
            Self::NotChecked => "not_checked",
        }
    }
}

impl SeriesAnswer {
    /// As it stands in reports: a word, or `{"missing":[…]}`.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Complete => "complete".into(),
            Self::Missing(numbers) => crate::canon::Object::new()
                .with("missing", numbers.clone())
                .into(),
            Self::Unknown => "unknown".into(),
            Self::Fork => "fork".into(),
            Self::ContinuedFromBackup => "continued_from_backup".into(),
        }
    }
}

/// Failures that say something is missing, not different.
const INCOMPLETE: [&str; 10] = [
    "missing_manifest",
    "missing_attestation",
    "missing_signature",
    "missing_cyclonedx_sbom",
    "missing_cyclonedx_dsse",
    "missing_dsse_attestation",
    "missing_member",
    "manifest_file_missing",
    "body_missing",
    "blob_missing",
];

/// Failures after which nothing of the contents can be believed.
const UNREADABLE: [&str; 5] = [
    "manifest_parse_error",
    "manifest_invalid",
    "manifest_files_not_dict",
    "attestation_parse_error",
    "unsupported_format",
];

/// What one failure says about integrity.
pub(crate) fn weigh(id: CheckId, code: &str) -> Integrity {
    let word = code.split(':').next().unwrap_or(code);
    match id {
        // A manifest that names somebody else than the signer contradicts itself; all else is a matter of trust.
        CheckId::Signer if word == "signer_mismatch" => Integrity::Changed,
        CheckId::Signer | CheckId::Policy => Integrity::Intact,
        CheckId::Structure => Integrity::Unreadable,
        _ if UNREADABLE.contains(&word) => Integrity::Unreadable,
        _ if INCOMPLETE.contains(&word) => Integrity::Incomplete,
        _ => Integrity::Changed,
    }
}

/// The worst of what the checks found; signature, trust and rules do not count.
pub(crate) fn integrity(checks: &Checks) -> Integrity {
    let all = CheckId::ALL.into_iter().map(|id| checks.worst(id));
    all.max().unwrap_or(Integrity::Intact)
}

/// The first check that says something against integrity.
pub(crate) fn first_doubt(checks: &Checks) -> Option<CheckId> {
    let mut all = CheckId::ALL.into_iter();
    all.find(|id| checks.worst(*id) != Integrity::Intact)
}

/// The two sentences. The first speaks of the bytes, the second of the signer, the rules and the time.
pub(crate) fn statement(
    integrity: Integrity,
    signer: SignerAnswer,
    policy: PolicyAnswer,
    subject: &Subject,
    first_doubt: Option<CheckId>,
) -> String {
    // What fails after the signatures were found good was made wrongly and then signed.
    let made_wrongly = first_doubt.is_some_and(|id| id > CheckId::Signer);
    let well_signed = matches!(signer, SignerAnswer::Trusted | SignerAnswer::Unconfirmed);
    let since = match &subject.sealed_utc {
        Some(time) => format!(
            "since it was sealed on {} by the sealing device's clock",
            readable(time)
        ),
        None => "since it was sealed".to_owned(),
    };
    let bytes = match integrity {
        Integrity::Intact if signer == SignerAnswer::Unsigned => {
            "The contents agree with their list, which nobody signed.".to_owned()
        }
        Integrity::Intact if signer == SignerAnswer::BadSignature => {
            "The contents agree with their list, but the signature is wrong.".to_owned()
        }
        Integrity::Intact => format!("Nothing was changed {since}."),
        Integrity::Changed if well_signed && made_wrongly => {
            "This bundle was not put together correctly by its sealer.".to_owned()
        }
        Integrity::Changed => {
            "This is not what was sealed: something was changed. Do not rely on it.".to_owned()
        }
        Integrity::Incomplete => "Something that belongs to this bundle is missing.".to_owned(),
        Integrity::Unreadable if first_doubt == Some(CheckId::Format) => {
            "This bundle was made by a newer program; a newer program is needed to check it."
                .to_owned()
        }
        Integrity::Unreadable => "This file cannot be read as a bundle.".to_owned(),
    };
    let who = match (&subject.signer_name, signer) {
        // Whatever a card holds, it must not be able to act on a screen.
        (Some(name), _) if !name.is_empty() => clean(name.as_bytes()).text,
        _ => "a key that you trust".to_owned(),
    };
    let rest = match signer {
        SignerAnswer::Trusted if policy == PolicyAnswer::NotMet => format!("Signed by {who}, but it does not meet your rules."),
        SignerAnswer::Trusted => format!("Signed by {who}."),
        SignerAnswer::Unconfirmed => {
            "Not yet confirmed: who sealed it. Compare this fingerprint with the one you were given.".to_owned()
        }
        SignerAnswer::Expired => "Signed with a key that you trusted for another period only.".to_owned(),
        SignerAnswer::Revoked => "Signed with a key that was revoked.".to_owned(),
        SignerAnswer::BadSignature => "The signature does not belong to it. Do not rely on it.".to_owned(),
        SignerAnswer::Unsigned => "It is not known who made it.".to_owned(),
        SignerAnswer::NotChecked => "Who sealed it was not checked.".to_owned(),
    };
    format!("{bytes} {rest}")
}

/// `2026-05-03T14:02:11.000000+00:00` as `2026-05-03 14:02 UTC`.
fn readable(time: &str) -> String {
    match (time.get(..10), time.get(11..16)) {
        (Some(date), Some(clock)) => format!("{date} {clock} UTC"),
        _ => time.to_owned(),
    }
}
