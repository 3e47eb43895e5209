//! Manifests that name what is not there, in any order and at any length, and members that no manifest names.

use std::fmt::Write as _;

use bundle::Sha256;
use bundle::format::member;
use support::forge::{self, Part};
use support::vectors;

use crate::check::refused;

const MILLION: u32 = 1_000_000;

/// The archive of a good bundle with another manifest, and further members.
fn run(what: &str, manifest: Vec<u8>, further: impl Iterator<Item = Part>, code: &str) {
    let folder = tempfile::tempdir().unwrap();
    let good = std::fs::read(vectors().join("good/one-text.zip")).unwrap();
    let mut parts: Vec<Part> = forge::members(&good)
        .into_iter()
        .filter(|(name, _)| name != member::MANIFEST)
        .map(|(name, bytes)| Part::stored(&name, bytes))
        .collect();
    parts.push(Part::stored(member::MANIFEST, manifest));
    parts.extend(further);
    let file = folder.path().join("hostile.zip");
    std::fs::write(&file, forge::archive(&parts)).unwrap();
    refused(what, &file, code);
}

/// A manifest whose list has these names.
fn listing(names: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text = String::from("{\"files\":{");
    let digest = Sha256::of(b"");
    for (number, name) in names.enumerate() {
        let comma = if number > 0 { "," } else { "" };
        write!(text, "{comma}\"{name}\":\"{digest}\"").unwrap();
    }
    text.push_str("}}");
    text.into_bytes()
}

fn nothing() -> std::iter::Empty<Part> {
    std::iter::empty()
}

#[test]
fn a_million_absent_members() {
    let manifest = listing((0..MILLION).map(|n| format!("{n:07}")));
    run("absent", manifest, nothing(), "manifest_file_missing");
}

#[test]
fn a_million_names_out_of_order() {
    let manifest = listing((0..MILLION).rev().map(|n| format!("{n:07}")));
    run("unsorted", manifest, nothing(), "manifest_invalid");
}

#[test]
fn many_long_names_out_of_order() {
    let long = "x".repeat(2000);
    let manifest = listing(
        (0..190_000)
            .rev()
            .map(|n| format!("{n:07}/{}", &long[..240])),
    );
    run("unsorted, long", manifest, nothing(), "manifest_invalid");
}

#[test]
fn names_of_a_mebibyte() {
    let long = "x".repeat((1 << 20) - 8);
    let manifest = listing((0..500).map(|n| format!("{n:07}{long}")));
    run("longest", manifest, nothing(), "manifest_parse_error");
}

#[test]
fn a_manifest_of_small_values() {
    let mut text = b"{\"files\":{},\"further\":[0".to_vec();
    text.extend(std::iter::repeat_n(b",{\"\":0}".as_slice(), 8 << 20).flatten());
    text.extend_from_slice(b"]}");
    run("small values", text, nothing(), "manifest_parse_error");
}

/// Each field is small enough; together they are not.
#[test]
fn a_manifest_of_many_small_lists() {
    let mut text = String::from("{\"files\":{}");
    for number in 0..50 {
        let list = "{\"\":0},".repeat(9_000);
        write!(text, ",\"{number}\":[{list}0]").unwrap();
    }
    text.push('}');
    let code = "manifest_parse_error";
    run("many lists", text.into_bytes(), nothing(), code);
}

#[test]
fn a_manifest_of_many_fields() {
    let mut text = String::from("{\"files\":{}");
    for number in 0..4 * MILLION {
        write!(text, ",\"{number}\":0").unwrap();
    }
    text.push('}');
    run(
        "many fields",
        text.into_bytes(),
        nothing(),
        "manifest_parse_error",
    );
}

#[test]
fn a_million_blobs_that_nobody_names() {
    let blob = |n: u32| {
        let bytes = n.to_le_bytes().to_vec();
        Part::stored(&format!("cas/raw/{}", Sha256::of(&bytes)), bytes)
    };
    let manifest = listing(std::iter::empty());
    run(
        "unlisted",
        manifest,
        (0..MILLION).map(blob),
        "unexpected_zip_member",
    );
}

#[test]
fn a_million_members_with_another_digest() {
    let names = (0..MILLION).map(|n| format!("x/{n:07}"));
    let parts = names.clone().map(|name| Part::stored(&name, b"x".to_vec()));
    run("digests", listing(names), parts, "unexpected_zip_member");
}
