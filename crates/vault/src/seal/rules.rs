//! The rules are asked before anything is written.

use bundle::format::member;
use bundle::policy::{ArtifactType, Policy};
use bundle::seal::Plan;
use bundle::zip::Folder;

use super::pin::SealDraft;
use crate::error::{Result, VaultError};

/// Limits, kinds of content, demanded hashes.
pub(super) fn must_meet(policy: &Policy, plan: &Plan, draft: &SealDraft) -> Result<()> {
    let exceeds = |detail: String| {
        Err(VaultError::WouldExceedPolicy {
            policy: policy.id().to_owned(),
            detail,
        })
    };
    // The few papers that depend on the key are small; a MiB covers them, and the manifest is counted by its members.
    let bytes = plan.content_bytes() + (1 << 20) + plan.member_count() * 160;
    if bytes > policy.max_bundle_bytes() {
        return exceeds(format!(
            "{bytes} bytes; {} are allowed",
            policy.max_bundle_bytes()
        ));
    }
    if plan.member_count() > policy.max_files() {
        return exceeds(format!(
            "{} members; {} are allowed",
            plan.member_count(),
            policy.max_files()
        ));
    }
    if policy.thresholds().allowlist_hash_match && draft.pins.allowlist_hash.is_none() {
        return exceeds("a list of keys must be named: give it with --allowlist".to_owned());
    }
    for name in [
        member::README,
        member::POLICY,
        member::DELTA,
        member::PROVENANCE,
        member::SBOM,
    ] {
        let kind = ArtifactType::of(name);
        if !policy.allowed_artifact_types().is_empty() && !policy.allows(kind) {
            return exceeds(format!("content of kind {} is not allowed", kind.as_str()));
        }
    }
    let protected = [
        Folder::Raw.prefix(),
        Folder::Extract.prefix(),
        Folder::Aux.prefix(),
        member::MANIFEST,
    ];
    if let Some(path) = protected.into_iter().find_map(|name| policy.protects(name)) {
        return exceeds(format!("the path {path} is protected"));
    }
    Ok(())
}
