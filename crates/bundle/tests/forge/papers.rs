//! The manifest.

use bundle::Sha256;
use bundle::canon::{Object, Value};

use crate::case::{Answers, Case, UNREADABLE, WRONG, accepted, all, refused};
use crate::forge::{forge, vector};
use crate::hooks::Members;
use crate::receiver::lenient;

/// The manifest cannot be understood; the attestation over it can be checked.
pub const NOT_OURS: Answers = ("unreadable", "trusted", "not_checked");

fn manifest(
    code: &'static str,
    what: &'static str,
    answers: Answers,
    alter: fn(&mut Object),
) -> Case {
    refused(code, what, answers, move || {
        forge("series-1").manifest(alter).build()
    })
}

fn ours(what: &'static str, alter: fn(&mut Object)) -> Case {
    refused("manifest_invalid", what, NOT_OURS, move || {
        forge("series-1").fieldgrade(alter).build()
    })
}

fn bytes(
    code: &'static str,
    what: &'static str,
    answers: Answers,
    old: &'static str,
    new: &'static str,
) -> Case {
    refused(code, what, answers, move || {
        let edit = move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(old), "{old} is not in {text}");
            *bytes = text.replacen(old, new, 1).into_bytes();
        };
        forge("series-1").manifest_bytes(edit).build()
    })
}

fn inside(object: &mut Object, field: &str, key: &str, value: impl Into<Value>) {
    let inner = object.object(field).unwrap().clone();
    object.insert(field, inner.with(key, value));
}

pub fn cases() -> Vec<Case> {
    [manifests(), shapes(), formats()]
        .into_iter()
        .flatten()
        .collect()
}

fn manifests() -> Vec<Case> {
    let parse = "manifest_parse_error";
    vec![
        bytes(parse, "not JSON", UNREADABLE, "{", "("),
        bytes(
            parse,
            "a key twice",
            UNREADABLE,
            "{",
            "{\"toolchain_id\":\"\",",
        ),
        bytes(
            parse,
            "a key of the object twice",
            UNREADABLE,
            "\"fieldgrade\":{",
            "\"fieldgrade\":{\"ext\":{},",
        ),
        bytes(
            parse,
            "a name twice",
            UNREADABLE,
            "\"files\":{",
            "\"files\":{\"policy.json\":\"\",",
        ),
        bytes(
            parse,
            "the list twice",
            UNREADABLE,
            "\"files\":{",
            "\"files\":{},\"files\":{",
        ),
        bytes(
            parse,
            "a number beyond 2^53",
            UNREADABLE,
            "\"writer\":1",
            "\"writer\":9007199254740992",
        ),
        bytes(
            "manifest_files_not_dict",
            "a list of names",
            UNREADABLE,
            "\"files\":{",
            "\"files\":[],\"filez\":{",
        ),
        refused("manifest_invalid", "a list", UNREADABLE, || {
            forge("series-1")
                .manifest_bytes(|bytes| *bytes = b"[]\n".to_vec())
                .build()
        }),
        manifest("manifest_version_unsupported", "version 3", WRONG, |m| {
            m.insert("manifest_version", "3");
        }),
        manifest(
            "manifest_version_unsupported",
            "version as a number",
            WRONG,
            |m| m.insert("manifest_version", 2_u64),
        ),
        manifest(
            "bundle_map_hash_mismatch",
            "another digest of the list",
            WRONG,
            |m| m.insert("bundle_map_hash", Sha256::of(b"other")),
        ),
        manifest("sub_hash_mismatch:sbom_hash", "another SBOM", WRONG, |m| {
            m.insert("sbom_hash", Sha256::of(b"other"));
        }),
        manifest(
            "sub_hash_mismatch:kg_delta_hash",
            "another delta",
            WRONG,
            |m| m.insert("kg_delta_hash", Value::Null),
        ),
        refused(
            "sub_hash_mismatch:allowlist_hash",
            "a hash that is none",
            WRONG,
            || {
                (
                    forge("series-1")
                        .manifest(|m| m.insert("allowlist_hash", "none"))
                        .build(),
                    lenient(),
                )
            },
        ),
        refused("sbom_invalid", "an SBOM that is none", WRONG, || {
            let alter = |members: &mut Members| {
                drop(members.insert("sbom/bom.cdx.json".to_owned(), b"{}\n".to_vec()));
            };
            forge("series-1").beside(alter).build()
        }),
        refused("sbom_invalid", "an SBOM with a key twice", WRONG, || {
            let alter = |members: &mut Members| {
                let sbom = members.get_mut("sbom/bom.cdx.json").unwrap();
                drop(sbom.splice(1..1, b"\"specVersion\":\"1.5\",".iter().copied()));
            };
            forge("series-1").beside(alter).build()
        }),
        refused("sbom_invalid", "an SBOM of 17 MiB", WRONG, || {
            let alter = |members: &mut Members| {
                members
                    .get_mut("sbom/bom.cdx.json")
                    .unwrap()
                    .extend(vec![b' '; 17 << 20]);
            };
            forge("series-1").beside(alter).build()
        }),
    ]
}

fn shapes() -> Vec<Case> {
    let invalid = "manifest_invalid";
    vec![
        manifest(invalid, "ours without saying so", NOT_OURS, |m| {
            drop(m.remove("fieldgrade"));
        }),
        manifest(invalid, "another key", NOT_OURS, |m| {
            m.insert("extra", 1_u64);
        }),
        manifest(invalid, "a key missing", NOT_OURS, |m| {
            drop(m.remove("created_utc"));
        }),
        manifest(invalid, "null for the object", NOT_OURS, |m| {
            m.insert("fieldgrade", Value::Null);
        }),
        manifest(invalid, "text for the object", NOT_OURS, |m| {
            m.insert("fieldgrade", "1");
        }),
        ours("another key in the object", |o| o.insert("extra", 1_u64)),
        ours("ext missing", |o| drop(o.remove("ext"))),
        ours("ext a list", |o| o.insert("ext", Vec::<Value>::new())),
        ours("true for a number", |o| o.insert("documents", true)),
        ours("a fraction", |o| o.insert("documents", Value::Float(3.0))),
        ours("a negative number", |o| {
            o.insert("documents", Value::Int(-1));
        }),
        ours("true for first", |o| inside(o, "ledger", "first", true)),
        ours("a fraction for last", |o| {
            inside(o, "ledger", "last", Value::Float(8.0));
        }),
        ours("another key in the ledger", |o| {
            inside(o, "ledger", "extra", 1_u64);
        }),
        ours("another key beside the signer", |o| {
            inside(o, "signer", "extra", 1_u64);
        }),
        ours("another key in the project", |o| {
            inside(o, "project", "extra", 1_u64);
        }),
        ours("a project id in capitals", |o| {
            inside(o, "project", "id", "A".repeat(32));
        }),
        ours("a kind that is none", |o| o.insert("kind", "copy")),
        ours("a series without number", |o| {
            o.insert("number", Value::Null);
        }),
        ours("number zero", |o| o.insert("number", 0_u64)),
        ours("number two without one before", |o| {
            o.insert("number", 2_u64);
        }),
        ours("an excerpt of nothing", |o| o.insert("kind", "excerpt")),
        ours("true for the format", |o| o.insert("format", true)),
        ours("no format", |o| drop(o.remove("format"))),
        ours("a format with a fraction", |o| {
            o.insert("format", Value::Float(1.0));
        }),
    ]
}

fn formats() -> Vec<Case> {
    let newer = |what, alter: fn(&mut Object)| {
        refused("unsupported_format", what, UNREADABLE, move || {
            forge("series-1").fieldgrade(alter).build()
        })
    };
    vec![
        newer("format 2", |o| o.insert("format", 2_u64)),
        newer("format 0", |o| o.insert("format", 0_u64)),
        newer("format -1", |o| o.insert("format", Value::Int(-1))),
        newer("format 2 that we could not read", |o| {
            *o = Object::new().with("format", 2_u64);
        }),
        refused(
            "unsupported_format",
            "format 2 without the rest of ours",
            UNREADABLE,
            || {
                let bare = |members: &mut Members| {
                    members.retain(|name, _| name == "manifest.json" || name.starts_with("sbom"));
                };
                forge("series-1")
                    .fieldgrade(|o| o.insert("format", 2_u64))
                    .packed(bare)
                    .build()
            },
        ),
        refused(
            "unsupported_format",
            "format 2 and rules that it breaks",
            UNREADABLE,
            || {
                let file = forge("series-1")
                    .fieldgrade(|o| o.insert("format", 2_u64))
                    .build();
                (
                    file,
                    lenient().rule("max_files_in_bundle: 5000000", "max_files_in_bundle: 1"),
                )
            },
        ),
        accepted("what ext holds", || {
            let more = Object::new()
                .with("later", Value::Float(1.5))
                .with("deep", vec![Object::new().with("a", true)]);
            forge("series-1")
                .fieldgrade(move |o| o.insert("ext", more))
                .build()
        }),
        accepted("nothing altered", || vector("series-1")),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
