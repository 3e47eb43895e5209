//! What must be there, what must not, and every byte against its digest.

use bundle::Sha256;
use bundle::canon::Value;

use crate::case::{Answers, Case, LACKING, UNREADABLE, WRONG, all, refused};
use crate::forge::forge;
use crate::hooks::Members;

/// Not what was sealed: the manifest or the signature says something else.
const BLOB: &str = "cas/raw/9f9ab7bab66eed9a6ef87c26f0e374fd17bb7f2560c9ed0a309b631dd8483dc3";

fn without(code: &'static str, name: &'static str, answers: Answers) -> Case {
    refused(code, name, answers, move || {
        let remove = move |members: &mut Members| drop(members.remove(name).unwrap());
        forge("series-1").packed(remove).build()
    })
}

/// Never sealed at all, in a bundle that is complete otherwise.
fn unsealed(code: &'static str, name: &'static str) -> Case {
    refused(code, name, LACKING, move || {
        let remove = move |members: &mut Members| drop(members.remove(name).unwrap());
        forge("series-1").members(remove).build()
    })
}

fn with(code: &'static str, name: &'static str) -> Case {
    refused(code, name, WRONG, move || {
        let add =
            move |members: &mut Members| drop(members.insert(name.to_owned(), b"more".to_vec()));
        forge("series-1").packed(add).build()
    })
}

fn changed(name: &'static str) -> Case {
    refused("hash_mismatch:", name, WRONG, move || {
        let change = move |members: &mut Members| members.get_mut(name).unwrap()[3] ^= 1;
        forge("series-1").packed(change).build()
    })
}

fn listed(
    code: &'static str,
    what: &'static str,
    answers: Answers,
    name: &'static str,
    digest: Value,
) -> Case {
    refused(code, what, answers, move || {
        let digest = digest.clone();
        forge("series-1")
            .files(move |files| files.insert(name, digest))
            .build()
    })
}

pub fn cases() -> Vec<Case> {
    let unsigned = ("incomplete", "unsigned", "not_checked");
    let unattested = ("incomplete", "not_checked", "not_checked");
    let other: Value = Sha256::of(b"other").into();
    vec![
        without(
            "missing_manifest",
            "manifest.json",
            ("incomplete", "not_checked", "not_checked"),
        ),
        without("missing_attestation", "attestation.json", unattested),
        without("missing_signature", "attestation.sig", unsigned),
        without("missing_dsse_attestation", "attestation.dsse.json", LACKING),
        without("missing_cyclonedx_dsse", "sbom/bom.dsse.json", LACKING),
        without("manifest_file_missing:policy.json", "policy.json", LACKING),
        without(
            "manifest_file_missing:provenance.jsonl",
            "provenance.jsonl",
            LACKING,
        ),
        without("manifest_file_missing:", BLOB, LACKING),
        unsealed("missing_cyclonedx_sbom", "sbom/bom.cdx.json"),
        unsealed("missing_member:policy.json", "policy.json"),
        unsealed("missing_member:READ-ME-FIRST.txt", "READ-ME-FIRST.txt"),
        unsealed("missing_member:signer/card.json", "signer/card.json"),
        unsealed("missing_member:documents.jsonl", "documents.jsonl"),
        unsealed("missing_member:kg_delta.jsonl", "kg_delta.jsonl"),
        unsealed("missing_member:provenance.jsonl", "provenance.jsonl"),
        with("unexpected_zip_member:notes.txt", "notes.txt"),
        with(
            "unexpected_zip_member:cas/raw/",
            "cas/raw/0000000000000000000000000000000000000000000000000000000000000000",
        ),
        refused(
            "unexpected_zip_member:notes.txt",
            "a member that is listed, but that none of ours has",
            WRONG,
            || {
                forge("series-1")
                    .members(|members| {
                        drop(members.insert("notes.txt".to_owned(), b"more".to_vec()));
                    })
                    .build()
            },
        ),
        refused(
            "unexpected_zip_member:studspec.json",
            "a contract of the reference",
            WRONG,
            || {
                forge("series-1")
                    .members(|members| {
                        drop(members.insert("studspec.json".to_owned(), b"{}".to_vec()));
                    })
                    .build()
            },
        ),
        refused(
            "unexpected_zip_member:attestation.sig",
            "a list of what cannot be listed",
            WRONG,
            || {
                let other = Sha256::of(b"other");
                forge("series-1")
                    .files(move |files| files.insert("attestation.sig", other))
                    .build()
            },
        ),
        changed("provenance.jsonl"),
        changed("documents.jsonl"),
        changed("READ-ME-FIRST.txt"),
        changed("sbom/bom.cdx.json"),
        changed(BLOB),
        listed(
            "hash_mismatch:policy.json",
            "another digest",
            WRONG,
            "policy.json",
            other.clone(),
        ),
        listed(
            "hash_mismatch:policy.json",
            "a digest in capitals",
            WRONG,
            "policy.json",
            "A".repeat(64).into(),
        ),
        listed(
            "hash_mismatch:policy.json",
            "a number for a digest",
            WRONG,
            "policy.json",
            1_u64.into(),
        ),
        listed(
            "hash_mismatch:policy.json",
            "null for a digest",
            WRONG,
            "policy.json",
            Value::Null,
        ),
        listed(
            "manifest_file_missing:more",
            "a member that is not there",
            LACKING,
            "more",
            other.clone(),
        ),
        listed(
            "unsafe_manifest_name:../up",
            "a name that leads out",
            LACKING,
            "../up",
            other.clone(),
        ),
        listed(
            "unsafe_manifest_name:dir/",
            "a folder",
            LACKING,
            "dir/",
            other,
        ),
        refused(
            "blob_name_mismatch:cas/raw/",
            "a blob under another name",
            LACKING,
            || {
                let rename = |members: &mut Members| {
                    let bytes = members.remove(BLOB).unwrap();
                    members.insert(format!("cas/raw/{}", "0".repeat(64)), bytes);
                };
                forge("series-1").members(rename).build()
            },
        ),
        refused(
            "unexpected_zip_member:cas/",
            "a blob in another folder",
            WRONG,
            || {
                let add = |members: &mut Members| {
                    drop(members.insert(BLOB.replace("raw", "other"), b"x".to_vec()));
                };
                forge("series-1").members(add).build()
            },
        ),
        refused(
            "missing_manifest",
            "nothing at all",
            ("incomplete", "not_checked", "not_checked"),
            || forge("series-1").packed(Members::clear).build(),
        ),
        refused(
            "manifest_parse_error",
            "an empty manifest",
            UNREADABLE,
            || forge("series-1").manifest_bytes(Vec::clear).build(),
        ),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
