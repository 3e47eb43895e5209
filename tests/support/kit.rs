//! A receiver's rules and keys, as files for other programs and as values for ours.

use std::path::{Path, PathBuf};

use bundle::key::PublicKey;
use bundle::policy::{Allowlist, Policy};
use bundle::verify::{InTurn, Nothing, Receiver, Report, Silent, TrustedKey, verify};

/// Rules and keys of a receiver.
#[derive(Debug)]
pub struct Kit {
    /// The folder with `policy.yaml` and `allowlist.yaml`.
    pub folder: PathBuf,
    /// The rules.
    pub policy: Policy,
    /// The trusted toolchains.
    pub allowlist: Allowlist,
    /// Their keys.
    pub keys: Vec<TrustedKey>,
}

impl Kit {
    /// Reads both files and the keys that they name.
    pub fn load(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let policy = Policy::from_yaml(&read("policy.yaml")).unwrap();
        let allowlist = Allowlist::from_yaml(&read("allowlist.yaml")).unwrap();
        let key = |entry: &bundle::policy::Entry| {
            let key = PublicKey::from_pem(&read(&entry.pubkey_path)).unwrap();
            TrustedKey::new(&entry.id, key)
        };
        let keys = allowlist.entries().iter().map(key).collect();
        Self {
            folder: folder.to_owned(),
            policy,
            allowlist,
            keys,
        }
    }

    /// Writes the files of a kit with one key into `folder`, and reads them back.
    pub fn create(folder: &Path, policy: &str, toolchain_id: &str, key: &PublicKey) -> Self {
        std::fs::create_dir_all(folder.join("keys")).unwrap();
        let allowlist = format!(
            "allowlist:\n  toolchain_ids:\n    - id: {toolchain_id}\n      pubkey_path: keys/own.pub\n"
        );
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write("policy.yaml", policy);
        write("allowlist.yaml", &allowlist);
        write("keys/own.pub", &key.to_pem());
        Self::load(folder)
    }

    /// Who checks with this kit, and has recorded nothing.
    pub fn receiver(&self) -> Receiver<'_> {
        Receiver {
            policy: &self.policy,
            allowlist_hash: Some(self.allowlist.hash()),
            keys: &self.keys,
            any_signer: false,
            fingerprint: None,
            known: &Nothing,
            now: None,
        }
    }

    /// Our answer to a file.
    pub fn check(&self, file: &[u8]) -> Report {
        verify(file, &self.receiver(), &InTurn, &Silent).unwrap()
    }
}
