//! Excerpts, and what a series hides. The vector carries item 2 of the chain whose whole ledger lies beside it.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::line::Line;

use crate::case::{Case, LACKING, WRONG, accepted, all, refused};
use crate::draft::{Body, Draft};
use crate::forge::{Forge, forge, unpack, vector};
use crate::hooks::Members;
use crate::receiver::{folder, strict};
use crate::series::known;

/// A line of the ledger.
fn line(seq: usize) -> Vec<u8> {
    let ledger = std::fs::read(folder().join("ours/main-ledger.jsonl")).unwrap();
    let mut lines = ledger.split(|b| *b == b'\n');
    lines.nth(seq - 1).unwrap().to_vec()
}

/// The event with all its bodies, as the ledger holds it, but for the one that never leaves.
fn whole(seq: usize) -> Draft {
    let mut event = Draft::of(Line::parse(&line(seq)).unwrap());
    event.machine.hide();
    event
}

/// Shows bodies that are to be hidden.
fn shown(forge: Forge, seq: usize, keep: impl FnOnce(&mut Draft)) -> Forge {
    let mut open = whole(seq);
    keep(&mut open);
    forge.at(seq as u64, |event| *event = open)
}

/// A leak, with the bytes that go with it.
fn leak(what: &'static str, seq: usize, keep: impl Fn(&mut Draft) + Copy + 'static) -> Case {
    refused("excerpt_leak", what, WRONG, move || {
        let mut forge = shown(forge("excerpt"), seq, keep);
        if matches!(forge.event(seq as u64).content, Body::Open(_)) {
            blobs(&mut forge.listed, seq);
        }
        forge.build()
    })
}

/// The bytes that an event of the first bundle names.
fn blobs(members: &mut Members, seq: usize) {
    let event = String::from_utf8(line(seq)).unwrap();
    let held = unpack(&vector("series-1")).into_iter();
    members.extend(held.filter(|(name, _)| match name.rsplit_once('/') {
        Some(("cas/raw", digest)) => {
            event.contains(&format!("\"raw_sha256\":\"{digest}\"")) && event.contains("CAPTURE")
        }
        Some(("cas/extract", digest)) => {
            event.contains(&format!("\"extract_sha256\":\"{digest}\""))
        }
        _ => false,
    }));
}

fn of(forge: Forge, key: &'static str, value: impl Into<Value>) -> Forge {
    let value: Value = value.into();
    let inside = move |object: &mut Object, value: Value| {
        let of = object.object("of").unwrap().clone();
        object.insert("of", of.with(key, value));
    };
    let again = value.clone();
    forge
        .seal_content(move |seal| inside(seal, value))
        .fieldgrade(move |ours| inside(ours, again))
}

fn chosen(items: &'static [u64]) -> Forge {
    forge("excerpt").seal_source(move |seal| seal.insert("items", items.to_vec()))
}

pub fn cases() -> Vec<Case> {
    [leaks(), choices(), sources(), hidden()]
        .into_iter()
        .flatten()
        .collect()
}

fn leaks() -> Vec<Case> {
    vec![
        leak("an item that was not chosen", 3, |_| {}),
        leak(
            "only the content of an item that was not chosen",
            3,
            |event| event.source.hide(),
        ),
        leak(
            "only the names of an item that was not chosen",
            3,
            |event| event.content.hide(),
        ),
        leak("the text of an item that was not chosen", 7, |_| {}),
        leak("only the names of an annotation", 13, |event| {
            event.content.hide();
        }),
        leak("an intake none of whose items was chosen", 10, |_| {}),
        leak(
            "the words of an intake none of whose items was chosen",
            10,
            |event| event.content.hide(),
        ),
        leak("another sealing", 8, |_| {}),
        leak("the label of another sealing", 8, |event| {
            event.content.hide();
        }),
        leak("what became of a sealing", 9, |_| {}),
        refused(
            "excerpt_leak",
            "what machine an item came from",
            WRONG,
            || {
                let mut event = Draft::of(Line::parse(&line(3)).unwrap());
                event.content.hide();
                event.source.hide();
                forge("excerpt").at(3, |old| *old = event).build()
            },
        ),
        refused("excerpt_leak", "a change of the project", WRONG, || {
            retitled(|_| {}).build()
        }),
    ]
}

fn choices() -> Vec<Case> {
    let unsealed = "excerpt_not_sealed";
    vec![
        refused(unsealed, "an item that is not carried", WRONG, || {
            chosen(&[2, 3]).build()
        }),
        refused(unsealed, "an item that never was", WRONG, || {
            chosen(&[2, 99]).build()
        }),
        refused(
            unsealed,
            "an item taken in after the bundle it is of",
            WRONG,
            || {
                let add = |events: &mut Vec<Draft>| {
                    let mut capture = events[3].again('e');
                    capture.content.set("item", 7_u64);
                    events.push(capture);
                };
                chosen(&[2, 7]).events(add).build()
            },
        ),
        refused(unsealed, "an item that was withdrawn", WRONG, || {
            withdrawn(false).build()
        }),
        refused(unsealed, "an item that was erased", WRONG, || {
            withdrawn(true).build()
        }),
        refused("seal_mismatch:items", "no items", WRONG, || {
            forge("excerpt")
                .seal_source(|seal| seal.insert("items", Value::Null))
                .build()
        }),
        refused("seal_mismatch", "items in another order", WRONG, || {
            chosen(&[3, 2]).build()
        }),
        refused("seal_mismatch", "an item twice", WRONG, || {
            chosen(&[2, 2]).build()
        }),
        refused("body_missing", "the first event hidden", LACKING, || {
            forge("excerpt").at(1, Draft::hide).build()
        }),
        refused("body_missing", "the sealing hidden", LACKING, || {
            forge("excerpt").at(17, Draft::hide).build()
        }),
    ]
}

fn sources() -> Vec<Case> {
    let mismatch = "of_mismatch";
    let other = Sha256::of(b"other");
    let knowing = |alter: fn(&mut bundle::verify::KnownBundle)| {
        move || {
            let mut before = known("series-2");
            alter(&mut before);
            (
                vector("excerpt"),
                strict().with(|desk| desk.memory.bundles.push(before)),
            )
        }
    };
    vec![
        refused(mismatch, "another head", WRONG, move || {
            of(forge("excerpt"), "head", other).build()
        }),
        refused(mismatch, "another root", WRONG, move || {
            of(forge("excerpt"), "root", other).build()
        }),
        refused(mismatch, "a line that is no sealing", WRONG, || {
            let forge = forge("excerpt");
            let hash = forge.events[13].was;
            of(of(forge, "size", 14_u64), "head", hash).build()
        }),
        refused(mismatch, "a bundle that ends later", WRONG, || {
            of(forge("excerpt"), "size", 99_u64).build()
        }),
        refused(
            mismatch,
            "another manifest recorded",
            WRONG,
            knowing(|known| known.manifest_sha256 = Sha256::of(b"other")),
        ),
        refused(
            mismatch,
            "another file recorded",
            WRONG,
            knowing(|known| known.bundle_sha256 = Sha256::of(b"other")),
        ),
        refused(
            mismatch,
            "another number recorded",
            WRONG,
            knowing(|known| known.number = Some(1)),
        ),
        refused(
            mismatch,
            "another head recorded",
            WRONG,
            knowing(|known| known.head = Sha256::of(b"other")),
        ),
        accepted("the bundle it is of, recorded", knowing(|_| {})),
    ]
}

/// The project got another title after the first bundle; the manifest says so.
fn retitled(keep: impl FnOnce(&mut Draft)) -> Forge {
    let add = |events: &mut Vec<Draft>| {
        let mut project = events[0].again('f');
        "PROJECT".clone_into(&mut project.kind);
        let title = Object::new()
            .with("salt", "f".repeat(32))
            .with("title", "Harbour tunnel");
        project.source = Body::Open(title);
        keep(&mut project);
        events.push(project);
    };
    forge("excerpt").events(add).fieldgrade(|ours| {
        let project = ours.object("project").unwrap().clone();
        ours.insert("project", project.with("name", "Harbour tunnel"));
    })
}

fn withdrawn(erase: bool) -> Forge {
    forge("excerpt").events(move |events| {
        let content = Object::new()
            .with("salt", "a".repeat(32))
            .with("item", 2_u64)
            .with("capture", events[3].was)
            .with("erase", erase)
            .with("erased", Vec::<Value>::new());
        let event = Draft::new("WITHDRAW", &events[3], content, None);
        events.push(event);
    })
}

/// What every series hides.
fn hidden() -> Vec<Case> {
    let shows = |what, seq| {
        refused("recipient_not_hidden", what, WRONG, move || {
            shown(forge("series-3"), seq, |_| {}).build()
        })
    };
    vec![
        shows("who got an excerpt", 17),
        shows("whom it was handed to", 19),
        refused(
            "recipient_not_hidden",
            "a recipient of a series",
            WRONG,
            || {
                forge("series-1")
                    .seal_source(|seal| seal.insert("recipient", "somebody"))
                    .build()
            },
        ),
        accepted("a new title that the excerpt hides", || {
            retitled(Draft::hide).build()
        }),
        accepted("the vector", || vector("excerpt")),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
