//! Who checks: a kit of rules and keys, and what they know.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::key::PublicKey;
use bundle::policy::{Allowlist, Policy};
use bundle::verify::{
    Executor, InTurn, Known, KnownBundle, Receiver, Report, Silent, TimeAnswer, TrustedKey, verify,
};

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

/// What was recorded before.
#[derive(Default)]
pub struct Memory {
    pub bundles: Vec<KnownBundle>,
    pub recorded: HashSet<Sha256>,
}

impl Known for Memory {
    fn of_chain(&self, chain: &Sha256) -> Vec<KnownBundle> {
        let same = self.bundles.iter().filter(|known| known.chain == *chain);
        same.cloned().collect()
    }

    fn recorded(&self, bundle_sha256: &Sha256) -> bool {
        self.recorded.contains(bundle_sha256)
    }

    fn time_of(&self, _: &Sha256) -> TimeAnswer {
        TimeAnswer::DeviceClaim
    }
}

/// A receiver in the making.
pub struct Desk {
    pub policy: String,
    pub allowlist_hash: Option<Sha256>,
    pub keys: Vec<TrustedKey>,
    pub any_signer: bool,
    pub fingerprint: Option<String>,
    pub memory: Memory,
    pub now: Option<String>,
}

/// A receiver with the rules and keys of a kit.
pub fn desk(kit: &str) -> Desk {
    let folder = folder().join(kit);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let allowlist = Allowlist::from_yaml(&read("allowlist.yaml")).unwrap();
    let keys = allowlist.entries().iter().map(|entry| {
        let key = PublicKey::from_pem(&read(&entry.pubkey_path)).unwrap();
        TrustedKey::new(&entry.id, key)
    });
    Desk {
        policy: String::from_utf8(read("policy.yaml")).unwrap(),
        allowlist_hash: Some(allowlist.hash()),
        keys: keys.collect(),
        any_signer: false,
        fingerprint: None,
        memory: Memory::default(),
        now: None,
    }
}

/// Demands that the sealer had the same rules and list of keys.
pub fn strict() -> Desk {
    desk("ours/kits/strict")
}

/// Demands no such thing.
pub fn lenient() -> Desk {
    desk("ours/kits/fieldgrade")
}

impl Desk {
    /// Changes the text of the rules.
    #[must_use]
    pub fn rule(mut self, old: &str, new: &str) -> Self {
        assert!(self.policy.contains(old), "{old}");
        self.policy = self.policy.replace(old, new);
        self
    }

    #[must_use]
    pub fn without_keys(mut self) -> Self {
        self.keys.clear();
        self
    }

    #[must_use]
    pub fn fingerprint(mut self, given: &str) -> Self {
        self.fingerprint = Some(given.to_owned());
        self
    }

    #[must_use]
    pub fn with(mut self, alter: impl FnOnce(&mut Self)) -> Self {
        alter(&mut self);
        self
    }

    pub fn check(&self, file: &[u8]) -> Report {
        self.check_with(file, &InTurn)
    }

    pub fn check_with(&self, file: &[u8], executor: &dyn Executor) -> Report {
        let policy = Policy::from_yaml(self.policy.as_bytes()).unwrap();
        let receiver = Receiver {
            policy: &policy,
            allowlist_hash: self.allowlist_hash,
            keys: &self.keys,
            any_signer: self.any_signer,
            fingerprint: self.fingerprint.as_deref(),
            known: &self.memory,
            now: self.now.as_deref(),
        };
        verify(file, &receiver, executor, &Silent).unwrap()
    }
}
