//! Archives of a million entries, each kind wrong in its own way.

use std::path::PathBuf;

use support::forge::{self, Part};

use crate::check::refused;

const MILLION: u32 = 1_000_000;

/// Writes an archive of so many empty members whose parts `part` gives; the directory says what `declare` makes of them.
fn archive(entries: u32, part: impl Fn(u32) -> Part) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for number in 0..entries {
        let part = part(number);
        part.central(u32::try_from(out.len()).unwrap(), &mut directory);
        part.local(&mut out);
    }
    finish(out, &directory, entries)
}

/// An archive with one header of its own, to which every entry of the directory points.
fn overlapping(entries: u32, part: impl Fn(u32) -> Part) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    part(0).local(&mut out);
    for number in 0..entries {
        part(number).central(0, &mut directory);
    }
    finish(out, &directory, entries)
}

fn finish(mut out: Vec<u8>, directory: &[u8], entries: u32) -> Vec<u8> {
    let (offset, size) = (out.len() as u64, directory.len() as u64);
    out.extend_from_slice(directory);
    forge::end(entries.into(), size, offset, &mut out);
    out
}

fn empty(name: &str) -> Part {
    Part::stored(name, Vec::new())
}

fn run(what: &str, bytes: &[u8], code: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("hostile.zip");
    std::fs::write(&file, bytes).unwrap();
    refused(what, &file, code);
}

#[test]
fn a_million_times_one_name() {
    let file = archive(MILLION, |_| empty("a"));
    run("one name", &file, "duplicate_zip_members");
}

#[test]
fn a_million_long_names() {
    let long = "x".repeat(240);
    let file = overlapping(MILLION, |n| empty(&format!("{long}{n:07}")));
    run("long names", &file, "zip_limit");
}

#[test]
fn names_as_long_as_a_header_can_say() {
    let long = "x".repeat(65_000);
    let file = overlapping(5_000, |n| empty(&format!("{long}{n:07}")));
    run("longest names", &file, "zip_limit");
}

#[test]
fn a_million_members_in_one_place() {
    let data = vec![7; 1 << 20];
    let part = |n| Part::stored(&format!("{n:07}"), Vec::new());
    let one = Part::stored("0000000", data);
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    one.local(&mut out);
    for number in 0..MILLION {
        let part = Part {
            size: one.size,
            crc32: one.crc32,
            ..part(number)
        };
        forge::central(&part, one.size, 0, &mut directory);
    }
    run(
        "one place",
        &finish(out, &directory, MILLION),
        "zip_overlap",
    );
}

#[test]
fn a_million_deep_paths() {
    let file = archive(MILLION, |n| empty(&format!("a/b/c/{n:07}")));
    run("deep paths", &file, "missing_manifest");
}

#[test]
fn a_million_names_that_differ_in_case_only() {
    let name = |n: u32| {
        format!(
            "{}{:07}",
            if n.is_multiple_of(2) { "a" } else { "A" },
            n / 2
        )
    };
    let file = archive(MILLION, |n| empty(&name(n)));
    run("case", &file, "zip_name_collision");
}

#[test]
fn a_million_files_that_are_folders_too() {
    let name = |n: u32| {
        format!(
            "{:07}{}",
            n / 2,
            if n.is_multiple_of(2) { "" } else { "/x" }
        )
    };
    let file = archive(MILLION, |n| empty(&name(n)));
    run("folders", &file, "zip_name_collision");
}

#[test]
fn a_million_sizes_that_lie() {
    let lie = |n: u32| Part {
        size: u32::MAX - 1,
        ..empty(&format!("{n:07}"))
    };
    run("sizes", &archive(MILLION, lie), "zip_size");
}

#[test]
fn a_million_names_that_no_screen_shows() {
    let file = archive(MILLION, |n| empty(&format!("\u{202e}{n:07}")));
    run("hidden", &file, "unsafe_zip_member");
}
