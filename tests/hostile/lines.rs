//! Records that go on for ever, and entries that are larger than they look.

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::member;
use support::forge::{self, Part};
use support::random::Random;
use support::sealer::Sealer;
use support::vectors;

use crate::check::{MOST, check, refused};

/// A good bundle with another member in the place of one of its own.
fn replaced(what: &str, bundle: &str, name: &str, bytes: &[u8], deflated: bool) {
    let good = std::fs::read(vectors().join(bundle)).unwrap();
    let part = |(other, own): (String, Vec<u8>)| match (other == name, deflated) {
        (false, _) => Part::stored(&other, own),
        (true, false) => Part::stored(name, bytes.to_vec()),
        (true, true) => Part::deflated(name, bytes),
    };
    let parts: Vec<Part> = forge::members(&good).into_iter().map(part).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hostile.zip");
    std::fs::write(&file, forge::archive(&parts)).unwrap();
    let code = match name {
        member::ATTESTATION => "attestation_parse_error",
        _ => "hash_mismatch",
    };
    refused(what, &file, code);
}

const OURS: &str = "ours/good/series-1.zip";
const REFERENCE: &str = "good/one-text.zip";

#[test]
fn a_million_lines_of_garbage() {
    for (bundle, name) in [
        (OURS, member::PROVENANCE),
        (REFERENCE, member::PROVENANCE),
        (REFERENCE, member::DELTA),
    ] {
        let garbage = b"{\"ts_utc\":0}\n".repeat(1_000_000);
        replaced(
            &format!("garbage in {bundle}"),
            bundle,
            name,
            &garbage,
            false,
        );
    }
}

#[test]
fn one_line_without_an_end() {
    for bundle in [OURS, REFERENCE] {
        let endless = vec![b' '; 200 << 20];
        replaced(
            &format!("endless {bundle}"),
            bundle,
            member::PROVENANCE,
            &endless,
            false,
        );
    }
}

/// Lines of nearly the greatest length, each of the smallest values that JSON has.
#[test]
fn lines_of_small_values() {
    let line = |value: &str| {
        let mut line = String::from("{\"ts_utc\":[0");
        while line.len() < (16 << 20) - 100 {
            line.push(',');
            line.push_str(value);
        }
        line.push_str("]}\n");
        line.into_bytes()
    };
    for value in ["0", "[]", "{\"\":0}", "\"\""] {
        for (bundle, name) in [
            (OURS, member::PROVENANCE),
            (REFERENCE, member::PROVENANCE),
            (REFERENCE, member::DELTA),
            (REFERENCE, member::SBOM),
        ] {
            let what = format!("{value} in {bundle} {name}");
            replaced(&what, bundle, name, &line(value), false);
        }
    }
}

/// What is wrong with a line is reported with it: not at any length.
#[test]
fn keys_too_long_to_be_repeated() {
    let key = "\u{1}"
        .escape_default()
        .to_string()
        .replace("\\u{1}", "\\u0001")
        .repeat(1 << 20);
    let line = format!("{{\"{key}\":1,\"{key}\":2}}\n");
    for bundle in [OURS, REFERENCE] {
        let lines = line.as_bytes().repeat(20);
        replaced(
            &format!("long keys in {bundle}"),
            bundle,
            member::PROVENANCE,
            &lines,
            false,
        );
    }
}

/// A gibibyte that compresses well, and not so well that its size alone tells.
#[test]
fn a_gibibyte_in_a_small_file() {
    let mut random = Random::new(1);
    let mut piece = random.bytes(1 << 13);
    piece.resize(1 << 20, b'\n');
    let bytes = piece.repeat(1 << 10);
    replaced(
        "a gibibyte of lines",
        OURS,
        member::PROVENANCE,
        &bytes,
        true,
    );
    replaced(
        "a gibibyte of papers",
        REFERENCE,
        member::ATTESTATION,
        &bytes,
        true,
    );
}

/// Items that were seen again and withdrawn, each of them, in a bundle that is sealed as it should be.
#[test]
fn every_item_was_seen_again_and_withdrawn() {
    const ITEMS: u64 = 40_000;
    let folder = tempfile::tempdir().unwrap();
    let mut sealer = Sealer::new(folder.path());
    for item in 1..=ITEMS {
        let digest = Sha256::of(&item.to_le_bytes());
        let capture = sealer.capture_of(item, digest, 8);
        let sighting = Object::new()
            .with("item", item)
            .with("intake", 1_i64)
            .with("capture", capture)
            .with("raw_sha256", digest)
            .with("size", 8_i64);
        sealer.event(EventType::Sighting, sighting, Some(Object::new()));
        let withdraw = Object::new()
            .with("item", item)
            .with("capture", capture)
            .with("erase", true)
            .with("erased", vec![digest]);
        sealer.event(EventType::Withdraw, withdraw, Some(Object::new()));
    }
    let file = folder.path().join("bundle.zip");
    sealer.seal(&file);
    let checked = check("seen again and withdrawn", &file);
    assert!(checked.accepted, "{checked:?}");
    // A million entries may take what hostile archives may.
    let most = 12 + MOST * 3 * ITEMS / 1_000_000;
    assert!(checked.peak <= most, "{checked:?}, at most {most} MiB");
}
