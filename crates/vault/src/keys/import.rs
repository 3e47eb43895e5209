//! A private key from elsewhere becomes the signing key: as the first one, or in a change of key like any other.

use std::io;
use std::path::Path;

use bundle::key::{Signer, SigningKey};
use store::StoreError;
use store::durable::{self, Placed};

use super::file::{KeyFile, invalid, small, text_of};
use super::follow::Old;
use super::rotate::Rotation;
use super::{FIRST, OwnKey, first_name, private_mode};
use crate::error::{Result, VaultError};
use crate::project::shown;
use crate::vault::{Act, Vault};

/// What is needed to take in a key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Import<'a> {
    /// Unlocks the file.
    pub file_passphrase: Option<&'a str>,
    /// The name under which it signs, if it is the first key; made from its fingerprint if none is given.
    pub toolchain_id: Option<&'a str>,
    /// Reason, passphrase of the present key, and the passphrase that the new one gets here.
    pub rotation: Rotation<'a>,
}

impl Vault {
    /// Takes the private key in a file (PKCS#8 in PEM form, or locked as this program does it) as the signing key. The
    /// file stays where it is. If there is a key already, both sign the handover.
    pub fn import_key(&self, path: &Path, import: &Import<'_>, act: &Act) -> Result<OwnKey> {
        let none = || StoreError::io("read", path, io::ErrorKind::NotFound.into());
        let bytes = small(path)?.ok_or_else(none)?;
        let name = path.display().to_string();
        let private = KeyFile::parse(&bytes, path)?.unlock(import.file_passphrase, &name, path)?;
        let keys = self.own_keys()?;
        let public = private.public_key();
        if let Some(own) = keys.iter().find(|own| own.public == public) {
            return Err(VaultError::KeyExists {
                toolchain_id: own.toolchain_id.clone(),
            });
        }
        if keys.is_empty() {
            return self.import_first(&private, import);
        }
        if import.toolchain_id.is_some() {
            return Err(VaultError::InvalidValue {
                what: "the name of the key",
                detail: "a key that follows another one is named after it".to_owned(),
            });
        }
        let old = self.active_key_or_new()?;
        let old_private = self.signing_key(&old, import.rotation.passphrase)?;
        let locked_with = import.rotation.new_passphrase;
        let next = self.next_key(&keys, &old, Some(&private), locked_with)?;
        let how = Old::HandsOver(&old_private);
        Ok(self
            .follow(&old, how, &next, import.rotation.reason, act)?
            .new)
    }

    fn import_first(&self, private: &SigningKey, import: &Import<'_>) -> Result<OwnKey> {
        let public = private.public_key();
        let toolchain_id = match import.toolchain_id {
            Some(name) => {
                check_toolchain_id(name)?;
                name.to_owned()
            }
            None => first_name(&public),
        };
        let folder = self.root().made(self.root().keys())?;
        let path = folder.join(FIRST);
        let text = text_of(private, import.rotation.new_passphrase, self.entropy())?;
        if durable::write_new(&path, text.as_bytes())? == Placed::Exists {
            let there = KeyFile::read(&path)?.map(|file| file.public());
            if there != Some(public) {
                let detail = "another key lies there; move it away or start with it";
                return Err(invalid(&path, detail.to_owned()));
            }
            private_mode(&path)?;
            durable::write_over(&path, text.as_bytes())?;
        }
        durable::write_over(&path.with_extension("pub"), public.to_pem().as_bytes())?;
        let recorded = self.record_first_key(&public, &toolchain_id)?;
        if recorded.public == public {
            Ok(recorded)
        } else {
            Err(VaultError::KeyChanged)
        }
    }
}

/// A toolchain id stands in every manifest and in names of files.
pub(super) fn check_toolchain_id(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let rule = if name.is_empty() || name.len() > 64 {
        "it needs 1 to 64 characters"
    } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "it must begin with a letter or digit"
    } else if !name.chars().all(plain) {
        "only letters and digits without accents, - _ and . may stand in it"
    } else {
        return Ok(());
    };
    Err(VaultError::NameInvalid {
        what: "the name of a key",
        given: shown(name),
        rule,
    })
}
