//! The chain's key: named at its start, handed over by both, or not at all.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::body::handover_message;
use bundle::format::{card, member};
use bundle::key::Signer;

use crate::case::{Case, WRONG, accepted, all, refused};
use crate::draft::Draft;
use crate::forge::{Forge, forge, key};
use crate::receiver::{Desk, strict};
use crate::series::known;

fn at(
    what: &'static str,
    name: &'static str,
    seq: u64,
    alter: impl Fn(&mut Draft) + Copy + 'static,
) -> Case {
    refused("key_change_unexplained", what, WRONG, move || {
        forge(name).at(seq, alter).build()
    })
}

/// The change of key in the second bundle of the chain.
fn rotated(what: &'static str, alter: impl Fn(&mut Object) + Copy + 'static) -> Case {
    at(what, "rotated-2", 7, move |event| {
        alter(event.content.object());
    })
}

/// Signs the handover anew, over what it says now.
fn sign(content: &mut Object, old: &str, new: &str) {
    let digest = |key: &str| content.string(key).unwrap().parse::<Sha256>().unwrap();
    let message = handover_message(
        &digest("chain"),
        content.count("seq").unwrap(),
        &digest("old"),
        &digest("new"),
    );
    content.insert("signature_old", key(old).sign(&message).to_base64());
    content.insert("signature_new", key(new).sign(&message).to_base64());
}

/// The change without the old key.
fn replaced() -> Forge {
    forge("rotated-2").at(7, |event| {
        "KEY_REPLACED".clone_into(&mut event.kind);
        event.content.object().remove("old_public_key");
        event.content.object().remove("signature_old");
    })
}

fn after_first(file: Vec<u8>) -> (Vec<u8>, Desk) {
    (
        file,
        strict().with(|desk| desk.memory.bundles.push(known("rotated-1"))),
    )
}

/// A whole bundle by beta about a chain that alpha began.
fn taken_over(keyid: &'static str) -> Forge {
    let by = key("beta").public_key();
    let mut forge = forge("series-1").signed_by("beta");
    for event in &mut forge.events {
        "FG_DESK.2".clone_into(&mut event.toolchain_id);
    }
    let name = card::Identity::default();
    let card = card::write(
        &name,
        "FG_DESK.2",
        "2026-03-01T10:00:00.000000+00:00",
        vec![],
        vec![],
        &key("beta"),
    );
    let id = key(keyid).public_key();
    forge
        .beside(|members| drop(members.insert(member::CARD.to_owned(), card)))
        .at(1, |event| {
            event.content.set("keyid", id.id());
            event.content.set("public_key", id.to_pem());
        })
        .seal_content(move |seal| {
            seal.insert("keyid", by.id());
            seal.insert("toolchain_id", "FG_DESK.2");
        })
        .manifest(|manifest| manifest.insert("toolchain_id", "FG_DESK.2"))
}

pub fn cases() -> Vec<Case> {
    let unexplained = "key_change_unexplained";
    let other = Sha256::of(b"other");
    vec![
        rotated("the old key did not sign", |content| {
            let new = content.get("signature_new").cloned();
            content.insert("signature_old", new);
        }),
        rotated("the new key did not sign", |content| {
            let old = content.get("signature_old").cloned();
            content.insert("signature_new", old);
        }),
        rotated("another chain", move |content| {
            content.insert("chain", other);
        }),
        rotated("another chain, signed", move |content| {
            content.insert("chain", other);
            sign(content, "alpha", "beta");
        }),
        rotated("another place, signed", |content| {
            content.insert("seq", 8_u64);
            sign(content, "alpha", "beta");
        }),
        rotated("another new key id, signed", move |content| {
            content.insert("new", other);
            sign(content, "alpha", "beta");
        }),
        rotated("another old key id, signed", move |content| {
            content.insert("old", other);
            sign(content, "alpha", "beta");
        }),
        rotated("a signature missing", |content| {
            drop(content.remove("signature_old"));
        }),
        rotated("a key in another form", |content| {
            let pem = content
                .string("new_public_key")
                .unwrap()
                .replace('\n', "\r\n");
            content.insert("new_public_key", pem);
        }),
        rotated("another old toolchain id", |content| {
            content.insert("old_toolchain_id", "FG_DESK.0");
        }),
        rotated("another new toolchain id", |content| {
            content.insert("new_toolchain_id", "FG_DESK.3");
        }),
        rotated("true for a place", |content| content.insert("seq", true)),
        at(
            "a toolchain id that changes by itself",
            "series-1",
            5,
            |event| "FG_DESK.2".clone_into(&mut event.toolchain_id),
        ),
        at("a toolchain id that goes back", "rotated-2", 8, |event| {
            "FG_DESK".clone_into(&mut event.toolchain_id);
        }),
        at(
            "a key id that is not the key's",
            "series-1",
            1,
            move |event| event.content.set("keyid", other),
        ),
        at("a first event without key", "series-1", 1, |event| {
            drop(event.content.object().remove("public_key"));
        }),
        at("a key that is none", "series-1", 1, |event| {
            event.content.set("public_key", Value::Null);
        }),
        refused(unexplained, "somebody else's chain", WRONG, || {
            taken_over("alpha").build()
        }),
        refused(
            unexplained,
            "an old key that is not the one before",
            WRONG,
            || {
                let mut before = known("rotated-1");
                before.signer_keyid = Sha256::of(b"other");
                (
                    forge("rotated-2").build(),
                    strict().with(|desk| desk.memory.bundles.push(before)),
                )
            },
        ),
        refused(
            unexplained,
            "another key than that of the bundle before",
            WRONG,
            || {
                let mut before = known("series-1");
                before.signer_keyid = Sha256::of(b"other");
                (
                    forge("series-2").build(),
                    strict().with(|desk| desk.memory.bundles.push(before)),
                )
            },
        ),
        refused(
            unexplained,
            "a replacement that the new key did not sign",
            WRONG,
            || {
                replaced()
                    .at(7, |event| {
                        event.content.set("signature_new", "A".repeat(88));
                    })
                    .build()
            },
        ),
        refused(
            unexplained,
            "a replacement of another key than the one before",
            WRONG,
            || {
                let other = Sha256::of(b"other");
                let replace = |event: &mut Draft| {
                    event.content.set("old", other);
                    sign(event.content.object(), "alpha", "beta");
                    event.content.object().remove("signature_old");
                };
                after_first(replaced().at(7, replace).build())
            },
        ),
        accepted("a chain that beta began", || {
            taken_over("beta").manifest(|_| {}).build()
        }),
        accepted("a change by both, whose predecessor is known", || {
            after_first(forge("rotated-2").build())
        }),
        accepted("a key replaced", || after_first(replaced().build())),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
