//! What a normalised policy demands, with the reference's defaults and its notion of truth.

use crate::canon::{Object, ShapeError, Value};

/// What happens to a bundle that passed every check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is merged at once.
    AutoMerge,
    /// It waits for a reviewer.
    ReviewOnly,
    /// It is kept apart. Any word that we do not know acts so.
    Quarantine,
    /// It is refused.
    Kill,
}

impl Mode {
    /// The word for it in a policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoMerge => "AUTO_MERGE",
            Self::ReviewOnly => "REVIEW_ONLY",
            Self::Quarantine => "QUARANTINE",
            Self::Kill => "KILL",
        }
    }

    fn of(value: Option<&Value>) -> Self {
        match value {
            None => Self::ReviewOnly,
            Some(Value::String(word)) => match word.trim().to_uppercase().as_str() {
                "AUTO_MERGE" => Self::AutoMerge,
                "REVIEW_ONLY" => Self::ReviewOnly,
                "KILL" => Self::Kill,
                _ => Self::Quarantine,
            },
            Some(_) => Self::Quarantine,
        }
    }
}

/// What happens to bundles of the project's own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnBundles {
    /// They are merged at once.
    Merge,
    /// The mode holds for them too.
    AsMode,
}

/// What must be there and agree; each is the key `require_…` of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one field for each key of the file"
)]
pub struct Thresholds {
    /// The signature of the attestation (default yes).
    pub signature: bool,
    /// Every listed file with its digest (default yes).
    pub manifest_hashes: bool,
    /// The map hash in manifest and attestation (default yes).
    pub deterministic_bundle_hash: bool,
    /// The sealer's policy hash equals the receiver's (default no).
    pub policy_hash_match: bool,
    /// The sealer's allowlist hash equals the receiver's (default no).
    pub allowlist_hash_match: bool,
    /// The DSSE envelope of the attestation (default no).
    pub dsse_attestations: bool,
    /// The bill of materials with its envelope (default no).
    pub cyclonedx_sbom: bool,
    /// An unbroken ledger (default no; the reference never reads this key).
    pub provenance_chain_intact: bool,
}

/// All that is read out of a policy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    pub(super) mode: Mode,
    pub(super) max_bundle_mb: u64,
    pub(super) max_files: u64,
    pub(super) thresholds: Thresholds,
    pub(super) protected_paths: Vec<String>,
    pub(super) allowed_artifact_types: Vec<String>,
    pub(super) kill_switch: bool,
    pub(super) own_bundles: OwnBundles,
    pub(super) require_actor: bool,
    pub(super) require_series: bool,
}

impl Rules {
    /// Reads a normalised policy, and names the first key whose value has the wrong type.
    pub(super) fn read(policy: &Object) -> (Self, Option<ShapeError>) {
        let mut reader = Reader { wrong: None };
        let thresholds = reader.section(policy, "thresholds");
        let accept = reader.section(policy, "accept");
        let kill_switch = reader.section(policy, "kill_switch");
        let rules = Self {
            mode: Mode::of(policy.get("mode")),
            max_bundle_mb: reader.count(thresholds, "thresholds", "max_bundle_mb", 250),
            max_files: reader.count(thresholds, "thresholds", "max_files_in_bundle", 20_000),
            thresholds: Thresholds {
                signature: truth(thresholds, "require_signature", true),
                manifest_hashes: truth(thresholds, "require_manifest_hashes", true),
                deterministic_bundle_hash: truth(
                    thresholds,
                    "require_deterministic_bundle_hash",
                    true,
                ),
                policy_hash_match: truth(thresholds, "require_policy_hash_match", false),
                allowlist_hash_match: truth(thresholds, "require_allowlist_hash_match", false),
                dsse_attestations: truth(thresholds, "require_dsse_attestations", false),
                cyclonedx_sbom: truth(thresholds, "require_cyclonedx_sbom", false),
                provenance_chain_intact: truth(
                    thresholds,
                    "require_provenance_chain_intact",
                    false,
                ),
            },
            protected_paths: reader.words(Some(policy), "", "protected_paths"),
            allowed_artifact_types: reader.words(accept, "accept", "allowed_artifact_types"),
            kill_switch: truth(kill_switch, "enabled", false) || truth(kill_switch, "kill", false),
            own_bundles: match accept
                .and_then(|accept| accept.get("own_bundles"))
                .and_then(Value::as_str)
            {
                Some("MERGE") => OwnBundles::Merge,
                _ => OwnBundles::AsMode,
            },
            require_actor: truth(accept, "require_actor", false),
            require_series: truth(accept, "require_series", false),
        };
        (rules, reader.wrong)
    }
}

/// Reads what it can and remembers the first thing that it could not.
struct Reader {
    wrong: Option<ShapeError>,
}

impl Reader {
    fn section<'a>(&mut self, policy: &'a Object, key: &str) -> Option<&'a Object> {
        match policy.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::Object(section)) => Some(section),
            Some(_) => {
                self.note("", key, "a mapping");
                None
            }
        }
    }

    fn count(&mut self, section: Option<&Object>, name: &str, key: &str, default: u64) -> u64 {
        let Some(value) = section.and_then(|section| section.get(key)) else {
            return default;
        };
        value
            .as_int()
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_else(|| {
                self.note(name, key, "a whole number of at least 0");
                0
            })
    }

    fn words(&mut self, section: Option<&Object>, name: &str, key: &str) -> Vec<String> {
        let items = match section.and_then(|section| section.get(key)) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(items)) => items.as_slice(),
            Some(_) => {
                self.note(name, key, "a list of words");
                &[]
            }
        };
        let words: Vec<String> = items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if words.len() < items.len() {
            self.note(name, key, "a list of words");
        }
        words
    }

    fn note(&mut self, section: &str, key: &str, expected: &'static str) {
        let dot = if section.is_empty() { "" } else { "." };
        self.wrong.get_or_insert_with(|| ShapeError {
            key: format!("{section}{dot}{key}"),
            expected,
        });
    }
}

/// Truth as Python has it: what is empty or zero is false, all else is true, the word "false" too.
pub(super) fn truth(section: Option<&Object>, key: &str, default: bool) -> bool {
    match section.and_then(|section| section.get(key)) {
        None => default,
        Some(Value::Null) => false,
        Some(Value::Bool(b)) => *b,
        Some(Value::Int(n)) => *n != 0,
        Some(Value::Float(x)) => *x != 0.0,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(object)) => !object.is_empty(),
    }
}
