//! Sealed packages.

use std::fs;

use super::place::Root;

const FILE: &str = "  at: ROOT/termite_fieldpack/artifacts/bundles_out/case_0001.zip\n";

#[test]
fn a_package_that_is_gone_is_made_again() {
    let root = Root::new();
    let (path, bytes) = (root.bundle(), fs::read(root.bundle()).unwrap());
    fs::remove_file(&path).unwrap();
    let missing = "the file of sealed package no. 1 of default is not here any more";
    let said = root.says(&[]);
    assert_eq!(
        said,
        (0, format!("note[bundle_missing]: {missing}\n{FILE}"))
    );
    let next = root.run("doctor", &[]).out;
    assert!(
        next.contains(
            "  next: Make it again with `fieldgrade reproduce 1 --project default --out FILE`"
        ),
        "{next}"
    );
    let said = root.says(&["--repair"]);
    assert_eq!(
        said,
        (0, format!("repaired[bundle_missing]: {missing}\n{FILE}"))
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_package_of_other_bytes_is_not_handed_on() {
    let root = Root::new();
    let (path, bytes) = (root.bundle(), fs::read(root.bundle()).unwrap());
    Root::overwrite(&path, &bytes[1..]);
    let (status, said) = root.says(&[]);
    let size = bytes.len();
    let damaged = format!(
        "error[bundle_damaged]: sealed package no. 1 of default has {} bytes instead of {size}\n{FILE}",
        size - 1
    );
    assert_eq!((status, said), (1, damaged));
    let mut flipped = bytes.clone();
    flipped[size / 2] ^= 1;
    Root::overwrite(&path, &flipped);
    assert_eq!(root.says(&[]), (0, String::new()), "the length is right");
    let damaged = "sealed package no. 1 of default has the SHA-256 DIGEST";
    let said = root.says(&["--read-data"]);
    assert_eq!(
        said,
        (1, format!("error[bundle_damaged]: {damaged}\n{FILE}"))
    );
    let said = root.says(&["--read-data", "--repair"]);
    assert_eq!(
        said,
        (0, format!("repaired[bundle_damaged]: {damaged}\n{FILE}"))
    );
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_seal_that_was_begun() {
    let root = Root::new();
    root.sql("UPDATE seals SET state = 'open'");
    let said = root.says(&[]);
    let open = "warning[seal_open]: sealed package no. 1 of default was begun and not finished\n";
    assert_eq!(said, (0, open.to_owned()));
}
