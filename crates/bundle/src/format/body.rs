//! The fields of bodies that decide what a bundle carries: items, digests, erasures, keys.

use crate::canon::{Object, ShapeError, Value};
use crate::digest::Sha256;
use crate::format::event::{digest, opt_digest, shape};
use crate::format::kind::EventType;
use crate::key::{PublicKey, Signature};

/// What a CAPTURE, SIGHTING or EXTRACT says about bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Number of the item in its chain.
    pub item: u64,
    /// Digest of the original bytes.
    pub raw_sha256: Sha256,
    /// Size of the original in bytes.
    pub raw_size: u64,
    /// What kind of event said it.
    pub told_by: Told,
}

/// The rest of a [`Fact`], by event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A new item.
    Capture {
        /// The type detected from the content.
        media_type: String,
    },
    /// The same file, seen again.
    Sighting,
    /// Text read out of it.
    Extract {
        /// Digest of the text, if there was any.
        extract_sha256: Option<Sha256>,
        /// Size of the text in bytes.
        extract_size: u64,
        /// What read it.
        extractor: String,
        /// Version of what read it.
        extractor_version: String,
    },
}

impl Fact {
    /// Reads the content of a CAPTURE, SIGHTING or EXTRACT; `None` for other types.
    pub fn read(kind: &EventType, content: &Object) -> Result<Option<Self>, ShapeError> {
        let size_key = if *kind == EventType::Extract {
            "raw_size"
        } else {
            "size"
        };
        let told_by = match kind {
            EventType::Capture => Told::Capture {
                media_type: content.string("media_type")?.to_owned(),
            },
            EventType::Sighting => Told::Sighting,
            EventType::Extract => Told::Extract {
                extract_sha256: opt_digest(content, "extract_sha256")?,
                extract_size: content.count("extract_size")?,
                extractor: content.string("extractor")?.to_owned(),
                extractor_version: content.string("extractor_version")?.to_owned(),
            },
            _ => return Ok(None),
        };
        Ok(Some(Self {
            item: content.count("item")?,
            raw_sha256: digest(content, "raw_sha256")?,
            raw_size: content.count(size_key)?,
            told_by,
        }))
    }
}

/// Digests of auxiliary blobs that any content may name.
pub fn aux_digests(content: &Object) -> Result<Vec<Sha256>, ShapeError> {
    match content.get("aux_sha256") {
        None => Ok(Vec::new()),
        Some(value) => digests("aux_sha256", value),
    }
}

/// What a WITHDRAW hides and erases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The item.
    pub item: u64,
    /// Hash of its CAPTURE event.
    pub capture: Sha256,
    /// Digests whose bytes were removed.
    pub erased: Vec<Sha256>,
}

impl Withdrawal {
    /// Reads the content of a WITHDRAW.
    pub fn read(content: &Object) -> Result<Self, ShapeError> {
        let erased = digests("erased", content.required("erased")?)?;
        if !content.boolean("erase")? && !erased.is_empty() {
            return Err(shape("erased", "an empty list, since nothing is erased"));
        }
        Ok(Self {
            item: content.count("item")?,
            capture: digest(content, "capture")?,
            erased,
        })
    }
}

/// What a KEY_ROTATED or KEY_REPLACED declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The new key.
    pub new: PublicKey,
    /// The toolchain id of later events.
    pub new_toolchain_id: String,
    /// The toolchain id before.
    pub old_toolchain_id: String,
    /// Id of the old key.
    pub old: Sha256,
}

/// The bytes that both keys sign when one follows the other.
pub fn handover_message(chain: &Sha256, seq: u64, old: &Sha256, new: &Sha256) -> Vec<u8> {
    let object = Object::new()
        .with("chain", *chain)
        .with("new", *new)
        .with("old", *old)
        .with("seq", seq);
    let mut message = b"fieldgrade/key-handover/1\n".to_vec();
    Value::from(object).write_canonical(&mut message);
    message
}

impl KeyChange {
    /// Reads and checks the content of a key event: keys, ids, place and signatures.
    pub fn read(
        kind: &EventType,
        content: &Object,
        chain: &Sha256,
        seq: u64,
    ) -> Result<Self, ShapeError> {
        let key = |name: &str| {
            let pem = content.string(name)?;
            let key = PublicKey::from_pem(pem.as_bytes())
                .map_err(|_| shape(name, "an Ed25519 public key"))?;
            if key.to_pem() == pem {
                Ok(key)
            } else {
                Err(shape(name, "the key in its one PEM form"))
            }
        };
        let new = key("new_public_key")?;
        let (old_id, new_id) = (digest(content, "old")?, digest(content, "new")?);
        if digest(content, "chain")? != *chain || content.count("seq")? != seq || new.id() != new_id
        {
            return Err(shape(
                "chain, seq, new",
                "this chain, this event and the id of the new key",
            ));
        }
        let message = handover_message(chain, seq, &old_id, &new_id);
        let signed = |name: &str, key: &PublicKey| {
            let text = content.string(name)?;
            let good = Signature::from_base64(text)
                .is_ok_and(|signature| key.verifies(&message, &signature));
            if good {
                Ok(())
            } else {
                Err(shape(name, "a signature over the handover"))
            }
        };
        signed("signature_new", &new)?;
        if *kind == EventType::KeyRotated {
            let old = key("old_public_key")?;
            if old.id() != old_id {
                return Err(shape("old", "the id of the old key"));
            }
            signed("signature_old", &old)?;
        }
        let text = |name: &str| content.string(name).map(str::to_owned);
        Ok(Self {
            new,
            new_toolchain_id: text("new_toolchain_id")?,
            old_toolchain_id: text("old_toolchain_id")?,
            old: old_id,
        })
    }
}

fn digests(key: &str, value: &Value) -> Result<Vec<Sha256>, ShapeError> {
    let list = value
        .as_array()
        .ok_or_else(|| shape(key, "a list of digests"))?;
    let read = |item: &Value| item.as_str().and_then(|text| text.parse().ok());
    list.iter()
        .map(|item| read(item).ok_or_else(|| shape(key, "a list of digests")))
        .collect()
}
