//! Another key signs from here on, and both keys say so.

use super::OwnKey;
use super::follow::Old;
use crate::error::{Result, VaultError};
use crate::vault::{Act, Vault};

/// What is needed to change the signing key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rotation<'a> {
    /// Why; stands in the record of every open case.
    pub reason: &'a str,
    /// Unlocks the present key.
    pub passphrase: Option<&'a str>,
    /// Locks the new one.
    pub new_passphrase: Option<&'a str>,
}

/// A changed signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key before.
    pub old: OwnKey,
    /// The key that signs now.
    pub new: OwnKey,
    /// Names of the cases whose record says so: all that are open.
    pub cases: Vec<String>,
}

impl Vault {
    /// Makes a new signing key, and lets both keys sign the handover in every open case. Closed cases keep the key that
    /// they ended with; packages begun with the old key can still be finished with it.
    pub fn rotate_key(&self, rotation: &Rotation<'_>, act: &Act) -> Result<Rotated> {
        let keys = self.own_keys()?;
        let old = match super::active(&keys) {
            Some(key) => key.clone(),
            None => self.active_key_or_new()?,
        };
        let private = self.signing_key(&old, rotation.passphrase)?;
        let next = self.next_key(&keys, &old, None, rotation.new_passphrase)?;
        if next.id() == old.public.id() {
            return Err(VaultError::KeyChanged);
        }
        self.follow(&old, Old::HandsOver(&private), &next, rotation.reason, act)
    }
}
