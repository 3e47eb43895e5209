//! The SEAL against the bundle, the card, the views.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::card;
use bundle::format::member;

use crate::case::{Case, WRONG, all, refused};
use crate::forge::{forge, key};
use crate::hooks::Members;
use crate::receiver::lenient;

/// A pin that says something else than the bundle.
fn pin(code: &'static str, field: &'static str, value: impl Into<Value>) -> Case {
    let value = value.into();
    refused(code, "a pin", WRONG, move || {
        let value = value.clone();
        forge("series-1")
            .seal_content(move |seal| seal.insert(field, value))
            .build()
    })
}

pub fn ours(
    what: &'static str,
    code: &'static str,
    name: &'static str,
    alter: fn(&mut Object),
) -> Case {
    refused(code, what, WRONG, move || {
        forge(name).fieldgrade(alter).build()
    })
}

pub fn inside(object: &mut Object, field: &str, alter: impl FnOnce(&mut Object)) {
    let mut inner = object.object(field).unwrap().clone();
    alter(&mut inner);
    object.insert(field, inner);
}

fn card(what: &'static str, alter: fn(&mut Vec<u8>)) -> Case {
    refused("card_invalid", what, WRONG, move || {
        let alter = move |members: &mut Members| alter(members.get_mut(member::CARD).unwrap());
        forge("series-1").beside(alter).build()
    })
}

fn card_text(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    *bytes = text.replacen(old, new, 1).into_bytes();
}

fn card_of(name: &str) -> Vec<u8> {
    card::write(
        &card::Identity::default(),
        "FG_DESK",
        "2026-03-01T10:00:00.000000+00:00",
        vec![],
        vec![],
        &key(name),
    )
}

fn member_changed(code: &'static str, name: &'static str) -> Case {
    refused(code, name, WRONG, move || {
        let change =
            move |members: &mut Members| members.get_mut(name).unwrap().extend_from_slice(b"{}\n");
        forge("series-1").members(change).build()
    })
}

pub fn cases() -> Vec<Case> {
    [pins(), cards(), views()].into_iter().flatten().collect()
}

fn pins() -> Vec<Case> {
    let other = Sha256::of(b"other");
    let link = Object::new()
        .with("number", 1_u64)
        .with("manifest_sha256", other)
        .with("bundle_sha256", other)
        .with("head", other)
        .with("size", 1_u64);
    let of = link.clone().with("root", other);
    vec![
        pin("seal_mismatch:kind", "kind", "excerpt"),
        pin("seal_mismatch:number", "number", 2_u64),
        pin("seal_mismatch:number", "number", Value::Null),
        pin("seal_mismatch:first", "first", 2_u64),
        pin("seal_mismatch:previous", "previous", link),
        pin("seal_mismatch:of", "of", of),
        pin("seal_mismatch:size", "size", 8_u64),
        pin("seal_mismatch:root", "root", other),
        pin("seal_mismatch:toolchain_id", "toolchain_id", "FG_DESK.2"),
        pin("seal_mismatch:keyid", "keyid", other),
        pin("seal_mismatch:format", "format", 2_u64),
        pin("seal_mismatch:writer", "writer", 2_u64),
        pin("seal_mismatch:policy_sha256", "policy_sha256", other),
        pin(
            "seal_mismatch:allowlist_hash",
            "allowlist_hash",
            Value::Null,
        ),
        pin("seal_mismatch:sbom_sha256", "sbom_sha256", other),
        pin("seal_mismatch:card_sha256", "card_sha256", other),
        pin("seal_mismatch:readme_sha256", "readme_sha256", other),
        pin("seal_mismatch:documents", "documents", 2_u64),
        pin("seal_mismatch", "documents", true),
        pin("seal_mismatch", "language", Value::Null),
        pin("seal_mismatch", "first", Value::Float(1.0)),
        refused("seal_mismatch", "a pin missing", WRONG, || {
            forge("series-1")
                .seal_content(|seal| drop(seal.remove("readme_sha256")))
                .build()
        }),
        refused("seal_mismatch", "no label", WRONG, || {
            forge("series-1")
                .seal_source(|seal| drop(seal.remove("label")))
                .build()
        }),
        refused("seal_mismatch:label", "another label", WRONG, || {
            let mut forge = forge("series-1");
            "another".clone_into(&mut forge.label);
            forge.build()
        }),
        refused(
            "seal_mismatch:items",
            "chosen items in a series",
            WRONG,
            || {
                forge("series-1")
                    .seal_source(|seal| seal.insert("items", vec![1_u64]))
                    .build()
            },
        ),
        refused("seal_mismatch:created_utc", "another time", WRONG, || {
            forge("series-1")
                .manifest(|manifest| {
                    manifest.insert("created_utc", "2026-03-01T10:00:00.000000+00:00");
                })
                .build()
        }),
        refused(
            "seal_mismatch:allowlist_hash",
            "another list of keys",
            WRONG,
            || {
                let file = forge("series-1")
                    .manifest(|manifest| manifest.insert("allowlist_hash", Value::Null))
                    .build();
                (file, lenient())
            },
        ),
        ours(
            "another writer",
            "seal_mismatch:writer",
            "series-1",
            |ours| ours.insert("writer", 2_u64),
        ),
        ours(
            "another project",
            "seal_mismatch:project",
            "series-1",
            |ours| {
                inside(ours, "project", |project| {
                    project.insert("id", "0".repeat(32));
                });
            },
        ),
        ours(
            "another title",
            "seal_mismatch:project_name",
            "series-1",
            |ours| {
                inside(ours, "project", |project| {
                    project.insert("name", "Harbour tunnel");
                });
            },
        ),
        refused(
            "seal_not_last",
            "a record that ends with something else",
            WRONG,
            || {
                let mut forge = forge("series-1");
                forge.events.pop();
                forge.build()
            },
        ),
        refused(
            "policy_member_mismatch",
            "another policy hash in the manifest",
            WRONG,
            || {
                let other = Sha256::of(b"other");
                (
                    forge("series-1")
                        .manifest(move |manifest| manifest.insert("policy_hash", other))
                        .build(),
                    lenient(),
                )
            },
        ),
        refused(
            "policy_member_mismatch",
            "a policy with a line feed",
            WRONG,
            || {
                let alter =
                    |members: &mut Members| members.get_mut(member::POLICY).unwrap().push(b'\n');
                (forge("series-1").beside(alter).build(), lenient())
            },
        ),
        refused(
            "policy_member_mismatch",
            "a policy with a key twice",
            WRONG,
            || {
                let alter = |members: &mut Members| {
                    drop(members.insert(member::POLICY.to_owned(), b"{\"a\":1,\"a\":1}".to_vec()));
                };
                (forge("series-1").beside(alter).build(), lenient())
            },
        ),
    ]
}

fn cards() -> Vec<Case> {
    vec![
        card("a card of another key", |card| *card = card_of("beta")),
        card("a card without line feed", |card| {
            card.truncate(card.len() - 1);
        }),
        card("a card with a space", |card| card_text(card, "{", "{ ")),
        card("a card with another key", |card| {
            card_text(card, "{", "{\"a\":1,");
        }),
        card("a card without contact", |card| {
            card_text(card, "\"contact\":\"\",", "");
        }),
        card("a card whose name was changed", |card| {
            card_text(card, "\"name\":\"", "\"name\":\"X");
        }),
        card("a card with a key twice", |card| {
            card_text(card, "{", "{\"card_version\":1,");
        }),
        card("a card of version true", |card| {
            card_text(card, "\"card_version\":1", "\"card_version\":true");
        }),
        card("a card that is not JSON", |card| *card = b"\xff\n".to_vec()),
        card("a card of 17 MiB", |card| *card = vec![b' '; 17 << 20]),
    ]
}

fn views() -> Vec<Case> {
    vec![
        member_changed("documents_mismatch", member::DOCUMENTS),
        member_changed("delta_mismatch", member::DELTA),
        refused("delta_mismatch", "an empty delta", WRONG, || {
            forge("series-1")
                .members(|members| members.get_mut(member::DELTA).unwrap().clear())
                .build()
        }),
        ours(
            "another count of documents",
            "documents_mismatch",
            "series-1",
            |ours| ours.insert("documents", 4_u64),
        ),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
