//! The folder of vectors: bundles, kits (rules and keys), and what is expected of each.

use std::path::{Path, PathBuf};

use bundle::key::PublicKey;
use bundle::policy::{Allowlist, Policy};
use bundle::verify::{InTurn, Known, Receiver, Report, Silent, TrustedKey, verify};
use serde_json::Value;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

pub fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(path)).unwrap()).unwrap()
}

/// Rules and keys of a receiver.
pub struct Kit {
    pub policy: Policy,
    pub allowlist: Allowlist,
    pub keys: Vec<TrustedKey>,
}

impl Kit {
    pub fn load(path: &str) -> Self {
        let folder = folder().join(path);
        let policy =
            Policy::from_yaml(&std::fs::read(folder.join("policy.yaml")).unwrap()).unwrap();
        let allowlist =
            Allowlist::from_yaml(&std::fs::read(folder.join("allowlist.yaml")).unwrap()).unwrap();
        let keys = allowlist
            .entries()
            .iter()
            .map(|entry| {
                let pem = std::fs::read(folder.join(&entry.pubkey_path)).unwrap();
                TrustedKey::new(&entry.id, PublicKey::from_pem(&pem).unwrap())
            })
            .collect();
        Self {
            policy,
            allowlist,
            keys,
        }
    }

    pub fn check(&self, file: &[u8], known: &dyn Known) -> Report {
        let receiver = Receiver {
            policy: &self.policy,
            allowlist_hash: Some(self.allowlist.hash()),
            keys: &self.keys,
            any_signer: false,
            fingerprint: None,
            known,
            now: None,
        };
        verify(file, &receiver, &InTurn, &Silent).unwrap()
    }
}
