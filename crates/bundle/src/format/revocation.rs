//! A key is no longer to be trusted: the statement that says so, signed by that key while it is still at hand.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::format::time::is_event_time;
use crate::key::{PublicKey, Signature, Signer};

const KEYS: [&str; 4] = ["keyid", "public_key", "revoked_utc", "signature"];

/// The bytes that the revoked key signs.
fn message(keyid: &Sha256, revoked_utc: &str) -> Vec<u8> {
    let object = Object::new()
        .with("keyid", *keyid)
        .with("revoked_utc", revoked_utc);
    let mut message = b"fieldgrade/key-revocation/1\n".to_vec();
    Value::from(object).write_canonical(&mut message);
    message
}

/// A statement about `key`; without a signer the key is not at hand, and the statement proves nothing by itself.
pub fn write(key: &PublicKey, revoked_utc: &str, signer: Option<&dyn Signer>) -> Object {
    let signature = signer.map(|signer| signer.sign(&message(&key.id(), revoked_utc)).to_base64());
    Object::new()
        .with("keyid", key.id())
        .with("public_key", key.to_pem())
        .with("revoked_utc", revoked_utc)
        .with("signature", signature.map_or(Value::Null, Value::from))
}

/// A statement whose signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The key that revoked itself.
    pub key: PublicKey,
    /// When, by its holder's clock.
    pub revoked_utc: String,
}

/// Reads a statement: exact keys, signed by the revoked key itself.
pub fn read(value: &Value) -> Result<Revocation, String> {
    let object = value.as_object().ok_or("not an object")?;
    let shape = |e: crate::canon::ShapeError| e.to_string();
    object.exactly(&KEYS).map_err(shape)?;
    let pem = object.string("public_key").map_err(shape)?;
    let key = PublicKey::from_pem(pem.as_bytes()).map_err(|e| e.to_string())?;
    if key.to_pem() != pem || object.string("keyid").map_err(shape)? != key.id().to_string() {
        return Err("keyid is not that of public_key".to_owned());
    }
    let revoked_utc = object.string("revoked_utc").map_err(shape)?;
    if !is_event_time(revoked_utc) {
        return Err("revoked_utc is not a time of six digits and +00:00".to_owned());
    }
    let signature = object.opt_string("signature").map_err(shape)?;
    let signature = signature.ok_or("the revoked key did not sign it")?;
    let signature = Signature::from_base64(signature).map_err(|e| e.to_string())?;
    if !key.verifies(&message(&key.id(), revoked_utc), &signature) {
        return Err("the signature of the revocation is wrong".to_owned());
    }
    Ok(Revocation {
        key,
        revoked_utc: revoked_utc.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    const TIME: &str = "2026-03-01T10:00:07.137000+00:00";

    #[test]
    fn only_the_key_itself_revokes_itself() {
        let key = SigningKey::from_seed(&[1; 32]);
        let public = key.public_key();
        let good = write(&public, TIME, Some(&key));
        let read_back = read(&good.clone().into()).unwrap();
        assert_eq!(
            (read_back.key, read_back.revoked_utc.as_str()),
            (public, TIME)
        );

        let stranger = SigningKey::from_seed(&[2; 32]);
        for wrong in [
            write(&public, TIME, Some(&stranger)),
            write(&public, TIME, None),
            write(&public, "2026-03-01", Some(&key)),
            good.clone().with("revoked_utc", TIME.replace("10:", "11:")),
            good.clone().with("keyid", stranger.public_key().id()),
            good.with("more", true),
        ] {
            assert!(read(&wrong.clone().into()).is_err(), "{wrong:?}");
        }
    }
}
