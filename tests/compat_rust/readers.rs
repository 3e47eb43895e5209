//! Other readers of archives see in our bundles what we see.

use std::io::{Cursor, Read};
use std::path::PathBuf;

use support::{forge, python, vectors};

/// Every good bundle of the vectors.
fn bundles() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["good", "ours/good"] {
        for entry in std::fs::read_dir(vectors().join(folder)).unwrap() {
            found.push(entry.unwrap().path());
        }
    }
    found.sort();
    assert!(found.len() >= 20, "{found:?}");
    found
}

#[test]
fn python_info_zip_7_zip_and_libarchive_see_the_same_members() {
    let files: Vec<String> = bundles()
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    let output = python::run("zip_readers.py", &arguments, String::new());
    let agreed = output
        .lines()
        .filter(|line| line.ends_with("all readers agree"));
    assert_eq!(agreed.count(), files.len(), "{output}");
    for (file, line) in files.iter().zip(output.lines()) {
        let ours = forge::members(&std::fs::read(file).unwrap()).len();
        assert!(
            line.contains(&format!(": {ours} members")),
            "{line}, and we see {ours}"
        );
    }
}

#[test]
fn the_zip_crate_sees_the_same_members() {
    for path in bundles() {
        let file = std::fs::read(&path).unwrap();
        let ours = forge::members(&file);
        let mut archive = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
        assert_eq!(archive.len(), ours.len(), "{}", path.display());
        for (index, (name, bytes)) in ours.iter().enumerate() {
            let mut theirs = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            theirs.read_to_end(&mut content).unwrap();
            let same = theirs.name().unwrap() == *name
                && theirs.size() == bytes.len() as u64
                && content == *bytes
                && theirs.is_file();
            assert!(
                same,
                "{}: {name} and {}",
                path.display(),
                theirs.name().unwrap()
            );
        }
    }
}
