//! The three signatures of a bundle: made with the key, or kept from the first sealing and checked again.

use crate::canon::Value;
use crate::dsse::{Envelope, PAYLOAD_TYPE, pre_authentication};
use crate::key::{PublicKey, Signature, Signer, SigningKey};
use crate::seal::SealError;

/// The three signatures of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signatures {
    /// Over the bytes of the attestation.
    pub attestation: Signature,
    /// Over the build statement.
    pub build: Signature,
    /// Over the SBOM statement.
    pub sbom: Signature,
}

/// Where signatures come from.
#[derive(Debug, Clone, Copy)]
pub enum Signing<'a> {
    /// A key at hand.
    Key(&'a SigningKey),
    /// Those of the first sealing; no private key is needed.
    Kept(PublicKey, &'a Signatures),
}

impl Signing<'_> {
    /// The key that will verify.
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Key(key) => key.public_key(),
            Self::Kept(key, _) => *key,
        }
    }

    pub(super) fn attestation(&self, message: &[u8]) -> Result<Signature, SealError> {
        self.sign(message, |kept| kept.attestation, "attestation's")
    }

    pub(super) fn build(&self, statement: &Value) -> Result<(Envelope, Signature), SealError> {
        self.envelope(statement, |kept| kept.build, "build statement's")
    }

    pub(super) fn sbom(&self, statement: &Value) -> Result<(Envelope, Signature), SealError> {
        self.envelope(statement, |kept| kept.sbom, "SBOM statement's")
    }

    fn envelope(
        &self,
        statement: &Value,
        which: fn(&Signatures) -> Signature,
        what: &'static str,
    ) -> Result<(Envelope, Signature), SealError> {
        let mut envelope = Envelope::unsigned(statement);
        let signature = self.sign(
            &pre_authentication(PAYLOAD_TYPE, &envelope.payload),
            which,
            what,
        )?;
        envelope
            .signatures
            .push((self.public_key().id().to_string(), signature.to_base64()));
        Ok((envelope, signature))
    }

    fn sign(
        &self,
        message: &[u8],
        which: fn(&Signatures) -> Signature,
        what: &'static str,
    ) -> Result<Signature, SealError> {
        match self {
            Self::Key(key) => Ok(key.sign(message)),
            Self::Kept(key, kept) => {
                let signature = which(kept);
                if key.verifies(message, &signature) {
                    Ok(signature)
                } else {
                    Err(SealError::Signature(what))
                }
            }
        }
    }
}
