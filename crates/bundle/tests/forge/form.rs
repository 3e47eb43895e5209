//! The one byte form of the papers.

use crate::case::{Answers, Case, WRONG, all, refused};
use crate::forge::{forge, pack};
use crate::hooks::Members;

/// The receiver cannot read the signature at all.
const UNREAD: Answers = ("changed", "bad_signature", "not_checked");

fn manifest(what: &'static str, old: &'static str, new: &'static str) -> Case {
    refused("not_canonical:manifest.json", what, WRONG, move || {
        let edit = move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(old), "{old} is not in {text}");
            *bytes = text.replacen(old, new, 1).into_bytes();
        };
        forge("series-1").manifest_bytes(edit).build()
    })
}

fn attestation(what: &'static str, alter: fn(&mut Vec<u8>)) -> Case {
    refused("not_canonical:attestation.json", what, WRONG, move || {
        forge("series-1").attestation_bytes(alter).build()
    })
}

fn signature(what: &'static str, answers: Answers, alter: fn(&mut Vec<u8>)) -> Case {
    refused("not_canonical:attestation.sig", what, answers, move || {
        forge("series-1").signature(alter).build()
    })
}

/// An archive whose members stand in a given order: packed one by one, then joined.
pub fn in_order(members: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let (mut file, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, bytes) in members {
        let one = pack(&Members::from([(name.clone(), bytes.clone())]));
        let data = 30 + name.len() + bytes.len();
        let mut central = one[data..one.len() - 22].to_vec();
        central[42..46].copy_from_slice(&u32::try_from(file.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&one[..data]);
        directory.append(&mut central);
        count += 1;
    }
    let start = u32::try_from(file.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    file.append(&mut directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    file.extend_from_slice(&[size.to_le_bytes(), start.to_le_bytes()].concat());
    file.extend_from_slice(&[0; 2]);
    file
}

pub fn cases() -> Vec<Case> {
    vec![
        manifest("a space", "{", "{ "),
        manifest("another line feed", "}\n", "}\n\n"),
        manifest("no line feed", "}\n", "}"),
        manifest(
            "an escape that nothing needs",
            "\"toolchain_id\"",
            "\"toolchain\\u005fid\"",
        ),
        manifest("a space before a number", "\"number\":1", "\"number\": 1"),
        refused(
            "not_canonical:manifest.json",
            "keys in another order",
            WRONG,
            || {
                let last = |bytes: &mut Vec<u8>| {
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    let text = text.replacen("\"manifest_version\":\"2\",", "", 1);
                    *bytes = text
                        .replacen("}\n", ",\"manifest_version\":\"2\"}\n", 1)
                        .into_bytes();
                };
                forge("series-1").manifest_bytes(last).build()
            },
        ),
        refused(
            "not_canonical:manifest.json",
            "names in another order",
            WRONG,
            || {
                let first = |bytes: &mut Vec<u8>| {
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    let at = text.find("\"signer/card.json\"").unwrap();
                    let entry = &text[at..at + 85];
                    let text = text.replacen(&format!(",{entry}"), "", 1);
                    *bytes = text
                        .replacen("\"files\":{", &format!("\"files\":{{{entry},"), 1)
                        .into_bytes();
                };
                forge("series-1").manifest_bytes(first).build()
            },
        ),
        manifest("a space in the list", "\"files\":{", "\"files\":{ "),
        attestation("a space", |bytes| bytes.insert(1, b' ')),
        attestation("no line feed", |bytes| bytes.truncate(bytes.len() - 1)),
        attestation("two line feeds", |bytes| bytes.push(b'\n')),
        signature("no line feed", WRONG, |bytes| {
            bytes.truncate(bytes.len() - 1);
        }),
        signature("two line feeds", UNREAD, |bytes| bytes.push(b'\n')),
        signature("a carriage return", UNREAD, |bytes| bytes.insert(88, b'\r')),
        signature("a space", UNREAD, |bytes| bytes.insert(40, b' ')),
        signature("no padding", UNREAD, |bytes| drop(bytes.drain(86..88))),
        signature("nothing", UNREAD, Vec::clear),
        signature("17 MiB", UNREAD, |bytes| *bytes = vec![b'A'; 17 << 20]),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
