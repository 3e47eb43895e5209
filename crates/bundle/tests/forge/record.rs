//! Lines, links, numbers, times.

use bundle::Sha256;
use bundle::canon::{Object, Value};

use crate::case::{Case, WRONG, all, refused};
use crate::forge::{Forge, forge, unpack, vector};

/// Replaces a text in a line that stays hashed as it was.
fn line(forge: Forge, index: usize, old: &'static str, new: &'static str) -> Forge {
    forge.lines(move |lines| {
        let text = String::from_utf8(lines[index].clone()).unwrap();
        assert!(text.contains(old), "{old} is not in {text}");
        lines[index] = text.replacen(old, new, 1).into_bytes();
    })
}

/// Alters a payload, which is hashed as it becomes.
fn payload(seq: u64, alter: impl Fn(&mut Object) + 'static) -> Forge {
    forge("series-1").at(seq, |event| event.payload = Some(Box::new(alter)))
}

fn ledger(name: &str, field: &'static str, value: impl Into<Value>) -> Vec<u8> {
    let value = value.into();
    let lie = move |ours: &mut Object| {
        let ledger = ours.object("ledger").unwrap().clone();
        ours.insert("ledger", ledger.with(field, value));
    };
    forge(name).fieldgrade(lie).build()
}

fn provenance(alter: impl FnOnce(&mut Vec<u8>) + 'static) -> Vec<u8> {
    let alter =
        |members: &mut crate::hooks::Members| alter(members.get_mut("provenance.jsonl").unwrap());
    forge("series-1").members(alter).build()
}

pub fn cases() -> Vec<Case> {
    [moved(), lines(), payloads(), ledgers()]
        .into_iter()
        .flatten()
        .collect()
}

fn moved() -> Vec<Case> {
    vec![
        refused("chain_broken", "two lines swapped", WRONG, || {
            forge("series-1").lines(|lines| lines.swap(2, 3)).build()
        }),
        refused("chain_broken", "a line deleted", WRONG, || {
            forge("series-1")
                .lines(|lines| drop(lines.remove(2)))
                .build()
        }),
        refused("chain_broken", "a line twice", WRONG, || {
            forge("series-1")
                .lines(|lines| lines.insert(2, lines[2].clone()))
                .build()
        }),
        refused(
            "chain_broken",
            "a line of another chain inserted",
            WRONG,
            || {
                let other = unpack(&vector("rotated-1"))["provenance.jsonl"].clone();
                let other = other.split(|b| *b == b'\n').nth(1).unwrap().to_vec();
                forge("series-1")
                    .lines(|lines| lines.insert(3, other))
                    .build()
            },
        ),
        refused(
            "chain_broken",
            "the first line deleted from an increment",
            WRONG,
            || {
                forge("series-2")
                    .lines(|lines| drop(lines.remove(0)))
                    .build()
            },
        ),
        refused("chain_broken", "an event of another type", WRONG, || {
            line(forge("series-1"), 4, "\"EXTRACT\"", "\"ANNOTATE\"").build()
        }),
        refused("chain_broken", "a hash that is not its own", WRONG, || {
            let other = forge("series-1").lines(|lines| {
                let text = String::from_utf8(lines[3].clone()).unwrap();
                let at = text.find("\"event_hash\":\"").unwrap() + 14;
                let new = if &text[at..=at] == "0" { "1" } else { "0" };
                lines[3] = format!("{}{new}{}", &text[..at], &text[at + 1..]).into_bytes();
            });
            other.build()
        }),
        refused(
            "chain_broken",
            "an event that names another before it",
            WRONG,
            || {
                forge("series-1")
                    .at(4, |event| event.prev = Some(|_| Some(Sha256::of(b"other"))))
                    .build()
            },
        ),
        refused(
            "chain_broken",
            "an event that names none before it",
            WRONG,
            || {
                forge("series-1")
                    .at(4, |event| event.prev = Some(|_| None))
                    .build()
            },
        ),
        refused(
            "chain_broken",
            "a chain that does not begin with GENESIS",
            WRONG,
            || {
                forge("series-1")
                    .at(1, |event| "OPERATOR".clone_into(&mut event.kind))
                    .build()
            },
        ),
        refused("seq_gap", "a number left out", WRONG, || {
            payload(4, |payload| payload.insert("seq", 5_u64)).build()
        }),
        refused("seq_gap", "a number again", WRONG, || {
            payload(4, |payload| payload.insert("seq", 3_u64)).build()
        }),
        refused(
            "event_time_mismatch",
            "another time shown than hashed",
            WRONG,
            || {
                line(
                    forge("series-1"),
                    3,
                    "{\"ts_utc\":\"2026",
                    "{\"ts_utc\":\"2025",
                )
                .build()
            },
        ),
    ]
}

fn lines() -> Vec<Case> {
    let malformed = |what, old: &'static str, new: &'static str| {
        refused("line_malformed", what, WRONG, move || {
            line(forge("series-1"), 3, old, new).build()
        })
    };
    vec![
        malformed("a space", ",\"payload\":", ", \"payload\":"),
        malformed("a space at the start", "{\"ts_utc\"", " {\"ts_utc\""),
        malformed("a carriage return", "}}", "}}\r"),
        malformed(
            "another key",
            ",\"prev_hash\":",
            ",\"extra\":1,\"prev_hash\":",
        ),
        malformed("a key twice", "{\"ts_utc\"", "{\"ts_utc\":\"\",\"ts_utc\""),
        malformed(
            "an escape that nothing needs",
            "\"event_type\":\"C",
            "\"event_type\":\"\\u0043",
        ),
        malformed("a key missing", ",\"event_type\":\"CAPTURE\"", ""),
        malformed("something after it", "}}", "}}{}"),
        malformed("not JSON", "{\"ts_utc\"", "{ts_utc"),
        malformed("upper-case hash", "\"event_hash\":\"", "\"event_hash\":\"A"),
        refused("line_malformed", "a body twice", WRONG, || {
            let double = |lines: &mut Vec<Vec<u8>>| {
                let text = String::from_utf8(lines[3].clone()).unwrap();
                let body = &text[text.find(",\"source\":").unwrap()..text.len() - 1];
                lines[3] = format!("{}{body}}}", &text[..text.len() - 1]).into_bytes();
            };
            forge("series-1").lines(double).build()
        }),
        refused("line_malformed", "bodies in another order", WRONG, || {
            let swap = |lines: &mut Vec<Vec<u8>>| {
                let text = String::from_utf8(lines[3].clone()).unwrap();
                let (content, source) = (
                    text.find(",\"content\":").unwrap(),
                    text.find(",\"source\":").unwrap(),
                );
                let end = text.len() - 1;
                lines[3] = format!(
                    "{}{}{}}}",
                    &text[..content],
                    &text[source..end],
                    &text[content..source]
                )
                .into_bytes();
            };
            forge("series-1").lines(swap).build()
        }),
        refused("line_malformed", "an empty line", WRONG, || {
            forge("series-1")
                .lines(|lines| lines.insert(3, Vec::new()))
                .build()
        }),
        refused("line_malformed", "no line feed at the end", WRONG, || {
            provenance(|bytes| bytes.truncate(bytes.len() - 1))
        }),
        refused(
            "line_malformed",
            "one line feed more at the end",
            WRONG,
            || provenance(|bytes| bytes.push(b'\n')),
        ),
        refused("line_malformed", "a type in small letters", WRONG, || {
            forge("series-1")
                .at(4, |event| "capture".clone_into(&mut event.kind))
                .build()
        }),
        refused("line_malformed", "a type of 33 letters", WRONG, || {
            forge("series-1")
                .at(2, |event| event.kind = "A".repeat(33))
                .build()
        }),
        refused("line_malformed", "a line of 17 MiB", WRONG, || {
            forge("series-1")
                .at(4, |event| event.source.set("note", "x".repeat(17 << 20)))
                .build()
        }),
    ]
}

fn payloads() -> Vec<Case> {
    let set = |what, code, key: &'static str, value: Value| {
        refused(code, what, WRONG, move || {
            let value = value.clone();
            payload(4, move |payload| payload.insert(key, value.clone())).build()
        })
    };
    let malformed = "payload_malformed";
    vec![
        set(
            "another key in the payload",
            malformed,
            "extra",
            1_u64.into(),
        ),
        set("a number as text", malformed, "seq", "4".into()),
        set("true for a number", malformed, "seq", true.into()),
        set(
            "a number with a fraction",
            malformed,
            "seq",
            Value::Float(4.0),
        ),
        set("a negative number", malformed, "seq", Value::Int(-4)),
        set("no toolchain id", malformed, "toolchain_id", Value::Null),
        set(
            "a digest in capitals",
            malformed,
            "content_sha256",
            "A".repeat(64).into(),
        ),
        set(
            "no digest of the content",
            malformed,
            "content_sha256",
            Value::Null,
        ),
        refused(malformed, "a payload without a key", WRONG, || {
            payload(4, |payload| drop(payload.remove("machine_sha256"))).build()
        }),
        refused(malformed, "a time without its fraction", WRONG, || {
            forge("series-1")
                .at(4, |event| {
                    "2026-03-01T10:00:28+00:00".clone_into(&mut event.ts_utc);
                })
                .build()
        }),
        refused(malformed, "a time in another zone", WRONG, || {
            forge("series-1")
                .at(4, |event| {
                    "2026-03-01T10:00:28.000000+01:00".clone_into(&mut event.ts_utc);
                })
                .build()
        }),
        refused(malformed, "a payload with a space", WRONG, || {
            line(forge("series-1"), 3, "\"payload\":{", "\"payload\":{ ").build()
        }),
        refused("line_malformed", "a number beyond 2^53", WRONG, || {
            line(
                forge("series-1"),
                3,
                "\"seq\":4",
                "\"seq\":9007199254740992",
            )
            .build()
        }),
        refused(
            "line_malformed",
            "a key of the payload twice",
            WRONG,
            || line(forge("series-1"), 3, "\"seq\":4", "\"seq\":4,\"seq\":4").build(),
        ),
    ]
}

fn ledgers() -> Vec<Case> {
    let mismatch = "ledger_mismatch";
    vec![
        refused(mismatch, "another last", WRONG, || {
            ledger("series-1", "last", 9_u64)
        }),
        refused(mismatch, "another size", WRONG, || {
            ledger("series-1", "size", 9_u64)
        }),
        refused(mismatch, "another head", WRONG, || {
            ledger("series-1", "head", Sha256::of(b"other"))
        }),
        refused(mismatch, "another chain", WRONG, || {
            ledger("series-1", "chain", Sha256::of(b"other"))
        }),
        refused(mismatch, "the last line cut off", WRONG, || {
            forge("series-1").lines(|lines| drop(lines.pop())).build()
        }),
        refused(mismatch, "no lines at all", WRONG, || {
            provenance(Vec::clear)
        }),
        refused("seq_gap", "another first", WRONG, || {
            ledger("series-1", "first", 2_u64)
        }),
        refused("seq_gap", "first zero", WRONG, || {
            ledger("series-1", "first", 0_u64)
        }),
        refused("seq_gap", "another first in an increment", WRONG, || {
            ledger("series-2", "first", 10_u64)
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
