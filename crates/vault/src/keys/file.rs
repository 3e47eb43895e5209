//! Key files: the private half in PEM, mode 0600.

use std::fs;
use std::path::Path;

use bundle::key::{PublicKey, Signer, SigningKey};
use store::StoreError;

use super::OwnKey;
use crate::error::{Result, VaultError};

pub(super) fn public_half(key: &SigningKey) -> PublicKey {
    key.public_key()
}

/// The public half of a private key file.
pub(super) fn read_public(path: &Path) -> Result<PublicKey> {
    let pem = fs::read(path).map_err(|error| StoreError::io("read", path, error))?;
    let invalid = |detail: String| VaultError::KeyInvalid {
        path: path.to_owned(),
        detail,
    };
    Ok(SigningKey::from_pem(&pem)
        .map_err(|error| invalid(error.to_string()))?
        .public_key())
}

/// The private half; it must be the one of `key`.
pub(super) fn read_private(
    path: &Path,
    key: &OwnKey,
    _passphrase: Option<&str>,
) -> Result<SigningKey> {
    let pem = match fs::read(path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(VaultError::KeyMissing {
                toolchain_id: key.toolchain_id.clone(),
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(StoreError::io("read", path, error).into()),
    };
    let invalid = |detail: String| VaultError::KeyInvalid {
        path: path.to_owned(),
        detail,
    };
    let private = SigningKey::from_pem(&pem).map_err(|error| invalid(error.to_string()))?;
    if private.public_key() != key.public {
        return Err(invalid(format!("it is not the key {}", key.toolchain_id)));
    }
    Ok(private)
}
