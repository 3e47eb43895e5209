//! One key follows another: the statement that both sign, and the one for a key that is lost.

use crate::canon::{Object, ShapeError};
use crate::digest::Sha256;
use crate::format::body::{KeyChange, handover_message};
use crate::format::event::digest;
use crate::format::kind::EventType;
use crate::key::{PublicKey, Signer};

/// What a statement holds beside salt and clock, when it stands in an event.
const KEYS: [&str; 10] = [
    "chain",
    "new",
    "new_public_key",
    "new_toolchain_id",
    "old",
    "old_public_key",
    "old_toolchain_id",
    "seq",
    "signature_new",
    "signature_old",
];

/// Where one key follows another.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// Hash of the chain's first event.
    pub chain: &'a Sha256,
    /// Place of the event that says so.
    pub seq: u64,
    /// The toolchain id before.
    pub old_toolchain_id: &'a str,
    /// The toolchain id of later events.
    pub new_toolchain_id: &'a str,
}

impl Handover<'_> {
    /// The content of a KEY_ROTATED: signed by both keys.
    pub fn rotated(&self, old: &dyn Signer, new: &dyn Signer) -> Object {
        let public = old.public_key();
        let message = self.message(&public.id(), new);
        self.replaced(&public.id(), new)
            .with("old_public_key", public.to_pem())
            .with("signature_old", old.sign(&message).to_base64())
    }

    /// The content of a KEY_REPLACED: the old key is lost, and only the new one signs.
    pub fn replaced(&self, old: &Sha256, new: &dyn Signer) -> Object {
        let message = self.message(old, new);
        let public = new.public_key();
        Object::new()
            .with("chain", *self.chain)
            .with("seq", self.seq)
            .with("old", *old)
            .with("new", public.id())
            .with("new_public_key", public.to_pem())
            .with("old_toolchain_id", self.old_toolchain_id)
            .with("new_toolchain_id", self.new_toolchain_id)
            .with("signature_new", new.sign(&message).to_base64())
    }

    fn message(&self, old: &Sha256, new: &dyn Signer) -> Vec<u8> {
        handover_message(self.chain, self.seq, old, &new.public_key().id())
    }
}

/// A handover outside of its chain, as a signer's card carries it: both keys signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The key before.
    pub old: PublicKey,
    /// The key that follows it, and the toolchain ids.
    pub change: KeyChange,
}

impl Statement {
    /// Reads and checks a statement: exact keys, both signatures.
    pub fn read(statement: &Object) -> Result<Self, ShapeError> {
        statement.exactly(&KEYS)?;
        let chain = digest(statement, "chain")?;
        let seq = statement.count("seq")?;
        let change = KeyChange::read(&EventType::KeyRotated, statement, &chain, seq)?;
        let pem = statement.string("old_public_key")?;
        let old = PublicKey::from_pem(pem.as_bytes()).map_err(|_| ShapeError {
            key: "old_public_key".to_owned(),
            expected: "an Ed25519 public key",
        })?;
        Ok(Self { old, change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    #[test]
    fn a_statement_reads_back_and_only_as_both_keys_signed_it() {
        let (old, new) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]),
        );
        let chain = Sha256::of(b"chain");
        let handover = Handover {
            chain: &chain,
            seq: 9,
            old_toolchain_id: "FG",
            new_toolchain_id: "FG.2",
        };
        let good = handover.rotated(&old, &new);
        let read = Statement::read(&good).unwrap();
        assert_eq!(
            (read.old, read.change.new),
            (old.public_key(), new.public_key())
        );
        assert_eq!(read.change.new_toolchain_id, "FG.2");

        let stranger = SigningKey::from_seed(&[3; 32]);
        let forged = handover.rotated(&stranger, &new);
        let signature = forged.get("signature_old").cloned().unwrap();
        for wrong in [
            good.clone().with("seq", 10_i64),
            good.clone().with("signature_old", signature),
            good.clone().with("more", 1_i64),
            handover.replaced(&old.public_key().id(), &new),
        ] {
            assert!(Statement::read(&wrong).is_err(), "{wrong:?}");
        }
    }
}
