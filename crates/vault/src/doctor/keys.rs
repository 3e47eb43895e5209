//! The key files: there, the right ones, seen by nobody else, locked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Finding, Patient, Severity};
use crate::error::{Result, VaultError};
use crate::keys::{KeyState, OwnKey};
use crate::vault::Vault;

impl Patient {
    pub(super) fn keys(&mut self, vault: &Vault) -> Result<()> {
        let keys = match vault.own_keys() {
            Ok(keys) => keys,
            Err(error) => {
                self.checkup
                    .add(Finding::of_error(&error, Severity::Error)?);
                return Ok(());
            }
        };
        for key in keys {
            self.key(vault, &key)?;
        }
        Ok(())
    }

    fn key(&mut self, vault: &Vault, key: &OwnKey) -> Result<()> {
        let path = vault.key_path(key);
        let name = &key.toolchain_id;
        // Without a key that signs nothing any more nothing is lost.
        let severity = match key.state {
            KeyState::Active => Severity::Error,
            _ => Severity::Note,
        };
        if let Ok(found) = fs::metadata(&path) {
            let mode = found.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                let what = format!(
                    "others can read the private key {name} (mode {mode:04o}, 0600 is right)"
                );
                let finding = Finding::new("key_exposed", what).at(&path);
                let finding = self.with_mode(finding, &path, 0o600);
                self.checkup.add(finding);
            }
        }
        if key.state == KeyState::Revoked {
            return Ok(());
        }
        let finding = match vault.signing_key(key, None) {
            Err(VaultError::KeyLocked { .. }) => return Ok(()),
            Ok(_) if key.state != KeyState::Active => return Ok(()),
            Ok(_) => Finding::new(
                "key_unlocked",
                format!("the signing key {name} is not locked with a passphrase"),
            )
            .at(&path),
            Err(error @ VaultError::KeyMissing { .. }) => Finding {
                severity,
                ..Finding::new("key_missing", error.to_string()).at(&path)
            },
            Err(error @ VaultError::KeyInvalid { .. }) => Finding {
                severity,
                ..Finding::new("key_invalid", error.to_string()).at(&path)
            },
            Err(error) => Finding::of_error(&error, severity)?,
        };
        self.checkup.add(finding);
        Ok(())
    }
}
