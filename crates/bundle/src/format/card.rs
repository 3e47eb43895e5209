//! `signer/card.json`: who signed, in their own words, signed by the key itself.

use crate::canon::{Object, Value};
use crate::key::{PublicKey, Signature, Signer};

/// What a signer says about themselves. Empty means not stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Name of the person or office.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Their organisation.
    pub organisation: String,
    /// How to reach them.
    pub contact: String,
}

const KEYS: [&str; 12] = [
    "card_version",
    "contact",
    "handovers",
    "keyid",
    "made_utc",
    "name",
    "organisation",
    "public_key",
    "revocations",
    "role",
    "signature",
    "toolchain_id",
];

/// A signed card: the bytes of the member, with LF.
pub fn write(
    who: &Identity,
    toolchain_id: &str,
    made_utc: &str,
    handovers: Vec<Value>,
    revocations: Vec<Value>,
    signer: &dyn Signer,
) -> Vec<u8> {
    let key = signer.public_key();
    let mut card = Object::new()
        .with("card_version", 1_i64)
        .with("name", who.name.as_str())
        .with("role", who.role.as_str())
        .with("organisation", who.organisation.as_str())
        .with("contact", who.contact.as_str())
        .with("made_utc", made_utc)
        .with("toolchain_id", toolchain_id)
        .with("keyid", key.id())
        .with("public_key", key.to_pem())
        .with("handovers", handovers)
        .with("revocations", revocations);
    card.insert("signature", signer.sign(&message(&card)).to_base64());
    let mut bytes = Value::from(card).to_canonical();
    bytes.push(b'\n');
    bytes
}

/// A card that was read and whose signature is good.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// What the signer says.
    pub who: Identity,
    /// The key that signed the card.
    pub key: PublicKey,
    /// The toolchain id it is for.
    pub toolchain_id: String,
    /// When it was made, by the signer's clock.
    pub made_utc: String,
    /// Statements by which earlier keys handed over to this one, unchecked.
    pub handovers: Vec<Value>,
    /// Statements by which keys were revoked, unchecked.
    pub revocations: Vec<Value>,
}

/// Reads a card: exact keys, canonical bytes with LF, signed by its own key.
pub fn read(bytes: &[u8]) -> Result<Card, String> {
    let line = bytes.strip_suffix(b"\n").ok_or("no final line feed")?;
    let value = Value::parse(line).map_err(|e| e.to_string())?;
    if value.to_canonical() != line {
        return Err("not in canonical form".to_owned());
    }
    let mut card = value.as_object().ok_or("not an object")?.clone();
    let shape = |e: crate::canon::ShapeError| e.to_string();
    card.exactly(&KEYS).map_err(shape)?;
    if card.count("card_version").map_err(shape)? != 1 {
        return Err("card_version: 1".to_owned());
    }
    let handovers = card.array("handovers").map_err(shape)?.to_vec();
    let revocations = card.array("revocations").map_err(shape)?.to_vec();
    let pem = card.string("public_key").map_err(shape)?;
    let key = PublicKey::from_pem(pem.as_bytes()).map_err(|e| e.to_string())?;
    if key.to_pem() != pem || card.string("keyid").map_err(shape)? != key.id().to_string() {
        return Err("keyid is not that of public_key".to_owned());
    }
    let text = |key: &str| card.string(key).map(str::to_owned).map_err(shape);
    let who = Identity {
        name: text("name")?,
        role: text("role")?,
        organisation: text("organisation")?,
        contact: text("contact")?,
    };
    let toolchain_id = text("toolchain_id")?;
    let made_utc = text("made_utc")?;
    let signature = Signature::from_base64(&text("signature")?).map_err(|e| e.to_string())?;
    card.remove("signature");
    if !key.verifies(&message(&card), &signature) {
        return Err("the signature of the card is wrong".to_owned());
    }
    Ok(Card {
        who,
        key,
        toolchain_id,
        made_utc,
        handovers,
        revocations,
    })
}

fn message(card_without_signature: &Object) -> Vec<u8> {
    let mut message = b"fieldgrade/signer-card/1\n".to_vec();
    Value::from(card_without_signature.clone()).write_canonical(&mut message);
    message
}
