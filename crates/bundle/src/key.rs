//! Ed25519 keys: 32 raw bytes, written in one PEM form each, checked strictly (RFC 8032, no small-order points).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer as _, SigningKey as Secret, VerifyingKey};
use zeroize::Zeroizing;

use crate::digest::Sha256;

/// DER of a SubjectPublicKeyInfo for Ed25519 up to the 32 key bytes (RFC 8410).
const PUBLIC_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// DER of a PKCS#8 version 1 private key for Ed25519 up to the 32 seed bytes (RFC 8410).
const PRIVATE_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Why some bytes are not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PEM block of the expected kind.
    #[error("not a PEM block \"{0}\"")]
    NotPem(&'static str),
    /// A PEM block that holds another kind of key.
    #[error("not an Ed25519 key in the form of RFC 8410")]
    NotEd25519,
    /// A point that is not on the curve, not canonical, or of small order.
    #[error("a weak or malformed Ed25519 public key")]
    Weak,
    /// Not 64 bytes in strict base64.
    #[error("not a signature of 64 bytes in strict base64")]
    NotASignature,
}

/// A public key that is safe to verify with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Takes the 32 bytes of a key; refuses weak and non-canonical points.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Weak)?;
        let canonical = key.to_edwards().compress().to_bytes() == bytes;
        if key.is_weak() || !canonical {
            return Err(KeyError::Weak);
        }
        Ok(Self(bytes))
    }

    /// Reads a `PUBLIC KEY` block; line ends and wrapping may differ from ours.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let der = read_pem(pem, "PUBLIC KEY")?;
        let key = der
            .strip_prefix(&PUBLIC_PREFIX)
            .ok_or(KeyError::NotEd25519)?;
        Self::from_bytes(key.try_into().map_err(|_| KeyError::NotEd25519)?)
    }

    /// The one PEM form: 113 bytes, LF line ends.
    pub fn to_pem(&self) -> String {
        write_pem(&[&PUBLIC_PREFIX[..], &self.0].concat(), "PUBLIC KEY")
    }

    /// The key id: the digest of the canonical PEM.
    pub fn id(&self) -> Sha256 {
        Sha256::of(self.to_pem().as_bytes())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` is this key's over `message`, by the strict rules.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// A signature of 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Reads strict base64: 88 characters, padding, nothing else.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| KeyError::NotASignature)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyError::NotASignature)?))
    }

    /// The 88 characters.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

/// What can sign: a key at hand, or signatures kept from an earlier sealing.
pub trait Signer {
    /// The key that will verify.
    fn public_key(&self) -> PublicKey;

    /// Signs `message`.
    fn sign(&self, message: &[u8]) -> Signature;
}

/// A private key. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey(Secret);

impl SigningKey {
    /// A key from its 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Secret::from_bytes(seed))
    }

    /// The 32-byte seed; for writing it wrapped or to a file of mode 0600.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Reads an unencrypted `PRIVATE KEY` block (PKCS#8 version 1).
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let der = read_pem(pem, "PRIVATE KEY")?;
        let seed = der
            .strip_prefix(&PRIVATE_PREFIX)
            .ok_or(KeyError::NotEd25519)?;
        let seed: &[u8; 32] = seed.try_into().map_err(|_| KeyError::NotEd25519)?;
        Ok(Self::from_seed(seed))
    }

    /// The PEM form that the reference platform reads as well. The caller wipes it.
    pub fn to_pem(&self) -> String {
        let seed = Zeroizing::new(self.0.to_bytes());
        let der = Zeroizing::new([&PRIVATE_PREFIX[..], seed.as_slice()].concat());
        write_pem(&der, "PRIVATE KEY")
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {:?})", self.public_key())
    }
}

fn write_pem(der: &[u8], label: &str) -> String {
    // Both kinds of key fit into one line of base64.
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

/// What a block holds; wiped from memory when dropped, since it may be a private key.
fn read_pem(pem: &[u8], label: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let missing = || KeyError::NotPem(label);
    let text = std::str::from_utf8(pem).map_err(|_| missing())?;
    let (_, rest) = text
        .split_once(&format!("-----BEGIN {label}-----"))
        .ok_or_else(missing)?;
    let (body, _) = rest
        .split_once(&format!("-----END {label}-----"))
        .ok_or_else(missing)?;
    // As long as the block from the start, so that no copy stays behind where it grew.
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    let decoded = STANDARD.decode(digits.as_bytes()).map_err(|_| missing())?;
    Ok(Zeroizing::new(decoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_forms_survive_rewrapping_and_keep_one_id() {
        let key = SigningKey::from_seed(&[7; 32]);
        let public = key.public_key();
        assert_eq!(public.to_pem().len(), 113);
        let crlf = public.to_pem().replace('\n', "\r\n");
        assert_eq!(
            PublicKey::from_pem(crlf.as_bytes()).unwrap().id(),
            public.id()
        );
        assert_eq!(
            SigningKey::from_pem(key.to_pem().as_bytes())
                .unwrap()
                .public_key(),
            public
        );
        assert_eq!(
            PublicKey::from_pem(key.to_pem().as_bytes()),
            Err(KeyError::NotPem("PUBLIC KEY"))
        );
    }

    #[test]
    fn refuses_weak_points_and_malleable_signatures() {
        let mut small_order = [0; 32];
        small_order[0] = 1;
        assert_eq!(PublicKey::from_bytes(small_order), Err(KeyError::Weak));
        // y = p + 1: the same point as y = 1, written differently.
        let mut other = [0xff; 32];
        other[0] = 0xee;
        other[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(other), Err(KeyError::Weak));

        let key = SigningKey::from_seed(&[7; 32]);
        let good = key.sign(b"m");
        assert!(key.public_key().verifies(b"m", &good));
        assert!(!key.public_key().verifies(b"n", &good));
        // S + L verifies under loose rules.
        let order: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let mut forged = good;
        let mut carry = 0u16;
        for (byte, add) in forged.0[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!key.public_key().verifies(b"m", &forged));
    }

    #[test]
    fn base64_of_a_signature_is_strict() {
        let text = SigningKey::from_seed(&[1; 32]).sign(b"").to_base64();
        assert_eq!(text.len(), 88);
        assert!(Signature::from_base64(&text).is_ok());
        for bad in [
            format!("{text}\n"),
            format!(" {text}"),
            text.trim_end_matches('=').to_owned(),
            text.replace('=', ""),
        ] {
            assert!(Signature::from_base64(&bad).is_err(), "{bad:?}");
        }
    }
}
