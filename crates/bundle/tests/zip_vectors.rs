//! The archives of the test vectors: which are sound, which are refused and for what.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use bundle::zip::{Archive, ArchiveWriter, Entry, Limits, MemberError};

fn vectors() -> PathBuf {
    let given = std::env::var_os("FIELDGRADE_VECTORS").map(PathBuf::from);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors");
    given.unwrap_or_else(|| root.into())
}

/// Names and bytes of the archives in a folder.
fn archives(folder: &str) -> Vec<(String, Vec<u8>)> {
    let listing = fs::read_dir(vectors().join(folder)).expect("the test vectors are there");
    let mut found: Vec<_> = listing
        .map(|file| file.unwrap())
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn content(archive: &Archive<Vec<u8>>, entry: &Entry) -> Result<Vec<u8>, MemberError> {
    let mut bytes = Vec::new();
    let mut reader = archive.reader(entry);
    reader.read_to_end(&mut bytes)?;
    reader.finish().map(|()| bytes)
}

/// The code of the first problem, of the first member that cannot be read, or `ok`.
fn judgement(bytes: &Vec<u8>) -> String {
    let archive = match Archive::open(bytes, &Limits::default()) {
        Ok(archive) => archive,
        Err(unreadable) => return format!("unreadable {}", unreadable.problem),
    };
    if let Some(problem) = archive.problems().first() {
        return problem.to_string();
    }
    for entry in archive.entries() {
        if let Err(error) = content(&archive, entry) {
            return format!("{error:?}");
        }
    }
    "ok".into()
}

#[test]
fn our_own_bundles_are_sound_and_can_be_written_again_byte_for_byte() {
    for (name, bytes) in archives("ours/good") {
        let archive = Archive::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(archive.problems(), [], "{name}");
        assert_eq!(archive.canonical_deviation(), None, "{name}");
        let mut writer = ArchiveWriter::new(Vec::new());
        for entry in archive.entries() {
            let text = entry.name.to_string();
            assert_eq!(archive.find(&text).unwrap().name, entry.name);
            writer.start(&text, entry.size, entry.crc32).unwrap();
            writer
                .write_all(&content(&archive, entry).unwrap())
                .unwrap();
        }
        let (again, len) = writer.finish().unwrap();
        assert_eq!(len, again.len() as u64);
        assert!(again == bytes, "{name} came out otherwise");
    }
}

#[test]
fn bundles_of_the_reference_are_sound_though_not_in_our_form() {
    for (name, bytes) in archives("good") {
        assert_eq!(judgement(&bytes), "ok", "{name}");
        let archive = Archive::open(&bytes, &Limits::default()).unwrap();
        let deviation = archive.canonical_deviation().unwrap();
        assert!(deviation.ends_with(": method"), "{name}: {deviation}");
    }
}

/// What each archive with a flaw of structure is refused for. All others must be sound as archives.
const FLAWED: &[(&str, &str)] = &[
    ("appended-garbage.zip", "zip_trailing_bytes"),
    ("archive-comment.zip", "zip_comment"),
    ("bomb-lying-size.zip", "TooLong"),
    ("bomb-over-limit.zip", "zip_bomb:cas/raw/c036cbb7"),
    ("bomb-within-limit.zip", "zip_bomb:cas/raw/20492a4d"),
    ("bzip2.zip", "zip_method:attestation.dsse.json"),
    ("count-lies.zip", "zip_count"),
    ("duplicate-casefold.zip", "zip_name_collision:notes/a.txt"),
    (
        "duplicate-file-and-dir.zip",
        "zip_name_collision:notes/a.txt",
    ),
    ("duplicate-other.zip", "duplicate_zip_members"),
    ("duplicate-same.zip", "duplicate_zip_members"),
    ("empty-file.zip", "unreadable zip_malformed"),
    ("encrypted-flag.zip", "zip_encrypted:cas/raw/839081d0"),
    ("extra-directory-with-data.zip", "zip_directory:hidden/"),
    ("flipped-compressed-byte.zip", "Corrupt"),
    ("gap-before-directory.zip", "zip_gap"),
    (
        "local-method-differs.zip",
        "zip_header_mismatch:cas/raw/839081d0",
    ),
    (
        "local-name-differs.zip",
        "zip_header_mismatch:cas/raw/839081d0",
    ),
    (
        "local-size-differs.zip",
        "zip_header_mismatch:cas/raw/839081d0",
    ),
    ("multi-disk.zip", "zip_disk"),
    (
        "name-absolute-resealed.zip",
        "unsafe_zip_member:/etc/evil.txt",
    ),
    ("name-absolute.zip", "unsafe_zip_member:/etc/evil.txt"),
    ("name-backslash.zip", "unsafe_zip_member:..\\evil.txt"),
    (
        "name-control-chars.zip",
        "unsafe_zip_member:cas/raw/a\nb\u{1b}[31m",
    ),
    ("name-cp437.zip", "unsafe_zip_member:cas/raw/übel"),
    ("name-dot-segment.zip", "unsafe_zip_member:./evil.txt"),
    ("name-double-slash.zip", "unsafe_zip_member:cas//evil.txt"),
    ("name-drive.zip", "unsafe_zip_member:C:/evil.txt"),
    ("name-empty-name.zip", "unsafe_zip_member:"),
    ("name-nul.zip", "unsafe_zip_member:evil.txt"),
    (
        "name-traversal-inside.zip",
        "unsafe_zip_member:cas/../../evil.txt",
    ),
    (
        "name-traversal-resealed.zip",
        "unsafe_zip_member:../evil.txt",
    ),
    ("name-traversal.zip", "unsafe_zip_member:../evil.txt"),
    ("not-a-zip.zip", "unreadable zip_malformed"),
    ("overlapping-members.zip", "zip_overlap:cas/raw/second"),
    ("oversize-declared.zip", "zip_bomb:cas/raw/839081d0"),
    ("prepended-garbage.zip", "zip_leading_bytes"),
    ("symlink.zip", "zip_special_file:cas/raw/839081d0"),
    ("truncated-eocd.zip", "unreadable zip_malformed"),
    ("truncated.zip", "unreadable zip_malformed"),
    ("wrong-crc.zip", "CrcMismatch"),
];

#[test]
fn every_flawed_archive_is_refused_for_its_flaw() {
    let archives = archives("bad");
    for (flawed, _) in FLAWED {
        assert!(archives.iter().any(|(name, _)| name == flawed), "{flawed}");
    }
    for (name, bytes) in archives {
        let flaw = FLAWED.iter().find(|(flawed, _)| *flawed == name);
        let expected = flaw.map_or("ok", |(_, judgement)| judgement);
        let got = judgement(&bytes);
        // Names of blobs are cut here, so that a line of the table stays a line.
        let shown = got.get(..expected.len()).unwrap_or_default();
        let whole = got.len() == expected.len() || expected.contains(":cas/raw/");
        assert!(shown == expected && whole, "{name}: {got:?}");
    }
}

#[test]
fn a_refused_archive_still_tells_what_it_claims_to_hold() {
    for (name, bytes) in archives("bad") {
        let Ok(archive) = Archive::open(&bytes, &Limits::default()) else {
            continue;
        };
        let listed = archive
            .entries()
            .iter()
            .map(|entry| entry.size)
            .sum::<u64>();
        assert_eq!(archive.declared_size(), listed, "{name}");
        if [
            "prepended-garbage.zip",
            "appended-garbage.zip",
            "archive-comment.zip",
        ]
        .contains(&name.as_str())
        {
            let manifest = archive.find("manifest.json").unwrap();
            assert!(
                content(&archive, manifest).unwrap().starts_with(b"{"),
                "{name}"
            );
        }
    }
}

/// Names and contents, if the archive is sound and whole.
fn contents(bytes: &Vec<u8>) -> Option<Vec<(String, Vec<u8>)>> {
    let archive = Archive::open(bytes, &Limits::default()).ok()?;
    let entries = archive.problems().is_empty().then(|| archive.entries())?;
    let read = |entry| Some((entry_name(entry), content(&archive, entry).ok()?));
    entries.iter().map(read).collect()
}

fn entry_name(entry: &Entry) -> String {
    entry.name.to_string()
}

/// Other than in our own form, a byte may change without being noticed here, but never what is read.
#[test]
fn no_changed_byte_of_a_deflated_bundle_changes_what_is_read() {
    let archives = archives("good");
    let (_, bytes) = archives
        .iter()
        .find(|(name, _)| name == "one-text.zip")
        .unwrap();
    let original = contents(bytes).unwrap();
    let mut unnoticed = 0;
    for place in 0..bytes.len() {
        for change in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[place] ^= change;
            if let Some(found) = contents(&changed) {
                assert!(found == original, "byte {place} xor {change}");
                unnoticed += 1;
            }
        }
    }
    // In each member: eight bytes of version and attributes, and a bit behind the end of the deflated data.
    assert!(
        unnoticed <= archive_len(bytes) * (8 * 2 + 1),
        "{unnoticed} changes went unnoticed"
    );
}

fn archive_len(bytes: &Vec<u8>) -> usize {
    Archive::open(bytes, &Limits::default()).unwrap().len()
}
