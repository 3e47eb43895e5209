use super::rules::Rules;
use super::yaml::{self, Node, Notes};
use super::{ArtifactType, Mode, OwnBundles, PolicyError, PolicyErrorKind, Thresholds, normalise};
use crate::canon::{Object, Value};
use crate::digest::Sha256;

/// A receiver's policy: the normalised object that is hashed, and what it demands.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    value: Value,
    rules: Rules,
    notes: Notes,
}

impl Policy {
    /// Reads a policy file, of either schema.
    pub fn from_yaml(bytes: &[u8]) -> Result<Self, PolicyError> {
        let root = yaml::parse(bytes)?;
        let object = normalise::object(&root)?;
        let (rules, wrong) = Rules::read(&object);
        if let Some(wrong) = wrong {
            let place = place_of(&root, &wrong.key).place();
            return Err(PolicyError::wrong_type(wrong.key, wrong.expected).at(place));
        }
        let mut notes = root.notes();
        if let Some(section) = root.get("meap_v1") {
            // Only this section is hashed.
            notes.floats = section.notes().floats;
        }
        Ok(Self {
            value: object.into(),
            rules,
            notes,
        })
    }

    /// Takes a normalised policy, as a bundle carries one.
    pub fn from_normalised(value: Value) -> Result<Self, PolicyError> {
        let Value::Object(object) = &value else {
            return Err(PolicyError::wrong_type("", "a mapping"));
        };
        match Rules::read(object) {
            (rules, None) => Ok(Self {
                value,
                rules,
                notes: Notes::default(),
            }),
            (_, Some(wrong)) => Err(PolicyError::wrong_type(wrong.key, wrong.expected)),
        }
    }

    /// The policy of a new project; `fieldgrade_v1.yaml` says the same.
    pub fn fieldgrade_v1() -> Self {
        let object = fieldgrade_v1();
        let (rules, _) = Rules::read(&object);
        Self {
            value: object.into(),
            rules,
            notes: Notes::default(),
        }
    }

    /// [`Policy::fieldgrade_v1`] as a file for people to start from.
    pub const FIELDGRADE_V1_YAML: &str = include_str!("fieldgrade_v1.yaml");

    /// The normalised object.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes that are hashed: canonical JSON without a final newline.
    pub fn canonical(&self) -> Vec<u8> {
        self.value.to_canonical()
    }

    /// The policy hash.
    pub fn hash(&self) -> Sha256 {
        Sha256::of(&self.canonical())
    }

    /// The name, or `MEAP_V1` if it has none.
    pub fn id(&self) -> &str {
        let id = self
            .value
            .as_object()
            .and_then(|object| object.get("policy_id"));
        id.and_then(Value::as_str).unwrap_or("MEAP_V1")
    }

    /// What happens to a bundle that passed every check.
    pub fn mode(&self) -> Mode {
        self.rules.mode
    }

    /// The largest sum of uncompressed sizes, in bytes.
    pub fn max_bundle_bytes(&self) -> u64 {
        self.rules.max_bundle_mb.saturating_mul(1 << 20)
    }

    /// The largest number of archive entries.
    pub fn max_files(&self) -> u64 {
        self.rules.max_files
    }

    /// What must be there and agree.
    pub fn thresholds(&self) -> Thresholds {
        self.rules.thresholds
    }

    /// The protected path that a member equals or lies under, as the policy writes it.
    pub fn protects(&self, member: &str) -> Option<&str> {
        let covers = |path: &&String| {
            let rest = member.strip_prefix(path.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.rules
            .protected_paths
            .iter()
            .find(covers)
            .map(String::as_str)
    }

    /// The protected paths as the policy writes them.
    pub fn protected_paths(&self) -> &[String] {
        &self.rules.protected_paths
    }

    /// The words for the artifact types that may come in; none means all.
    pub fn allowed_artifact_types(&self) -> &[String] {
        &self.rules.allowed_artifact_types
    }

    /// Whether members of this type may come in.
    pub fn allows(&self, artifact: ArtifactType) -> bool {
        let allowed = &self.rules.allowed_artifact_types;
        allowed.is_empty() || allowed.iter().any(|word| word == artifact.as_str())
    }

    /// Whether every bundle is refused.
    pub fn kill_switch(&self) -> bool {
        self.rules.kill_switch
    }

    /// What happens to bundles of the project's own key.
    pub fn own_bundles(&self) -> OwnBundles {
        self.rules.own_bundles
    }

    /// Whether every act must name a person.
    pub fn require_actor(&self) -> bool {
        self.rules.require_actor
    }

    /// Whether the bundles before this one must be known.
    pub fn require_series(&self) -> bool {
        self.rules.require_series
    }

    /// Whether a bundle may be sealed under this policy: no key stands twice, no number has a fraction.
    pub fn sealable(&self) -> Result<(), PolicyError> {
        sealable(&self.value, &self.notes)
    }
}

/// Whether a file that means `value` may be sealed with.
pub(super) fn sealable(value: &Value, notes: &Notes) -> Result<(), PolicyError> {
    if let Some(twice) = notes.duplicate_keys.first() {
        return Err(PolicyError {
            kind: PolicyErrorKind::DuplicateKey(twice.key.clone()),
            place: Some(twice.place),
        });
    }
    match float_key(value, "") {
        Some(key) => {
            let kind = PolicyErrorKind::Fraction(yaml::short(key));
            Err(PolicyError {
                kind,
                place: notes.floats.first().map(|float| float.place),
            })
        }
        None => Ok(()),
    }
}

/// The key of the first number with a fraction.
fn float_key<'a>(value: &'a Value, key: &'a str) -> Option<&'a str> {
    match value {
        Value::Float(_) => Some(key),
        Value::Array(items) => items.iter().find_map(|item| float_key(item, key)),
        Value::Object(object) => object.iter().find_map(|(key, item)| float_key(item, key)),
        _ => None,
    }
}

/// The node that a key of the normalised object came from.
fn place_of<'a>(root: &'a Node, key: &str) -> &'a Node {
    if let Some(section) = root.get("meap_v1") {
        return section.closest(key.split('.'));
    }
    // The older schema keeps its limits elsewhere.
    let limit = key
        .strip_prefix("thresholds.")
        .filter(|_| root.get("thresholds").is_none());
    match limit.zip(root.get("limits")) {
        Some((limit, limits)) => limits.closest(limit.split('.')),
        None => root.closest(key.split('.')),
    }
}

fn fieldgrade_v1() -> Object {
    let none = || Value::Array(Vec::new());
    Object::new()
        .with("policy_id", "FIELDGRADE_V1")
        .with("policy_version", 1i64)
        .with("mode", "REVIEW_ONLY")
        .with(
            "thresholds",
            Object::new()
                .with("max_bundle_mb", 1_048_576i64)
                .with("max_files_in_bundle", 5_000_000i64)
                .with("require_signature", true)
                .with("require_provenance_chain_intact", true)
                .with("require_manifest_hashes", true)
                .with("require_deterministic_bundle_hash", true)
                .with("require_policy_hash_match", false)
                .with("require_allowlist_hash_match", false)
                .with("require_dsse_attestations", true)
                .with("require_cyclonedx_sbom", true),
        )
        .with("protected_paths", none())
        .with(
            "accept",
            Object::new()
                .with("allowed_artifact_types", none())
                .with("deny_network_by_default", true)
                .with("own_bundles", "MERGE")
                .with("require_actor", false)
                .with("require_series", false),
        )
        .with("replay", Object::new().with("allow_reexecute_tools", false))
        .with(
            "kill_switch",
            Object::new().with("enabled", false).with("kill", false),
        )
}
