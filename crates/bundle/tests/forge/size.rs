//! Many hostile lines get a short answer.
use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::verify::{KnownBundle, SeriesAnswer};

use crate::draft::{Body, Draft};
use crate::forge::{forge, vector};
use crate::receiver::{Desk, lenient};
use crate::series::known;

const MANY: u64 = 2_000;

fn salt(kind: u64, n: u64) -> String {
    format!("{:032x}", u128::from(kind) << 64 | u128::from(n))
}

fn event(kind: &str, like: &Draft, n: u64, content: Object) -> Draft {
    let kinds = u64::try_from(kind.len()).unwrap();
    let content = content.with("salt", salt(kinds << 8 | u64::from(kind.as_bytes()[0]), n));
    Draft::new(kind, like, content, None)
}

/// An item of its own intake, of the same bytes as all others.
fn capture(like: &Draft, n: u64) -> Draft {
    let digest = "9f9ab7bab66eed9a6ef87c26f0e374fd17bb7f2560c9ed0a309b631dd8483dc3";
    let content = Object::new()
        .with("item", n)
        .with("intake", n)
        .with("raw_sha256", digest)
        .with("size", 137_u64)
        .with("media_type", "text/plain");
    event("CAPTURE", like, n, content)
}

fn intake(like: &Draft, n: u64) -> Draft {
    event("INTAKE", like, n, Object::new().with("intake", n))
}

/// A withdrawal that names another item's bytes.
fn withdraw(like: &Draft, n: u64) -> Draft {
    let content = Object::new()
        .with("item", n)
        .with("capture", Sha256::of(&n.to_be_bytes()))
        .with("erase", true)
        .with("erased", vec![Sha256::of(&(n + 1).to_be_bytes())]);
    event("WITHDRAW", like, n, content)
}

type Maker = fn(&Draft, u64) -> Draft;

/// Numbers that collide with none of the vector's.
fn added(events: &mut Vec<Draft>, count: u64, makers: &[Maker]) {
    let like = Draft::new("", &events[0], Object::new(), None);
    for maker in makers {
        events.extend((1000..1000 + count).map(|n| maker(&like, n)));
    }
}

fn series(count: u64, makers: &'static [Maker]) -> Vec<u8> {
    forge("series-1")
        .events(move |events| added(events, count, makers))
        .build()
}

fn excerpt(count: u64, makers: &'static [Maker]) -> Vec<u8> {
    let items: Vec<u64> = (1000..1000 + count).collect();
    forge("excerpt")
        .events(move |events| added(events, count, makers))
        .seal_source(move |seal| seal.insert("items", items))
        .build()
}

/// Lines that are wrong in themselves.
fn spoilt(count: u64) -> Vec<u8> {
    let spoil = |lines: &mut Vec<Vec<u8>>| lines.iter_mut().for_each(|line| line[2] = b'x');
    let more: &[Maker] = &[intake];
    forge("series-1")
        .events(move |events| added(events, count, more))
        .lines(spoil)
        .build()
}

/// Entries none of which was chosen.
fn leaking(count: u64) -> Vec<u8> {
    let more: &[Maker] = &[intake, capture];
    forge("excerpt")
        .events(move |events| added(events, count, more))
        .build()
}

/// One withdrawal after the other of one item.
fn erasing(count: u64) -> Vec<u8> {
    let again: &[Maker] = &[|like, n| {
        let mut event = withdraw(like, n);
        if let Body::Open(content) = &mut event.content {
            content.insert("item", 2_u64);
        }
        event
    }];
    forge("series-1")
        .events(move |events| added(events, count, again))
        .build()
}

/// A receiver who knows many bundles of one chain.
fn knowing(count: u64) -> Desk {
    let one = known("series-1");
    let more = (2..count).map(|number| KnownBundle {
        number: Some(number + 1000),
        manifest_sha256: Sha256::of(&number.to_be_bytes()),
        head: Sha256::of(&number.to_le_bytes()),
        previous_manifest: Some(Sha256::of(&(number - 1).to_be_bytes())),
        ..one.clone()
    });
    let all = std::iter::once(one.clone()).chain(more).collect();
    lenient().with(|desk| desk.memory.bundles = all)
}

type Bundle = (&'static str, fn(u64) -> Vec<u8>);

const BUNDLES: [Bundle; 6] = [
    ("items and withdrawals", |count| {
        series(count, &[capture, withdraw])
    }),
    ("chosen items with an intake each", |count| {
        excerpt(count, &[intake, capture])
    }),
    ("chosen items, withdrawn", |count| {
        excerpt(count, &[capture, withdraw])
    }),
    ("entries not chosen", leaking),
    ("one item withdrawn again and again", erasing),
    ("lines that are none", spoilt),
];

#[test]
fn many_lines_are_answered_with_a_short_report() {
    for (what, make) in BUNDLES {
        let report = lenient().check(&make(MANY));
        assert!(!report.accepted, "{what}");
        assert!(
            report.checks.len() < 1000,
            "{what}: {}",
            report.checks.len()
        );
        let length = Value::to_canonical(&report.to_value()).len();
        assert!(length < 1 << 20, "{what}: {length}");
    }
}

#[test]
fn many_known_bundles_are_looked_through_once() {
    let report = knowing(20_000).check(&vector("series-2"));
    assert_eq!(report.subject.series, Some(SeriesAnswer::Complete));
}
