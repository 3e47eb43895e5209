//! The attestation: what the signature covers.

use bundle::Sha256;
use bundle::canon::{Object, Value};

use crate::case::{Case, WRONG, all, refused};
use crate::forge::forge;
use crate::papers::NOT_OURS;

fn attested(code: &'static str, what: &'static str, alter: fn(&mut Object)) -> Case {
    refused(code, what, WRONG, move || {
        forge("series-1").attestation(alter).build()
    })
}

pub fn cases() -> Vec<Case> {
    let parse = "attestation_parse_error";
    let text = |what, text: &'static [u8]| {
        refused(parse, what, NOT_OURS, move || {
            forge("series-1")
                .attestation_bytes(|bytes| *bytes = text.to_vec())
                .build()
        })
    };
    vec![
        text("not JSON", b"nothing\n"),
        text("a list", b"[]\n"),
        text("empty", b""),
        refused(parse, "a key of the attestation twice", NOT_OURS, || {
            let double = |bytes: &mut Vec<u8>| {
                drop(bytes.splice(1..1, b"\"algo\":\"ed25519\",".iter().copied()));
            };
            forge("series-1").attestation_bytes(double).build()
        }),
        refused(
            parse,
            "an attestation of 17 MiB",
            ("unreadable", "not_checked", "not_checked"),
            || {
                forge("series-1")
                    .attestation_bytes(|bytes| *bytes = vec![b' '; 17 << 20])
                    .build()
            },
        ),
        refused(
            "attestation_version_unsupported",
            "version 1",
            ("changed", "bad_signature", "not_checked"),
            || {
                forge("series-1")
                    .attestation(|a| a.insert("attestation_version", "1"))
                    .build()
            },
        ),
        attested(
            "attestation_bundle_map_hash_mismatch",
            "another list",
            |a| a.insert("bundle_map_hash", Sha256::of(b"other")),
        ),
        attested(
            "attestation_manifest_hash_mismatch",
            "another manifest",
            |a| a.insert("manifest_hash", Sha256::of(b"other")),
        ),
        attested(
            "attestation_mismatch:toolchain_id",
            "another toolchain id",
            |a| a.insert("toolchain_id", "FG_DESK.2"),
        ),
        attested("attestation_mismatch:policy_hash", "another policy", |a| {
            a.insert("policy_hash", Sha256::of(b"other"));
        }),
        attested(
            "attestation_mismatch:allowlist_hash",
            "no list of keys",
            |a| a.insert("allowlist_hash", Value::Null),
        ),
        attested("sub_hash_mismatch:provenance_hash", "another record", |a| {
            a.insert("provenance_hash", Sha256::of(b"other"));
        }),
        attested("attestation_mismatch", "another time", |a| {
            a.insert("created_utc", "2026-03-01T10:00:00.000000+00:00");
        }),
        attested("attestation_mismatch", "another algorithm", |a| {
            a.insert("algo", "rsa");
        }),
        attested(
            "attestation_mismatch",
            "another key in the attestation",
            |a| a.insert("extra", 1_u64),
        ),
        attested("attestation_mismatch:predicate", "no label", |a| {
            drop(a.remove("label"));
        }),
        attested(
            "attestation_mismatch:predicate",
            "a label that is a number",
            |a| a.insert("label", 1_u64),
        ),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
