//! Whether a data root is sound: nothing that was acknowledged is lost, and nothing is half done.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use bundle::digest::Hasher;
use serde_json::Value;

use crate::program::{Ran, Room};

/// Fails unless every acknowledged file is on record under its number, with bytes that have its digest.
#[track_caller]
pub fn holds(room: &Room, acknowledged: &[Value]) {
    let stored: Vec<&Value> = acknowledged
        .iter()
        .filter(|line| line["status"] != "failed")
        .collect();
    if stored.is_empty() {
        return;
    }
    let items = items(room);
    for line in stored {
        let number = line["item"].as_u64().expect("a number");
        let at = usize::try_from(number - 1).unwrap();
        let item = items.get(at).unwrap_or_else(|| panic!("lost: {line}"));
        for key in ["item", "id", "sha256", "bytes"] {
            assert_eq!(item[key], line[key], "{key} of {line}");
        }
    }
    whole(room, &items);
}

/// Fails unless the bytes of all items are there and have their digests.
#[track_caller]
pub fn whole(room: &Room, items: &[Value]) {
    for item in items {
        let digest = item["sha256"].as_str().expect("a digest");
        assert_eq!(sha256(&room.blob(digest)), digest, "{item}");
    }
}

/// Fails unless the record of actions is one unbroken chain.
#[track_caller]
pub fn chain(room: &Room) -> Value {
    let checked = room.run(&["ledger", "--verify", "--json"]).ends(0);
    let answer = checked.document();
    assert_eq!(answer["findings"], Value::Array(Vec::new()), "{answer}");
    answer
}

/// All items of the case.
#[track_caller]
pub fn items(room: &Room) -> Vec<Value> {
    let listed = room.run(&["documents", "--json", "--limit", "100000"]);
    listed.ends(0).document()["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// Fails unless a `seal --json` gave a package whose file has the digest told, and which verifies.
#[track_caller]
pub fn sealed(room: &Room, answer: &Value) {
    let path = Path::new(answer["bundle"].as_str().expect("a path"));
    assert_eq!(sha256(path), answer["sha256"].as_str().unwrap());
    verified(room, path).ends(0);
}

/// Checks a package with the rules and keys of the data root.
pub fn verified(room: &Room, path: &Path) -> Ran {
    room.run(&["verify", "--json", path.to_str().unwrap()])
}

/// Fails if a temporary file lies anywhere in the data root.
#[track_caller]
pub fn tidy(room: &Room) {
    let stray: Vec<PathBuf> = files(&room.data())
        .into_iter()
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(".new-") || name.ends_with(".tmp") || name.ends_with("-journal")
        })
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// The SHA-256 of a file.
#[track_caller]
pub fn sha256(path: &Path) -> String {
    let mut hasher = Hasher::new();
    let file = File::open(path);
    let mut file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    io::copy(&mut file, &mut hasher).unwrap();
    hasher.finish().to_string()
}

/// Digests of all files below a folder, by path within it: to see that nothing was changed.
pub fn fingerprint(folder: &Path) -> Vec<(PathBuf, String)> {
    let files = files(folder).into_iter();
    files
        .map(|path| {
            let within = path.strip_prefix(folder).unwrap().to_owned();
            (within, sha256(&path))
        })
        .collect()
}
