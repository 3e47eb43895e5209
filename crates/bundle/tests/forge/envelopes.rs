//! The two envelopes and their statements.

use bundle::canon::{Dialect, Object, Value};
use bundle::dsse::{Envelope, PAYLOAD_TYPE};
use bundle::key::Signer;

use crate::case::{Case, WRONG, all, refused};
use crate::forge::{forge, key, sha};
use crate::statements::seal_envelope;

fn text(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    *bytes = text.replacen(old, new, 1).into_bytes();
}

fn reseal(bytes: &mut Vec<u8>, alter: impl FnOnce(&mut Envelope)) {
    let mut envelope = Envelope::parse(bytes).unwrap();
    alter(&mut envelope);
    *bytes = envelope.to_bytes();
}

pub fn wrong_signature(bytes: &mut Vec<u8>) {
    reseal(bytes, |envelope| {
        envelope.signatures[0].1 = key("alpha").sign(b"else").to_base64();
    });
}

pub fn other_key(bytes: &mut Vec<u8>) {
    let payload = Envelope::parse(bytes).unwrap().payload;
    *bytes = seal_envelope(PAYLOAD_TYPE, &payload, &key("beta"));
}

fn payload(bytes: &mut Vec<u8>, payload_type: &str, alter: impl FnOnce(&mut Vec<u8>)) {
    let mut payload = Envelope::parse(bytes).unwrap().payload;
    alter(&mut payload);
    *bytes = seal_envelope(payload_type, &payload, &key("alpha"));
}

fn both(words: [&'static str; 2], what: &'static str, alter: fn(&mut Vec<u8>)) -> [Case; 2] {
    let [build, sbom] = words;
    [
        refused(build, what, WRONG, move || {
            forge("series-1").build_envelope(alter).build()
        }),
        refused(sbom, what, WRONG, move || {
            forge("series-1").sbom_envelope(alter).build()
        }),
    ]
}

fn stated(words: [&'static str; 2], what: &'static str, alter: fn(&mut Object)) -> [Case; 2] {
    let [build, sbom] = words;
    let on = move |statement: &mut Value| {
        let mut object = statement.as_object().unwrap().clone();
        alter(&mut object);
        *statement = object.into();
    };
    [
        refused(build, what, WRONG, move || {
            forge("series-1").build_statement(on).build()
        }),
        refused(sbom, what, WRONG, move || {
            forge("series-1").sbom_statement(on).build()
        }),
    ]
}

fn predicate(alter: impl FnOnce(&mut Object), statement: &mut Object) {
    let mut inner = statement.object("predicate").unwrap().clone();
    alter(&mut inner);
    statement.insert("predicate", inner);
}

fn subject(statement: &mut Object, name: &str, digest: Value) {
    let digest = Object::new().with("sha256", digest);
    statement.insert(
        "subject",
        vec![Object::new().with("name", name).with("digest", digest)],
    );
}

const STATEMENT: [&str; 2] = [
    "dsse_attestation_invalid:statement",
    "dsse_sbom_invalid:statement",
];
const SUBJECT: [&str; 2] = ["dsse_manifest_digest_mismatch", "dsse_sbom_digest_mismatch"];
const PREDICATE: [&str; 2] = ["attestation_mismatch:predicate"; 2];
const MALFORMED: [&str; 2] = ["dsse_payload_malformed", "dsse_sbom_payload_malformed"];
const FORM: [&str; 2] = [
    "not_canonical:attestation.dsse.json",
    "not_canonical:sbom/bom.dsse.json",
];

pub fn cases() -> Vec<Case> {
    [envelopes(), statements(), forms()]
        .into_iter()
        .flatten()
        .flatten()
        .collect()
}

fn envelopes() -> Vec<[Case; 2]> {
    let invalid = |why: [&'static str; 2], what, alter| both(why, what, alter);
    vec![
        invalid(
            ["dsse_attestation_invalid:", "dsse_sbom_invalid:"],
            "not JSON",
            |bytes| *bytes = b"nothing\n".to_vec(),
        ),
        invalid(
            ["dsse_attestation_invalid:", "dsse_sbom_invalid:"],
            "a key twice",
            |bytes| text(bytes, "{", "{\"payloadType\":\"\","),
        ),
        invalid(
            [
                "dsse_attestation_invalid:dsse_not_dict",
                "dsse_sbom_invalid:dsse_not_dict",
            ],
            "a list",
            |bytes| *bytes = b"[]\n".to_vec(),
        ),
        invalid(
            [
                "dsse_attestation_invalid:dsse_missing_signatures",
                "dsse_sbom_invalid:dsse_missing_signatures",
            ],
            "no signatures",
            |bytes| reseal(bytes, |envelope| envelope.signatures.clear()),
        ),
        invalid(
            [
                "dsse_attestation_invalid:dsse_missing_payload",
                "dsse_sbom_invalid:dsse_missing_payload",
            ],
            "base64 with a stray character",
            |bytes| text(bytes, "\"payload\":\"", "\"payload\":\"!"),
        ),
        invalid(
            [
                "dsse_attestation_invalid:payload_type",
                "dsse_sbom_invalid:payload_type",
            ],
            "another payload type",
            |bytes| {
                payload(bytes, "text/plain", |_| {});
            },
        ),
        invalid(MALFORMED, "a payload that is no JSON", |bytes| {
            payload(bytes, PAYLOAD_TYPE, |bytes| *bytes = b"no".to_vec());
        }),
        invalid(MALFORMED, "a payload that is a list", |bytes| {
            payload(bytes, PAYLOAD_TYPE, |bytes| *bytes = b"[]".to_vec());
        }),
        invalid(MALFORMED, "a payload with a key twice", |bytes| {
            payload(bytes, PAYLOAD_TYPE, |bytes| {
                text(bytes, "{", "{\"_type\":1,");
            });
        }),
        invalid(
            [
                "dsse_attestation_invalid:too_large",
                "dsse_sbom_invalid:too_large",
            ],
            "an envelope of 17 MiB",
            |bytes| *bytes = vec![b' '; 17 << 20],
        ),
    ]
}

fn statements() -> Vec<[Case; 2]> {
    vec![
        stated(STATEMENT, "another statement type", |statement| {
            statement.insert("_type", "https://in-toto.io/Statement/v0.1");
        }),
        stated(STATEMENT, "another predicate type", |statement| {
            statement.insert("predicateType", "https://example.org/");
        }),
        stated(STATEMENT, "another key in the statement", |statement| {
            statement.insert("extra", 1_u64);
        }),
        stated(SUBJECT, "another digest", |statement| {
            subject(statement, "manifest.json", sha(b"other"));
        }),
        stated(SUBJECT, "another name", |statement| {
            subject(statement, "else.json", sha(b"other"));
        }),
        stated(SUBJECT, "no subject", |statement| {
            drop(statement.remove("subject"));
        }),
        stated(SUBJECT, "one subject more", |statement| {
            let mut list = statement.array("subject").unwrap().to_vec();
            list.push(list[0].clone());
            statement.insert("subject", list);
        }),
        stated(PREDICATE, "another time", |statement| {
            predicate(
                |inner| inner.insert("created_utc", "2026-03-01T10:00:00.000000+00:00"),
                statement,
            );
        }),
        stated(PREDICATE, "another toolchain id", |statement| {
            predicate(|inner| inner.insert("toolchain_id", "X"), statement);
        }),
        stated(PREDICATE, "another key in the predicate", |statement| {
            predicate(|inner| inner.insert("extra", 1_u64), statement);
        }),
    ]
}

fn forms() -> Vec<[Case; 2]> {
    vec![
        both(FORM, "two signatures", |bytes| {
            reseal(bytes, |envelope| {
                envelope.signatures.push(envelope.signatures[0].clone());
            });
        }),
        both(FORM, "a space", |bytes| text(bytes, "{", "{ ")),
        both(FORM, "no line feed", |bytes| {
            bytes.truncate(bytes.len() - 1);
        }),
        both(FORM, "another key in the envelope", |bytes| {
            text(bytes, "{", "{\"a\":1,");
        }),
        both(FORM, "another key beside the signature", |bytes| {
            text(bytes, "{\"keyid\"", "{\"a\":1,\"keyid\"");
        }),
        both(FORM, "a payload with a space", |bytes| {
            payload(bytes, PAYLOAD_TYPE, |bytes| text(bytes, "{", "{ "));
        }),
        both(FORM, "a payload that is not escaped", |bytes| {
            payload(bytes, PAYLOAD_TYPE, |bytes| {
                let value = Value::parse(bytes).unwrap();
                let plain = String::from_utf8(value.to_bytes(Dialect::Ascii)).unwrap();
                *bytes = plain
                    .replacen("\"_type\"", "\"\\u005ftype\"", 1)
                    .into_bytes();
            });
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
