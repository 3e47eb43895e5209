//! Blobs and withdrawals. Series-4 is everything from the first event on: item 4 is withdrawn (20), item 3 erased (21).

use bundle::Sha256;
use bundle::canon::{Object, Value};

use crate::case::{Case, LACKING, WRONG, accepted, all, refused};
use crate::draft::{Body, Draft};
use crate::forge::{Forge, forge, unpack, vector};
use crate::hooks::Members;

const ERASED: &str = "2212f2623df07eb5faeb8acc9c3fff67dd6708236adda20469e868a1879ac404";
const KEPT: &str = "cas/raw/9f9ab7bab66eed9a6ef87c26f0e374fd17bb7f2560c9ed0a309b631dd8483dc3";

fn erased(members: &mut Members, folder: &str) {
    let name = format!("cas/{folder}/{ERASED}");
    let bytes = unpack(&vector("series-1"))[&name].clone();
    members.insert(name, bytes);
}

fn tombstone(what: &'static str, seq: u64, alter: impl Fn(&mut Draft) + Copy + 'static) -> Case {
    refused("tombstone_mismatch", what, WRONG, move || {
        forge("series-4-full").at(seq, alter).build()
    })
}

/// Item 3 taken in again, as another item, after it was erased.
fn again() -> Forge {
    forge("series-4-full").events(|events| {
        let mut capture = events
            .iter()
            .find(|event| event.content.clone().digest().is_some() && is_item(event, 3))
            .unwrap()
            .again('b');
        capture.content.set("item", 9_u64);
        events.push(capture);
    })
}

fn is_item(event: &Draft, item: i64) -> bool {
    match &event.content {
        Body::Open(content) => {
            event.kind == "CAPTURE" && content.get("item") == Some(&Value::Int(item))
        }
        _ => false,
    }
}

/// Something attached to an item by an event that is no CAPTURE, and erased with item 3.
fn attached(item: u64) -> Forge {
    let gone = |members: &mut Members| members.retain(|name, _| !name.ends_with(ERASED));
    forge("series-1").beside(gone).events(move |events| {
        let capture = events.iter().find(|event| is_item(event, 3)).unwrap();
        let sketch: Value = Sha256::of(b"sketch").into();
        let content = |salt: &str| {
            Object::new()
                .with("salt", salt.repeat(32))
                .with("capture", capture.was)
        };
        let note = content("c")
            .with("item", item)
            .with("aux_sha256", vec![sketch.clone()]);
        let note = Draft::new("ANNOTATE", capture, note, None);
        let erase = content("d")
            .with("item", 3_u64)
            .with("erase", true)
            .with("erased", vec![ERASED.into(), sketch]);
        let erase = Draft::new("WITHDRAW", capture, erase, None);
        events.extend([note, erase]);
    })
}

pub fn cases() -> Vec<Case> {
    [withdrawals(), blobs()].into_iter().flatten().collect()
}

fn withdrawals() -> Vec<Case> {
    let other = Sha256::of(b"other");
    vec![
        tombstone("another item", 20, |event| event.content.set("item", 2_u64)),
        tombstone("an item that never was", 20, |event| {
            event.content.set("item", 99_u64);
        }),
        tombstone("an item that never was, and no entry", 20, move |event| {
            event.content.set("item", 99_u64);
            event.content.set("capture", other);
        }),
        tombstone("another entry", 20, move |event| {
            event.content.set("capture", other);
        }),
        tombstone("the entry of another item", 20, |event| {
            let genesis = "414ac668369b86b7cdc849427b3dc84db5853f29d9dfc2d72f2fff90dbf0fba4";
            event.content.set("capture", genesis);
        }),
        tombstone("bytes that are not the item's", 21, move |event| {
            let list = event.content.object().array("erased").unwrap().to_vec();
            event
                .content
                .set("erased", [list, vec![other.into()]].concat());
        }),
        refused(
            "tombstone_mismatch",
            "a withdrawal before the item came",
            WRONG,
            || {
                forge("series-4-full")
                    .events(|events| {
                        let at = events
                            .iter()
                            .position(|event| event.kind == "WITHDRAW")
                            .unwrap();
                        let withdraw = events.remove(at);
                        let was = events.iter().find(|event| is_item(event, 4)).unwrap().was;
                        events.insert(2, withdraw);
                        events[2].content.set("capture", was);
                    })
                    .build()
            },
        ),
        refused(
            "tombstone_mismatch",
            "in an increment: the entry of another item",
            WRONG,
            || {
                let mut forge = forge("series-3");
                let capture = forge.event(22).was;
                let mut withdraw = forge.event(20).again('d');
                withdraw.content.set("capture", capture);
                forge.events(move |events| events.push(withdraw)).build()
            },
        ),
        refused(
            "line_malformed",
            "digests though nothing is erased",
            LACKING,
            || {
                forge("series-4-full")
                    .at(21, |event| event.content.set("erase", false))
                    .build()
            },
        ),
        refused(
            "line_malformed",
            "a withdrawal without list",
            LACKING,
            || {
                forge("series-4-full")
                    .at(21, |event| drop(event.content.object().remove("erased")))
                    .build()
            },
        ),
        refused("line_malformed", "one for true", LACKING, || {
            forge("series-4-full")
                .at(21, |event| event.content.set("erase", 1_u64))
                .build()
        }),
        refused(
            "tombstone_mismatch",
            "a sketch of another item erased",
            WRONG,
            || attached(2).build(),
        ),
        accepted("a sketch of the item erased with it", || {
            attached(3).build()
        }),
        accepted("in an increment: items of bundles before", || {
            forge("series-3")
                .at(20, |event| event.content.set("item", 77_u64))
                .build()
        }),
    ]
}

fn blobs() -> Vec<Case> {
    let gone = |members: &mut Members| drop(members.remove(KEPT).unwrap());
    vec![
        refused(
            "blob_missing:cas/raw/",
            "the bytes of an item left out",
            LACKING,
            move || forge("series-1").beside(gone).build(),
        ),
        refused(
            "blob_missing:cas/extract/",
            "the text of an item left out",
            LACKING,
            || {
                forge("series-1")
                    .beside(|members| {
                        drop(members.remove(&format!("cas/extract/{ERASED}")).unwrap());
                    })
                    .build()
            },
        ),
        refused(
            "blob_missing:cas/aux/",
            "something attached left out",
            LACKING,
            || {
                forge("series-1")
                    .at(6, |event| {
                        event.content.set("aux_sha256", vec![Sha256::of(b"sketch")]);
                    })
                    .build()
            },
        ),
        refused(
            "blob_unnamed:cas/raw/",
            "bytes that no entry names",
            WRONG,
            || {
                let add = |members: &mut Members| {
                    drop(members.insert(format!("cas/raw/{}", Sha256::of(b"x")), b"x".to_vec()));
                };
                forge("series-1").beside(add).build()
            },
        ),
        refused(
            "blob_unnamed:cas/aux/",
            "bytes named for another folder",
            WRONG,
            || {
                let add = |members: &mut Members| {
                    let bytes = members[KEPT].clone();
                    members.insert(KEPT.replace("raw", "aux"), bytes);
                };
                forge("series-1").beside(add).build()
            },
        ),
        refused(
            "blob_unnamed:cas/aux/",
            "a digest that only an unknown key names",
            WRONG,
            || {
                let add = |members: &mut Members| {
                    drop(members.insert(format!("cas/aux/{}", Sha256::of(b"x")), b"x".to_vec()));
                };
                forge("series-1")
                    .beside(add)
                    .at(6, |event| {
                        event.content.set("other_sha256", Sha256::of(b"x"));
                    })
                    .build()
            },
        ),
        refused(
            "blob_unnamed:cas/raw/",
            "erased bytes still there",
            WRONG,
            || {
                forge("series-4-full")
                    .beside(|members| erased(members, "raw"))
                    .build()
            },
        ),
        refused(
            "blob_unnamed:cas/extract/",
            "erased text still there",
            WRONG,
            || {
                forge("series-4-full")
                    .beside(|members| erased(members, "extract"))
                    .build()
            },
        ),
        refused(
            "blob_missing:cas/raw/",
            "taken in again after erasing, without bytes",
            LACKING,
            || again().build(),
        ),
        accepted("taken in again after erasing", || {
            again().beside(|members| erased(members, "raw")).build()
        }),
        refused("size_mismatch:cas/raw/", "another size", WRONG, || {
            forge("series-1")
                .at(4, |event| event.content.set("size", 138_u64))
                .build()
        }),
        refused(
            "size_mismatch:cas/extract/",
            "another size of the text",
            WRONG,
            || {
                forge("series-1")
                    .at(5, |event| event.content.set("extract_size", 138_u64))
                    .build()
            },
        ),
        refused(
            "size_mismatch:cas/raw/",
            "another size of what text was read from",
            WRONG,
            || {
                forge("series-1")
                    .at(5, |event| event.content.set("raw_size", 138_u64))
                    .build()
            },
        ),
        accepted("something attached", || {
            let add = |members: &mut Members| {
                drop(members.insert(format!("cas/aux/{}", Sha256::of(b"x")), b"x".to_vec()));
            };
            forge("series-1")
                .beside(add)
                .at(6, |event| {
                    event.content.set("aux_sha256", vec![Sha256::of(b"x")]);
                })
                .build()
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
