//! DSSE envelopes (the "Dead Simple Signing Envelope", v1) around in-toto statements.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::canon::{Dialect, Object, Value};
use crate::digest::Sha256;
use crate::key::{PublicKey, Signature, Signer};

/// The only payload type that we write or accept.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope as it stands in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What the payload is.
    pub payload_type: String,
    /// The bytes that are signed.
    pub payload: Vec<u8>,
    /// Key ids and signatures (base64 as it stands).
    pub signatures: Vec<(String, String)>,
}

/// Why an envelope is refused; the words are the reference platform's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON.
    #[error("{0}")]
    NotJson(String),
    /// Not an object.
    #[error("dsse_not_dict")]
    NotAnObject,
    /// A field is missing or of the wrong type.
    #[error("dsse_missing_{0}")]
    Missing(&'static str),
    /// No signature verifies.
    #[error("dsse_bad_signature:")]
    BadSignature,
    /// No signature is by the wanted key.
    #[error("dsse_bad_signature:dsse_keyid_mismatch")]
    OtherKey,
}

impl Envelope {
    /// An envelope around a statement, to be signed.
    pub fn unsigned(statement: &Value) -> Self {
        let payload = statement.to_bytes(Dialect::Ascii);
        Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload,
            signatures: Vec::new(),
        }
    }

    /// Signs a statement.
    pub fn sign(statement: &Value, signer: &dyn Signer) -> Self {
        let mut envelope = Self::unsigned(statement);
        let signature = signer.sign(&pre_authentication(PAYLOAD_TYPE, &envelope.payload));
        envelope
            .signatures
            .push((signer.public_key().id().to_string(), signature.to_base64()));
        envelope
    }

    /// Reads an envelope.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let value = Value::parse(bytes).map_err(|e| EnvelopeError::NotJson(e.to_string()))?;
        let object = value.as_object().ok_or(EnvelopeError::NotAnObject)?;
        let text = |key: &'static str| object.string(key).map_err(|_| EnvelopeError::Missing(key));
        let payload_type = text("payloadType")?.to_owned();
        let payload = STANDARD
            .decode(text("payload")?)
            .map_err(|_| EnvelopeError::Missing("payload"))?;
        let missing = || EnvelopeError::Missing("signatures");
        let list = object.array("signatures").map_err(|_| missing())?;
        if list.is_empty() {
            return Err(missing());
        }
        let mut signatures = Vec::new();
        for item in list {
            let item = item.as_object().ok_or_else(missing)?;
            let field = |key| {
                item.get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            signatures.push((field("keyid"), field("sig")));
        }
        Ok(Self {
            payload_type,
            payload,
            signatures,
        })
    }

    /// The bytes of the member: canonical JSON and LF.
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures: Vec<Object> = self
            .signatures
            .iter()
            .map(|(keyid, sig)| {
                Object::new()
                    .with("keyid", keyid.as_str())
                    .with("sig", sig.as_str())
            })
            .collect();
        let object = Object::new()
            .with("payload", STANDARD.encode(&self.payload))
            .with("payloadType", self.payload_type.as_str())
            .with("signatures", signatures);
        let mut bytes = Value::from(object).to_canonical();
        bytes.push(b'\n');
        bytes
    }

    /// Demands one good signature by `key`, known by any of `keyids`.
    pub fn verify(&self, key: &PublicKey, keyids: &[Sha256]) -> Result<(), EnvelopeError> {
        let message = pre_authentication(&self.payload_type, &self.payload);
        let mut seen = false;
        for (keyid, sig) in &self.signatures {
            if !keyids.iter().any(|id| id.to_string() == *keyid) {
                continue;
            }
            seen = true;
            if Signature::from_base64(sig).is_ok_and(|sig| key.verifies(&message, &sig)) {
                return Ok(());
            }
        }
        Err(if seen {
            EnvelopeError::BadSignature
        } else {
            EnvelopeError::OtherKey
        })
    }
}

/// The bytes that are signed: `DSSEv1 SP len(type) SP type SP len(payload) SP payload`.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}
