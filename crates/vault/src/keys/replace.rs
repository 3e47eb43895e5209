//! A key that is lost, or was revoked, is followed by a new one. The record says so, and no trust passes on.

use super::follow::Old;
use super::rotate::Rotated;
use super::{KeyState, present};
use crate::error::{Result, VaultError};
use crate::project::shown;
use crate::vault::{Act, Vault};

/// What is needed to go on without the key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Replacement<'a> {
    /// Why; stands in the record of every open case.
    pub reason: &'a str,
    /// The caller says that the key is lost for good.
    pub lost: bool,
    /// Tried on the present key first: if it opens, the key is not lost.
    pub passphrase: Option<&'a str>,
    /// Locks the new one.
    pub new_passphrase: Option<&'a str>,
}

impl Vault {
    /// Goes on with a new key in every open case, after the present one was revoked or is lost. A key that is at hand is
    /// never replaced, and one that is missing or does not open only if the caller says that it is lost.
    pub fn replace_key(&self, replacement: &Replacement<'_>, act: &Act) -> Result<Rotated> {
        let keys = self.own_keys()?;
        let none = || VaultError::KeyUnknown(shown("to replace"));
        let old = present(&keys).ok_or_else(none)?;
        if old.state != KeyState::Revoked {
            match self.signing_key(old, replacement.passphrase) {
                Ok(_) => {
                    let toolchain_id = old.toolchain_id.clone();
                    return Err(VaultError::KeyAtHand { toolchain_id });
                }
                Err(
                    VaultError::KeyMissing { .. }
                    | VaultError::KeyLocked { .. }
                    | VaultError::PassphraseWrong { .. }
                    | VaultError::KeyInvalid { .. },
                ) if replacement.lost => {}
                Err(other) => return Err(other),
            }
        }
        let next = self.next_key(&keys, old, None, replacement.new_passphrase)?;
        self.follow(old, Old::Gone, &next, replacement.reason, act)
    }
}
