//! The tree, and the bundle before.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::verify::KnownBundle;

use crate::case::{Case, WRONG, all, refused};
use crate::forge::{Forge, forge, vector};
use crate::receiver::strict;
use crate::sealing::{inside, ours};

/// A lie about the bundle before that SEAL and manifest share.
fn previous(forge: Forge, key: &'static str, value: impl Into<Value>) -> Forge {
    let value: Value = value.into();
    let again = value.clone();
    let forge =
        forge.seal_content(move |seal| inside(seal, "previous", |link| link.insert(key, value)));
    forge.fieldgrade(move |ours| inside(ours, "previous", |link| link.insert(key, again)))
}

pub fn cases() -> Vec<Case> {
    [tree(), before()].into_iter().flatten().collect()
}

fn tree() -> Vec<Case> {
    vec![
        ours("another root", "root_mismatch", "series-1", |ours| {
            inside(ours, "ledger", |ledger| {
                ledger.insert("root", Sha256::of(b"other"));
            });
        }),
        ours("another subtree", "frontier_mismatch", "series-2", |ours| {
            inside(ours, "previous", |link| {
                link.insert("frontier", vec![Sha256::of(b"other")]);
            });
        }),
        ours(
            "a subtree too many",
            "frontier_mismatch",
            "series-2",
            |ours| {
                inside(ours, "previous", |link| {
                    let mut frontier = link.array("frontier").unwrap().to_vec();
                    frontier.push(Sha256::of(b"other").into());
                    link.insert("frontier", frontier);
                });
            },
        ),
        ours(
            "another root before",
            "frontier_mismatch",
            "series-2",
            |ours| {
                inside(ours, "previous", |link| {
                    link.insert("root", Sha256::of(b"other"));
                });
            },
        ),
    ]
}

/// Series-1 as a receiver recorded it, but for one thing.
fn recorded(
    alter: impl Fn(&mut KnownBundle) + 'static,
) -> impl Fn() -> (Vec<u8>, crate::receiver::Desk) {
    move || {
        let mut known = crate::series::known("series-1");
        alter(&mut known);
        (
            vector("series-2"),
            strict().with(|desk| desk.memory.bundles.push(known)),
        )
    }
}

fn before() -> Vec<Case> {
    let mismatch = "previous_mismatch";
    let other = Sha256::of(b"other");
    vec![
        refused(mismatch, "another manifest before", WRONG, move || {
            previous(forge("series-2"), "manifest_sha256", other).build()
        }),
        refused(mismatch, "another file before", WRONG, move || {
            previous(forge("series-2"), "bundle_sha256", other).build()
        }),
        refused(mismatch, "another number before", WRONG, || {
            previous(forge("series-2"), "number", 2_u64).build()
        }),
        refused("chain_broken", "another head before", WRONG, move || {
            previous(forge("series-2"), "head", other).build()
        }),
        refused(mismatch, "no SEALED", WRONG, || {
            let mut forge = forge("series-2");
            forge.events.remove(0);
            let like = &forge.events[0];
            let hold = crate::draft::Draft::new(
                "HOLD",
                like,
                Object::new().with("salt", "0".repeat(32)),
                None,
            );
            forge.events.insert(0, hold);
            forge.build()
        }),
        refused(mismatch, "SEALED twice", WRONG, || {
            forge("series-2")
                .events(|events| events.insert(1, events[0].again('a')))
                .build()
        }),
        refused(mismatch, "a SEALED of another file", WRONG, || {
            forge("series-2")
                .at(9, |event| {
                    event.content.set("bundle_sha256", Sha256::of(b"other"));
                })
                .build()
        }),
        ours(
            "another root of the whole",
            mismatch,
            "series-4-full",
            |ours| {
                inside(ours, "previous", |link| {
                    link.insert("root", Sha256::of(b"other"));
                });
            },
        ),
        ours(
            "other subtrees of the whole",
            mismatch,
            "series-4-full",
            |ours| {
                inside(ours, "previous", |link| {
                    link.insert("frontier", Vec::<Value>::new());
                });
            },
        ),
        refused(
            mismatch,
            "a bundle before that ended elsewhere",
            WRONG,
            || previous(forge("series-4-full"), "size", 22_u64).build(),
        ),
        refused(mismatch, "a bundle before that ended later", WRONG, || {
            previous(forge("series-4-full"), "size", 99_u64).build()
        }),
        refused(
            mismatch,
            "another file recorded",
            WRONG,
            recorded(move |known| known.bundle_sha256 = other),
        ),
        refused(
            mismatch,
            "another head recorded",
            WRONG,
            recorded(move |known| known.head = other),
        ),
        refused(
            mismatch,
            "another manifest recorded for the same SEAL",
            WRONG,
            recorded(move |known| known.manifest_sha256 = other),
        ),
        refused(
            mismatch,
            "another number recorded",
            WRONG,
            recorded(|known| known.number = Some(7)),
        ),
        refused("ledger_mismatch", "nothing but a sealing", WRONG, || {
            forge("series-2").events(Vec::clear).build()
        }),
    ]
}
#[test]
fn answers() {
    all(&cases());
}
