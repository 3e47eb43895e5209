//! Keys that leave: the public half with its card for everybody, the private half only locked with a passphrase.

use std::path::{Path, PathBuf};

use store::durable::{self, Placed};

use super::file::{check_passphrase, read_private, text_of};
use super::{KeyState, OwnKey};
use crate::error::{Result, VaultError};
use crate::vault::Vault;

/// What was written for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedKey {
    /// The public half in PEM form.
    pub public: PathBuf,
    /// The signer's card, of the key that signs now.
    pub card: Option<PathBuf>,
    /// The statement that the key was revoked.
    pub revocation: Option<PathBuf>,
}

/// What is needed to let a private half leave.
#[derive(Debug, Clone, Copy)]
pub struct PrivateExport<'a> {
    /// Unlocks the key.
    pub passphrase: Option<&'a str>,
    /// Locks the copy.
    pub wrapped_with: &'a str,
}

impl Vault {
    /// Writes the public half of a key into a folder, with what says whose it is and whether it still holds. Files that
    /// are there stay; `file_exists` names the first.
    pub fn export_key(
        &self,
        key: &OwnKey,
        folder: &Path,
        passphrase: Option<&str>,
    ) -> Result<ExportedKey> {
        let card = match key.state {
            KeyState::Active => Some(self.signer_card(key, passphrase)?),
            _ => None,
        };
        let revocation = self.revocation_of(key)?;
        let name = |ending: &str| folder.join(format!("{}.{ending}", key.toolchain_id));
        let exported = ExportedKey {
            public: name("pub.pem"),
            card: card.as_ref().map(|_| name("card.json")),
            revocation: revocation.as_ref().map(|_| name("revocation.json")),
        };
        durable::create_folder(folder)?;
        let parts = [
            (
                Some(&exported.public),
                Some(key.public.to_pem().into_bytes()),
            ),
            (exported.card.as_ref(), card),
            (
                exported.revocation.as_ref(),
                revocation.map(String::into_bytes),
            ),
        ];
        for (path, bytes) in parts {
            if let (Some(path), Some(bytes)) = (path, bytes) {
                place_new(path, &bytes)?;
            }
        }
        Ok(exported)
    }

    /// Writes a copy of the private half to a new file, locked with a passphrase of its own.
    pub fn export_private_key(
        &self,
        key: &OwnKey,
        path: &Path,
        how: &PrivateExport<'_>,
    ) -> Result<()> {
        check_passphrase(how.wrapped_with)?;
        let private = read_private(&self.key_path(key), key, how.passphrase)?;
        let text = text_of(&private, Some(how.wrapped_with), self.entropy())?;
        place_new(path, text.as_bytes())
    }
}

pub(super) fn place_new(path: &Path, bytes: &[u8]) -> Result<()> {
    // A name alone lies in the folder that one is in.
    let here;
    let path = if path
        .parent()
        .is_none_or(|above| above.as_os_str().is_empty())
    {
        here = Path::new(".").join(path);
        &here
    } else {
        path
    };
    match durable::write_new(path, bytes)? {
        Placed::New => Ok(()),
        Placed::Exists => Err(VaultError::FileExists(path.to_owned())),
    }
}
