//! The receiver's rules: limits, protected paths, demanded hashes, kinds of content, contracts.

use crate::canon::{Object, Value};
use crate::policy::{ArtifactType, Issue, studspec_issues, tubespec_issues};
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::members::Members;
use crate::verify::papers::Small;
use crate::verify::receiver::Receiver;
use crate::zip::Entry;

/// What can be judged from the directory alone, even of an archive that is not sound.
pub(crate) fn directory(
    entries: &[Entry],
    declared: u64,
    receiver: &Receiver<'_>,
    checks: &mut Checks,
) {
    let policy = receiver.policy;
    if declared > policy.max_bundle_bytes() {
        let detail = format!(
            "{declared} bytes; the rules allow {}",
            policy.max_bundle_bytes()
        );
        checks.fail(CheckId::Policy, "bundle_too_large", detail);
    }
    if entries.len() as u64 > policy.max_files() {
        let detail = format!(
            "{} members; the rules allow {}",
            entries.len(),
            policy.max_files()
        );
        checks.fail(CheckId::Policy, "too_many_files", detail);
    }
    if policy.protected_paths().is_empty() {
        return;
    }
    for entry in entries {
        let name = entry.name.to_string();
        if let Some(path) = policy.protects(&name) {
            checks.fail(CheckId::Policy, format!("protected_path:{path}"), name);
        }
    }
}

/// The hashes of rules and keys that the rules may demand. Null never meets a demand.
pub(crate) fn demanded_hashes(attestation: &Object, receiver: &Receiver<'_>, checks: &mut Checks) {
    let demands = receiver.policy.thresholds();
    let mut compare = |demanded: bool, field: &str, own: Option<String>, code: &'static str| {
        if !demanded {
            return;
        }
        let seen = attestation.get(field).and_then(Value::as_str);
        match (seen, own) {
            (Some(seen), Some(own)) if seen == own => {}
            (Some(_), Some(own)) => {
                checks.fail(CheckId::Policy, code, format!("{own} was expected"));
            }
            (_, None) => checks.fail(
                CheckId::Policy,
                code,
                "no list of keys was given to compare with",
            ),
            (None, _) => checks.fail(CheckId::Policy, code, "the bundle names none"),
        }
    };
    let policy_hash = Some(receiver.policy.hash().to_string());
    compare(
        demands.policy_hash_match,
        "policy_hash",
        policy_hash,
        "policy_hash_mismatch",
    );
    let allowlist_hash = receiver.allowlist_hash.map(|hash| hash.to_string());
    compare(
        demands.allowlist_hash_match,
        "allowlist_hash",
        allowlist_hash,
        "allowlist_hash_mismatch",
    );
}

/// Kill switch and kinds of content.
pub(crate) fn contents(members: &Members<'_>, receiver: &Receiver<'_>, checks: &mut Checks) {
    let policy = receiver.policy;
    if policy.kill_switch() {
        checks.fail(CheckId::Policy, "meap_eval_failed", "the kill switch is on");
    }
    if policy.allowed_artifact_types().is_empty() {
        return;
    }
    for (index, entry) in members.entries().iter().enumerate() {
        let name = entry.name.to_string();
        let kind = ArtifactType::of(&name);
        if members.is_listed(index) && !policy.allows(kind) {
            checks.fail(
                CheckId::Policy,
                "meap_eval_failed",
                format!("{name} is of kind {}", kind.as_str()),
            );
        }
    }
}

/// The reference platform's contracts. Warnings refuse as well, as they do there.
pub(crate) fn contract(name: &str, member: &Small, checks: &mut Checks) {
    let (code, issues): (_, fn(&Value) -> Vec<Issue>) = if name == "studspec.json" {
        ("invalid_studspec", studspec_issues)
    } else {
        ("invalid_tubespec", tubespec_issues)
    };
    match member.map(|bytes| Value::parse(bytes).map_err(|e| e.to_string())) {
        None => {}
        Some(Err(detail)) => checks.fail(CheckId::Policy, code, detail),
        Some(Ok(spec)) => {
            for issue in issues(&spec) {
                checks.fail(
                    CheckId::Policy,
                    code,
                    format!("{}: {}", issue.path, issue.what),
                );
            }
        }
    }
}
