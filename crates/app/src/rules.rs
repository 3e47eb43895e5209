//! Whose rules and which keys a check is done with.

use std::path::Path;

use bundle::Sha256;
use bundle::key::PublicKey;
use bundle::policy::yaml::MAX_BYTES;
use bundle::policy::{Allowlist, Entry, Policy};
use bundle::verify::TrustedKey;

use crate::error::AppError;
use crate::fault::Fault;
use crate::file::read_small;

/// A key file has a few lines.
const MAX_KEY_BYTES: usize = 64 << 10;

/// The text of a file of rules that a case can have: it can be read in one way only, and a seal may name it.
pub fn read_rules(path: &Path) -> Result<String, AppError> {
    let bytes = read_small(path, MAX_BYTES)?;
    let named = |error| AppError::from(error).in_file(path);
    Policy::from_yaml(&bytes)
        .and_then(|policy| policy.sealable())
        .map_err(named)?;
    String::from_utf8(bytes).map_err(|_| Fault::PolicyUnreadable.error().in_file(path))
}

/// A receiver's rules and keys.
#[derive(Debug)]
pub(crate) struct Rules {
    pub policy: Policy,
    pub allowlist_hash: Option<Sha256>,
    pub keys: Vec<TrustedKey>,
}

impl Rules {
    /// From files. Without a policy the one of new projects holds; without a list of keys none is trusted.
    pub fn load(policy: Option<&Path>, allowlist: Option<&Path>) -> Result<Self, AppError> {
        let policy = match policy {
            Some(path) => Policy::from_yaml(&read_small(path, MAX_BYTES)?)
                .map_err(|error| AppError::from(error).in_file(path))?,
            None => Policy::fieldgrade_v1(),
        };
        let (allowlist_hash, keys) = match allowlist {
            Some(path) => {
                let list = Allowlist::from_yaml(&read_small(path, MAX_BYTES)?)
                    .map_err(|error| AppError::from(error).in_file(path))?;
                (Some(list.hash()), trusted_keys(&list, path)?)
            }
            None => (None, Vec::new()),
        };
        Ok(Self {
            policy,
            allowlist_hash,
            keys,
        })
    }
}

/// The keys that a list names, each from its file beside the list.
fn trusted_keys(list: &Allowlist, path: &Path) -> Result<Vec<TrustedKey>, AppError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let entries = list.entries().iter();
    entries
        .map(|entry| {
            let file = folder.join(&entry.pubkey_path);
            trusted_key(entry, &file)
                .map_err(|error| error.at(format!("{}, entry {:?}", path.display(), entry.id)))
        })
        .collect()
}

fn trusted_key(entry: &Entry, file: &Path) -> Result<TrustedKey, AppError> {
    let place = |error: AppError| error.at(format!("key file {}", file.display()));
    let pem = read_small(file, MAX_KEY_BYTES).map_err(|error| match error.code {
        // The file in question is the list: it names what is not there.
        "no_such_file" => place(Fault::KeyFileMissing.error()),
        _ => error,
    })?;
    if pem.len() > MAX_KEY_BYTES {
        return Err(place(Fault::KeyMalformed.error()));
    }
    let key = PublicKey::from_pem(&pem).map_err(|error| place(error.into()))?;
    let canonical = key.to_pem().as_bytes() == pem;
    Ok(TrustedKey {
        file_sha256: (!canonical).then(|| Sha256::of(&pem)),
        ..TrustedKey::new(&entry.id, key)
    })
}
