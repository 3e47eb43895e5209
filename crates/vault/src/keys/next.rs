//! The file of a key that is to follow: durable before any entry names it, and never in place of another one.

use bundle::Sha256;
use bundle::key::{Signer, SigningKey};
use store::durable::{self, Placed};
use zeroize::Zeroizing;

use super::file::{KeyFile, check_passphrase, invalid, text_of};
use super::{OwnKey, private_mode};
use crate::error::{Result, VaultError};
use crate::vault::Vault;

/// So many leftovers of others are stepped over.
const ATTEMPTS: u64 = 1000;

/// A key that lies in the keys folder and signs nothing yet.
pub(super) struct NextKey {
    pub private: SigningKey,
    pub toolchain_id: String,
    pub file_name: String,
}

impl NextKey {
    pub fn id(&self) -> Sha256 {
        self.private.public_key().id()
    }
}

impl Vault {
    /// Makes the key that follows `present`, or places `given` as it. A file that an interrupted change of key left
    /// behind is used again; one that cannot be opened is left alone, since nobody here knows whether it is needed.
    pub(super) fn next_key(
        &self,
        keys: &[OwnKey],
        present: &OwnKey,
        given: Option<&SigningKey>,
        passphrase: Option<&str>,
    ) -> Result<NextKey> {
        if let Some(passphrase) = passphrase {
            check_passphrase(passphrase)?;
        }
        let (toolchain_id, first) = next_name(keys, present);
        let folder = self.root().made(self.root().keys())?;
        for number in first..first + ATTEMPTS {
            let file_name = format!("toolchain_ed25519.{number}.pem");
            if keys.iter().any(|key| key.file_name == file_name) {
                continue;
            }
            let path = folder.join(&file_name);
            let private = match KeyFile::read(&path) {
                Err(VaultError::KeyInvalid { .. }) => continue,
                Err(other) => return Err(other),
                Ok(Some(left)) => match left.unlock(passphrase, &toolchain_id, &path) {
                    Err(_) => continue,
                    Ok(private) => private,
                },
                Ok(None) => {
                    let private = self.given_or_new(given)?;
                    let text = text_of(&private, passphrase, self.entropy())?;
                    match durable::write_new(&path, text.as_bytes())? {
                        Placed::New => private,
                        // Somebody else was quicker; the next number is as good.
                        Placed::Exists => continue,
                    }
                }
            };
            let public = private.public_key();
            let wanted = given.is_none_or(|given| given.public_key() == public);
            if !wanted || keys.iter().any(|key| key.public == public) {
                continue;
            }
            let locked = KeyFile::read(&path)?.is_some_and(|file| file.is_locked());
            if locked != passphrase.is_some() {
                let text = text_of(&private, passphrase, self.entropy())?;
                durable::write_over(&path, text.as_bytes())?;
            }
            private_mode(&path)?;
            durable::write_over(&path.with_extension("pub"), public.to_pem().as_bytes())?;
            return Ok(NextKey {
                private,
                toolchain_id,
                file_name,
            });
        }
        Err(invalid(
            &folder,
            "there is no free name for a key file".to_owned(),
        ))
    }

    fn given_or_new(&self, given: Option<&SigningKey>) -> Result<SigningKey> {
        Ok(if let Some(key) = given {
            key.clone()
        } else {
            let seed = Zeroizing::new(self.entropy().bits256()?);
            SigningKey::from_seed(&seed)
        })
    }
}

/// `NAME.2` after `NAME`, `NAME.3` after `NAME.2`; never a name that a key had before.
fn next_name(keys: &[OwnKey], present: &OwnKey) -> (String, u64) {
    let (base, _) = split(&present.toolchain_id);
    let of_base = keys.iter().map(|key| split(&key.toolchain_id));
    let last = of_base
        .filter(|(other, _)| *other == base)
        .map(|(_, number)| number)
        .max();
    let number = last.unwrap_or(1) + 1;
    (format!("{base}.{number}"), number)
}

fn split(toolchain_id: &str) -> (&str, u64) {
    let parts = toolchain_id.rsplit_once('.');
    let numbered = parts.and_then(|(base, tail)| {
        let number: u64 = tail.parse().ok()?;
        // Only a number as it is written here; a name may end otherwise.
        (number >= 2 && number < u64::from(u32::MAX) && number.to_string() == tail)
            .then_some((base, number))
    });
    numbered.unwrap_or((toolchain_id, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_name() {
        for (id, parts) in [
            ("FG_AB", ("FG_AB", 1)),
            ("FG_AB.2", ("FG_AB", 2)),
            ("FG_AB.17", ("FG_AB", 17)),
            ("FG_AB.02", ("FG_AB.02", 1)),
            ("FG_AB.1", ("FG_AB.1", 1)),
            ("v1.x", ("v1.x", 1)),
            ("", ("", 1)),
        ] {
            assert_eq!(split(id), parts, "{id}");
        }
    }
}
