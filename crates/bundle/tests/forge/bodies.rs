//! The bodies beside the payload.

use bundle::canon::Value;

use crate::case::{Case, LACKING, WRONG, all, refused};
use crate::draft::{Body, Draft};
use crate::forge::forge;

fn at(
    code: &'static str,
    what: &'static str,
    seq: u64,
    alter: impl Fn(&mut Draft) + Copy + 'static,
) -> Case {
    refused(code, what, WRONG, move || {
        forge("series-1").at(seq, alter).build()
    })
}

fn edited(what: &'static str, code: &'static str, old: &'static str, new: &'static str) -> Case {
    refused(code, what, WRONG, move || {
        let edit = move |lines: &mut Vec<Vec<u8>>| {
            let text = String::from_utf8(lines[3].clone()).unwrap();
            assert!(text.contains(old), "{old} is not in {text}");
            lines[3] = text.replacen(old, new, 1).into_bytes();
        };
        forge("series-1").lines(edit).build()
    })
}

pub fn cases() -> Vec<Case> {
    let salt = "body_salt_missing";
    let form = "body_not_canonical:content";
    vec![
        edited("a name edited", "body_mismatch:source", "Notiz", "Notis"),
        edited(
            "an item edited",
            "body_mismatch:content",
            "\"item\":2",
            "\"item\":4",
        ),
        at(
            "body_mismatch:source",
            "a body where the payload names none",
            4,
            |event| {
                event.payload = Some(Box::new(|payload| {
                    payload.insert("source_sha256", Value::Null);
                }));
            },
        ),
        at(
            "body_mismatch:machine",
            "a body of the wrong name",
            4,
            |event| {
                event.payload = Some(Box::new(|payload| {
                    let digest = payload.get("source_sha256").cloned();
                    payload.insert("machine_sha256", digest);
                }));
                event.machine =
                    Body::Open(bundle::canon::Object::new().with("salt", "0".repeat(32)));
            },
        ),
        at(salt, "no salt", 4, |event| {
            drop(event.content.object().remove("salt"));
        }),
        at(salt, "a salt that is too short", 4, |event| {
            event.content.set("salt", "a".repeat(31));
        }),
        at(salt, "a salt in capitals", 4, |event| {
            event.source.set("salt", "A".repeat(32));
        }),
        at(salt, "a salt that is a number", 4, |event| {
            event.source.set("salt", 5_u64);
        }),
        at(salt, "one salt for two bodies of an event", 4, |event| {
            let salt = event.content.object().get("salt").cloned();
            event.source.set("salt", salt);
        }),
        refused(salt, "one salt for two events", WRONG, || {
            let same = |forge: crate::forge::Forge, seq| {
                forge.at(seq, |event| event.content.set("salt", "a".repeat(32)))
            };
            same(same(forge("series-1"), 3), 6).build()
        }),
        refused(
            "body_missing",
            "the content of an event left out",
            LACKING,
            || {
                forge("series-1")
                    .at(2, |event| event.content.hide())
                    .build()
            },
        ),
        refused(
            "body_missing",
            "the content of the sealing left out",
            LACKING,
            || {
                forge("series-1")
                    .at(8, |event| event.content.hide())
                    .build()
            },
        ),
        refused(
            "body_missing",
            "the source of the sealing left out",
            LACKING,
            || forge("series-1").at(8, |event| event.source.hide()).build(),
        ),
        at(form, "a body with a space", 4, |event| {
            event.content.raw("{", "{ ");
        }),
        at(form, "keys in another order", 4, |event| {
            event.content.raw("{", "{\"z\":1,");
        }),
        at(form, "an escape that nothing needs", 4, |event| {
            event.content.raw("text/plain", "text\\/plain");
        }),
        at(form, "a number with a plus", 4, |event| {
            event.content.raw("\"item\":2", "\"item\":-0");
        }),
        at(form, "null for a body", 4, |event| {
            event.content = Body::Raw("null".to_owned());
        }),
        at(
            "body_not_canonical:source",
            "a list for a body",
            4,
            |event| event.source = Body::Raw("[]".to_owned()),
        ),
        at("line_malformed", "a key of a body twice", 4, |event| {
            event.content.raw("\"item\":2", "\"item\":2,\"item\":2");
        }),
        at("line_malformed", "a size beyond 2^53", 4, |event| {
            event
                .content
                .raw("\"size\":137", "\"size\":9007199254740993");
        }),
        at("line_malformed", "a size with a fraction", 4, |event| {
            event.content.set("size", Value::Float(137.0));
        }),
        at("line_malformed", "true for an item", 4, |event| {
            event.content.set("item", true);
        }),
        at("line_malformed", "an item as text", 4, |event| {
            event.content.set("item", "2");
        }),
        at("line_malformed", "no media type", 4, |event| {
            drop(event.content.object().remove("media_type"));
        }),
        at("line_malformed", "a digest in capitals", 4, |event| {
            event.content.set("raw_sha256", "A".repeat(64));
        }),
        at(
            "line_malformed",
            "a list of digests that is none",
            4,
            |event| event.content.set("aux_sha256", "none"),
        ),
        at(
            "line_malformed",
            "a GENESIS without its project",
            1,
            |event| drop(event.content.object().remove("project")),
        ),
        refused("line_malformed", "a SEALED without digests", WRONG, || {
            forge("series-2")
                .at(9, |event| drop(event.content.object().remove("bytes")))
                .build()
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
