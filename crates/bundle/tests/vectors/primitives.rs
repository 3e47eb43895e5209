use std::fmt::Write;

use bundle::Sha256;
use bundle::canon::{Dialect, Value};
use bundle::dsse::{Envelope, pre_authentication};
use bundle::format::event::event_hash;
use bundle::format::manifest::map_hash;
use bundle::key::{PublicKey, Signature, Signer, SigningKey};
use serde_json::Value as Json;

use crate::corpus::json;

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// Our reading of a value that the index holds as JSON.
fn value(json: &Json) -> Value {
    Value::parse(&serde_json::to_vec(json).unwrap()).unwrap()
}

#[test]
fn canonical_json_is_the_references_or_refused_on_purpose() {
    let mut refused = 0;
    for case in json("primitives.json")["canonical_json"]
        .as_array()
        .unwrap()
    {
        let input = text(&case["input"]);
        match Value::parse(input.as_bytes()) {
            Ok(value) => {
                let bytes = value.to_canonical();
                assert_eq!(
                    String::from_utf8(bytes.clone()).unwrap(),
                    text(&case["canonical"])
                );
                assert_eq!(Sha256::of(&bytes).to_string(), text(&case["sha256"]));
            }
            Err(error) => {
                // What the reference reads in more ways than one: NaN, infinities, a key twice, numbers out of range.
                let ambiguous = ["NaN", "1E400", "\"a\":1,\"a\":2"]
                    .iter()
                    .any(|part| input.contains(part));
                assert!(ambiguous, "{input}: {error}");
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 3);
}

#[test]
fn hashes_of_events_and_of_the_list_of_members() {
    let index = json("primitives.json");
    for case in index["event_hash"].as_array().unwrap() {
        let prev = case["prev"].as_str().map(|prev| prev.parse().unwrap());
        let payload = value(&case["payload"]).to_canonical();
        let hash = event_hash(prev.as_ref(), text(&case["event_type"]), &payload);
        assert_eq!(hash.to_string(), text(&case["hash"]));
    }
    for case in index["bundle_map_hash"].as_array().unwrap() {
        let mut files: Vec<_> = case["files"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| (k.as_str(), text(v)))
            .collect();
        files.sort_unstable();
        assert_eq!(map_hash(files.into_iter()).to_string(), text(&case["hash"]));
    }
}

#[test]
fn keys_signatures_and_envelopes() {
    let index = json("primitives.json");
    let case = &index["ed25519"];
    let seed: Vec<u8> = text(&case["seed_hex"])
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let key = SigningKey::from_seed(&seed.try_into().unwrap());
    assert_eq!(key.public_key().to_pem(), text(&case["public_key_pem"]));
    assert_eq!(key.public_key().id().to_string(), text(&case["keyid"]));
    let message = text(&case["message"]).as_bytes();
    assert_eq!(
        key.sign(message).to_base64(),
        text(&case["signature_base64"])
    );
    let public = PublicKey::from_pem(text(&case["public_key_pem"]).as_bytes()).unwrap();
    assert!(public.verifies(
        message,
        &Signature::from_base64(text(&case["signature_base64"])).unwrap()
    ));

    let case = &index["dsse"];
    let statement = value(&case["statement"]);
    let payload = statement.to_bytes(Dialect::Ascii);
    assert_eq!(
        String::from_utf8(payload.clone()).unwrap(),
        text(&case["payload_utf8"])
    );
    assert_eq!(
        hex(&pre_authentication(
            "application/vnd.in-toto+json",
            &payload
        )),
        text(&case["pae_hex"])
    );
    let envelope = Envelope::sign(&statement, &key);
    assert_eq!(
        value(&case["envelope"]),
        Value::parse(&envelope.to_bytes()).unwrap()
    );
    envelope.verify(&public, &[public.id()]).unwrap();
}
