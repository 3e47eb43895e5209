//! A key file locked with a passphrase: argon2id makes a key of it, XChaCha20-Poly1305 encrypts the seed under that.
//!
//! Two lines: the first says what the file is, the second is a JSON object with everything but the passphrase. The public
//! half stands there in clear, so that nobody needs the passphrase to know which key it is; it cannot be exchanged, since
//! the encryption covers every field.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use bundle::canon::{Object, Value};
use bundle::key::{PublicKey, Signer, SigningKey};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use store::Entropy;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// What a locked key file begins with.
pub(super) const FIRST_LINE: &str = "FIELDGRADE LOCKED KEY, VERSION 1";

const KEYS: [&str; 9] = [
    "cipher",
    "ciphertext",
    "kdf",
    "lanes",
    "memory_kib",
    "nonce",
    "passes",
    "public_key",
    "salt",
];
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// How much work it is to try one passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// Memory in KiB.
    memory_kib: u32,
    /// How often the memory is gone through.
    passes: u32,
    /// Parts that could be computed side by side.
    lanes: u32,
}

impl Cost {
    /// What is written: the second recommendation of RFC 9106.
    const WRITTEN: Self = Self {
        memory_kib: 64 << 10,
        passes: 3,
        lanes: 4,
    };
    /// What is read at most, so that a file from elsewhere cannot exhaust this machine.
    const MOST: Self = Self {
        memory_kib: 1 << 20,
        passes: 20,
        lanes: 16,
    };

    fn allowed(self) -> bool {
        let most = Self::MOST;
        (1..=most.lanes).contains(&self.lanes)
            && (1..=most.passes).contains(&self.passes)
            && (8 * self.lanes..=most.memory_kib).contains(&self.memory_kib)
    }

    /// The encryption key for a passphrase. It is the same however the letters were composed when it was typed.
    fn derive(self, passphrase: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, String> {
        let mut composed = Zeroizing::new(String::with_capacity(passphrase.len() * 4));
        composed.extend(passphrase.nfc());
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32));
        let params = params.map_err(|error| error.to_string())?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Zeroizing::new([0; 32]);
        argon
            .hash_password_into(composed.as_bytes(), salt, key.as_mut_slice())
            .map_err(|error| error.to_string())?;
        Ok(key)
    }
}

/// Why a locked key was not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The passphrase is another one, or the file was tampered with: nobody can tell which.
    Passphrase,
    /// Something else, in words.
    Other(String),
}

/// A locked key as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedKey {
    /// The public half, by the file's own words until it is opened.
    pub public: PublicKey,
    cost: Cost,
    salt: [u8; 16],
    nonce: [u8; 24],
    ciphertext: Vec<u8>,
}

impl LockedKey {
    /// Locks a key.
    pub fn lock(key: &SigningKey, passphrase: &str, entropy: &dyn Entropy) -> crate::Result<Self> {
        let mut nonce = [0; 24];
        entropy.fill(&mut nonce)?;
        let mut locked = Self {
            public: key.public_key(),
            cost: Cost::WRITTEN,
            salt: entropy.bits128()?,
            nonce,
            ciphertext: Vec::new(),
        };
        let failed = |detail: String| crate::VaultError::InvalidValue {
            what: "the passphrase",
            detail,
        };
        let seed = Zeroizing::new(key.seed());
        let cipher = locked.cipher(passphrase).map_err(failed)?;
        let covered = locked.covered();
        let payload = Payload {
            msg: seed.as_slice(),
            aad: &covered,
        };
        locked.ciphertext = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| failed("it could not be encrypted".to_owned()))?;
        Ok(locked)
    }

    /// Whether some bytes say that they are a locked key.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(FIRST_LINE.as_bytes())
    }

    /// Reads the two lines.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "not text".to_owned())?;
        let (first, second) = text.split_once('\n').ok_or("there is one line only")?;
        if first.trim_end() != FIRST_LINE {
            return Err(format!("the first line is not {FIRST_LINE:?}"));
        }
        let value = Value::parse(second.trim().as_bytes()).map_err(|error| error.to_string())?;
        let object = value.as_object().ok_or("the second line is no object")?;
        let shape = |error: bundle::canon::ShapeError| error.to_string();
        object.exactly(&KEYS).map_err(shape)?;
        for (field, known) in [("kdf", KDF), ("cipher", CIPHER)] {
            let found = object.string(field).map_err(shape)?;
            if found != known {
                return Err(format!("{field}: only {known} is known"));
            }
        }
        let number = |field: &str| {
            let count = object.count(field).map_err(shape)?;
            u32::try_from(count).map_err(|_| format!("{field}: too much"))
        };
        let cost = Cost {
            memory_kib: number("memory_kib")?,
            passes: number("passes")?,
            lanes: number("lanes")?,
        };
        if !cost.allowed() {
            return Err(
                "memory_kib, passes, lanes: too little, or more than 1 GiB, 20 and 16".to_owned(),
            );
        }
        let bytes = |field: &str| {
            let text = object.string(field).map_err(shape)?;
            STANDARD
                .decode(text)
                .map_err(|_| format!("{field}: not base64"))
        };
        let pem = object.string("public_key").map_err(shape)?;
        let public = PublicKey::from_pem(pem.as_bytes()).map_err(|error| error.to_string())?;
        let ciphertext = bytes("ciphertext")?;
        if ciphertext.len() != 32 + 16 {
            return Err("ciphertext: not 48 bytes".to_owned());
        }
        Ok(Self {
            public,
            cost,
            salt: fixed("salt", bytes("salt")?)?,
            nonce: fixed("nonce", bytes("nonce")?)?,
            ciphertext,
        })
    }

    /// The two lines.
    pub fn to_text(&self) -> String {
        let object = self
            .object()
            .with("ciphertext", STANDARD.encode(&self.ciphertext));
        let json = String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default();
        format!("{FIRST_LINE}\n{json}\n")
    }

    /// Unlocks it. The seed must be that of the public half.
    pub fn open(&self, passphrase: &str) -> Result<SigningKey, NotOpened> {
        let cipher = self.cipher(passphrase).map_err(NotOpened::Other)?;
        let covered = self.covered();
        let payload = Payload {
            msg: &self.ciphertext,
            aad: &covered,
        };
        let opened = cipher.decrypt(&XNonce::from(self.nonce), payload);
        let opened = Zeroizing::new(opened.map_err(|_| NotOpened::Passphrase)?);
        let seed: &[u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| NotOpened::Other("the seed is not 32 bytes".to_owned()))?;
        let key = SigningKey::from_seed(seed);
        if key.public_key() != self.public {
            return Err(NotOpened::Other(
                "it holds another key than it says".to_owned(),
            ));
        }
        Ok(key)
    }

    fn cipher(&self, passphrase: &str) -> Result<XChaCha20Poly1305, String> {
        let key = self.cost.derive(passphrase, &self.salt)?;
        XChaCha20Poly1305::new_from_slice(key.as_slice()).map_err(|error| error.to_string())
    }

    /// Everything but the ciphertext.
    fn object(&self) -> Object {
        Object::new()
            .with("kdf", KDF)
            .with("cipher", CIPHER)
            .with("memory_kib", u64::from(self.cost.memory_kib))
            .with("passes", u64::from(self.cost.passes))
            .with("lanes", u64::from(self.cost.lanes))
            .with("public_key", self.public.to_pem())
            .with("salt", STANDARD.encode(self.salt))
            .with("nonce", STANDARD.encode(self.nonce))
    }

    /// What is not secret and yet cannot be changed unnoticed.
    fn covered(&self) -> Vec<u8> {
        let mut bytes = format!("{FIRST_LINE}\n").into_bytes();
        Value::from(self.object()).write_canonical(&mut bytes);
        bytes
    }
}

fn fixed<const N: usize>(field: &str, bytes: Vec<u8>) -> Result<[u8; N], String> {
    bytes
        .try_into()
        .map_err(|_| format!("{field}: not {N} bytes"))
}

#[cfg(test)]
mod tests;
