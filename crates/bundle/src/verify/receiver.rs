//! Who checks: their rules, the keys they trust, and what they already know.

use crate::digest::Sha256;
use crate::key::PublicKey;
use crate::policy::Policy;
use crate::verify::answers::TimeAnswer;

/// A key that the receiver has an opinion on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The toolchain id that it signs for.
    pub toolchain_id: String,
    /// The key.
    pub key: PublicKey,
    /// Digest of the key file as it lies, where that is not the canonical PEM: older programs used it as key id.
    pub file_sha256: Option<Sha256>,
    /// Trusted from this time on.
    pub from: Option<String>,
    /// Trusted up to this time.
    pub until: Option<String>,
    /// Revoked: its signatures count only on bundles that were recorded here before.
    pub revoked: bool,
}

impl TrustedKey {
    /// A key without conditions.
    pub fn new(toolchain_id: &str, key: PublicKey) -> Self {
        let toolchain_id = toolchain_id.to_owned();
        Self {
            toolchain_id,
            key,
            file_sha256: None,
            from: None,
            until: None,
            revoked: false,
        }
    }

    pub(crate) fn ids(&self) -> Vec<Sha256> {
        std::iter::once(self.key.id())
            .chain(self.file_sha256)
            .collect()
    }
}

/// What a bundle of a chain is, as the receiver recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBundle {
    /// Hash of the chain's first event.
    pub chain: Sha256,
    /// Its number; none for an excerpt.
    pub number: Option<u64>,
    /// Digest of its manifest.
    pub manifest_sha256: Sha256,
    /// Digest of its file.
    pub bundle_sha256: Sha256,
    /// Hash of its SEAL.
    pub head: Sha256,
    /// Place of its SEAL.
    pub size: u64,
    /// Digest of the manifest of the bundle before.
    pub previous_manifest: Option<Sha256>,
    /// Id of the key that signed it.
    pub signer_keyid: Sha256,
    /// Whether it carries a RESTORED event.
    pub restored: bool,
}

/// What the receiver recorded before.
pub trait Known: Sync {
    /// All recorded bundles of a chain.
    fn of_chain(&self, chain: &Sha256) -> Vec<KnownBundle>;

    /// Whether this very file was recorded before.
    fn recorded(&self, bundle_sha256: &Sha256) -> bool;

    /// What is known of the time of a manifest, from time stamps and witnesses kept beside bundles.
    fn time_of(&self, manifest_sha256: &Sha256) -> TimeAnswer;
}

/// A receiver that has recorded nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Known for Nothing {
    fn of_chain(&self, _: &Sha256) -> Vec<KnownBundle> {
        Vec::new()
    }

    fn recorded(&self, _: &Sha256) -> bool {
        false
    }

    fn time_of(&self, _: &Sha256) -> TimeAnswer {
        TimeAnswer::DeviceClaim
    }
}

/// Who checks.
pub struct Receiver<'a> {
    /// Their rules.
    pub policy: &'a Policy,
    /// Digest of their list of keys, for rules that demand that the sealer had the same.
    pub allowlist_hash: Option<Sha256>,
    /// The keys they trust.
    pub keys: &'a [TrustedKey],
    /// Accept an unconfirmed signer for this one check.
    pub any_signer: bool,
    /// A fingerprint that they were given by another way: the key id, in hex.
    pub fingerprint: Option<&'a str>,
    /// What they recorded before.
    pub known: &'a dyn Known,
    /// Their time, in the form of events: what decides whether a key's period is over. Without it nothing but the
    /// signer's own clock is left to ask.
    pub now: Option<&'a str>,
}
