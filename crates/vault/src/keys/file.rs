//! Key files: the private half, in PEM or locked with a passphrase, always of mode 0600 and always whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bundle::key::{PublicKey, Signer, SigningKey};
use store::{Entropy, StoreError};
use zeroize::Zeroizing;

use super::OwnKey;
use super::locked::{LockedKey, NotOpened};
use crate::error::{Result, VaultError};

/// A key file is a few hundred bytes; what is longer is something else.
const LONGEST: u64 = 16 << 10;

/// What a key file holds.
pub(super) enum KeyFile {
    /// The key, open to whoever can read the file.
    Plain(SigningKey),
    /// The key, locked.
    Locked(LockedKey),
}

impl KeyFile {
    /// Reads a key file; none if there is no file.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let Some(bytes) = small(path)? else {
            return Ok(None);
        };
        Self::parse(&bytes, path).map(Some)
    }

    /// Takes the bytes of a key file.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self> {
        let invalid = |detail: String| invalid(path, detail);
        if LockedKey::is_one(bytes) {
            return LockedKey::parse(bytes).map(Self::Locked).map_err(invalid);
        }
        let key = SigningKey::from_pem(bytes).map_err(|error| invalid(error.to_string()))?;
        // What could never be verified must not sign.
        PublicKey::from_bytes(*key.public_key().as_bytes())
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self::Plain(key))
    }

    /// The public half. Nobody vouches for that of a locked key until it is unlocked.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Plain(key) => key.public_key(),
            Self::Locked(locked) => locked.public,
        }
    }

    /// Whether it needs a passphrase.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked(_))
    }

    /// The private half. A key that is not locked needs no passphrase and ignores the one given.
    pub fn unlock(
        self,
        passphrase: Option<&str>,
        toolchain_id: &str,
        path: &Path,
    ) -> Result<SigningKey> {
        let locked = match self {
            Self::Plain(key) => return Ok(key),
            Self::Locked(locked) => locked,
        };
        let toolchain_id = toolchain_id.to_owned();
        let Some(passphrase) = passphrase else {
            return Err(VaultError::KeyLocked { toolchain_id });
        };
        locked.open(passphrase).map_err(|why| match why {
            NotOpened::Passphrase => VaultError::PassphraseWrong { toolchain_id },
            NotOpened::Other(detail) => invalid(path, detail),
        })
    }
}

/// Whether a file says that it is a locked key; one that is not there does not.
pub fn is_locked_file(path: &Path) -> Result<bool> {
    Ok(small(path)?.is_some_and(|bytes| LockedKey::is_one(&bytes)))
}

/// What stands in the file of a key: locked if there is a passphrase.
pub(super) fn text_of(
    key: &SigningKey,
    passphrase: Option<&str>,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(match passphrase {
        None => key.to_pem(),
        Some(passphrase) => {
            check_passphrase(passphrase)?;
            LockedKey::lock(key, passphrase, entropy)?.to_text()
        }
    }))
}

/// A new passphrase must be one.
pub(super) fn check_passphrase(passphrase: &str) -> Result<()> {
    let detail = if passphrase.is_empty() {
        "it is empty"
    } else if passphrase.len() > 1024 {
        "it is longer than 1024 bytes"
    } else if passphrase.chars().any(char::is_control) {
        "there are control characters in it"
    } else {
        return Ok(());
    };
    Err(VaultError::InvalidValue {
        what: "the passphrase",
        detail: detail.to_owned(),
    })
}

/// The private half of an own key; the file must be that key's.
pub(super) fn read_private(
    path: &Path,
    key: &OwnKey,
    passphrase: Option<&str>,
) -> Result<SigningKey> {
    let missing = || VaultError::KeyMissing {
        toolchain_id: key.toolchain_id.clone(),
        path: path.to_owned(),
    };
    let file = KeyFile::read(path)?.ok_or_else(missing)?;
    if file.public() != key.public {
        let detail = format!("it is not the key {}", key.toolchain_id);
        return Err(invalid(path, detail));
    }
    file.unlock(passphrase, &key.toolchain_id, path)
}

/// The bytes of a small file; none if there is no file. They are wiped from memory when dropped.
pub(super) fn small(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let failed = |error| StoreError::io("read", path, error);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed)?,
    };
    // As long as it may become from the start, so that no copy stays behind where it grew.
    let room = usize::try_from(LONGEST).unwrap_or_default() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(invalid(path, "it is longer than a key".to_owned()));
    }
    Ok(Some(bytes))
}

pub(super) fn invalid(path: &Path, detail: String) -> VaultError {
    VaultError::KeyInvalid {
        path: path.to_owned(),
        detail,
    }
}
