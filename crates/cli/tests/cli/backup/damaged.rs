//! What `restore --check` says of damaged backups.

use std::fs;
use std::path::PathBuf;

use crate::doctor::place::{ONE, Root, TWO};

/// A file of the backup whose name begins so.
fn file(root: &Root, folder: &str, start: &str) -> PathBuf {
    let folder = root.beside("backup").join(folder);
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .find(|path| {
            path.is_file()
                && path
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .starts_with(start)
        })
        .unwrap()
}

fn told(root: &Root, expected: &[&str]) {
    let check = root.check();
    assert_eq!(check.status, 1, "{}", check.out);
    let out = root.plain(&check.out);
    for line in expected {
        assert!(out.contains(line), "{line} is not in:\n{out}");
    }
    assert!(
        out.contains("\nThe backup is damaged. Do not rely on it.\n"),
        "{out}"
    );
}

#[test]
fn bytes_that_are_missing_or_other_ones() {
    let root = Root::new();
    root.backup(&[]);
    let blobs = root.beside("backup/termite_fieldpack/runtime/cas/blobs/sha256");
    Root::overwrite(&blobs.join(ONE), "note 7\n");
    fs::remove_file(blobs.join(TWO)).unwrap();
    told(
        &root,
        &[
            "error[blob_damaged]: the raw bytes ONE are damaged: they have 7 bytes and the digest DIGEST; needed by item 1 of default, item 1 of other\n",
            "error[blob_missing]: the raw bytes TWO are missing; needed by the list of the backup, item 2 of default\n",
        ],
    );
    // What the next run finds missing it copies again; what has the right length is not looked at.
    assert_eq!(root.backup(&[]).status, 0);
    let out = root.plain(&root.check().out);
    assert!(
        out.contains("raw bytes ONE are damaged") && !out.contains("TWO"),
        "{out}"
    );
    // Restoring brings back what can be, and says what cannot.
    let ran = root.restored_to("new");
    assert_eq!(ran.status, 1);
    let out = root.plain(&ran.out);
    assert!(
        out.contains("Not restored: the raw bytes ONE are damaged in the backup: "),
        "{out}"
    );
    let doctor = root.at("new", "doctor", &[]);
    assert!(
        root.plain(&doctor.out)
            .contains("error[blob_missing]: the raw bytes ONE are missing; ")
    );
}

#[test]
fn files_that_are_missing_or_other_ones() {
    let root = Root::new();
    root.backup(&[]);
    let bundle = file(&root, "termite_fieldpack/artifacts/bundles_out", "case");
    let mut bytes = fs::read(&bundle).unwrap();
    bytes[100] ^= 1;
    Root::overwrite(&bundle, &bytes);
    told(
        &root,
        &["error[backup_damaged]: the file of the backup has the SHA-256 DIGEST\n"],
    );
    fs::remove_file(&bundle).unwrap();
    told(
        &root,
        &["error[backup_damaged]: the file of the backup is missing\n"],
    );
    let database = file(&root, "termite_fieldpack/runtime", "termite.sqlite.");
    let mut bytes = fs::read(&database).unwrap();
    bytes[5000] ^= 1;
    Root::overwrite(&database, &bytes);
    told(
        &root,
        &["error[backup_damaged]: the file of the backup has the SHA-256 DIGEST\n"],
    );
    let ran = root.restored_to("new");
    assert!(
        ran.status == 1 && ran.err.starts_with("error[backup_damaged]: "),
        "{}",
        ran.err
    );
    assert!(
        !root
            .beside("new/termite_fieldpack/runtime/termite.sqlite")
            .exists()
    );
}

#[test]
fn a_list_that_was_changed() {
    let root = Root::new();
    root.backup(&[]);
    let manifest = root.beside("backup/backup.json");
    let text = fs::read_to_string(&manifest).unwrap();
    // Somebody leaves a package out, consistently: the list is well-formed, and its digest is another one.
    let at = text.find(",{\"bytes\":").unwrap();
    let end = at + text[at..].find('}').unwrap() + 1;
    fs::write(&manifest, format!("{}{}", &text[..at], &text[end..])).unwrap();
    let check = root.check();
    assert_eq!(check.status, 1, "{}{}", check.out, check.err);
    // The chain is said to be longer than it is.
    let longer = text.replacen("\"size\":", "\"size\":1", 1);
    fs::write(&manifest, longer).unwrap();
    told(&root, &["error[backup_damaged]: the record "]);
    for broken in ["", "{", "{\"format\":\"other\"}", &text.replace(',', ", ")] {
        fs::write(&manifest, broken).unwrap();
        let check = root.check();
        assert!(
            check.status == 1 && check.err.starts_with("error[backup_damaged]: "),
            "{}",
            check.err
        );
    }
    fs::remove_file(&manifest).unwrap();
    let check = root.check();
    assert!(
        check.status == 3 && check.err.starts_with("error[not_a_data_root]: "),
        "{}",
        check.err
    );
}

#[test]
fn a_record_that_was_changed_consistently() {
    let root = Root::new();
    root.sql("UPDATE events SET source = replace(source, '2.txt', '9.txt') WHERE seq = 4 AND chain_id = 1");
    assert_eq!(root.backup(&[]).status, 1);
    told(
        &root,
        &["error[ledger_damaged]: entry 4: its source is not the one that was hashed\n"],
    );
}

#[test]
fn checking_touches_nothing() {
    let root = Root::new();
    root.backup(&[]);
    let list = || {
        let mut command = std::process::Command::new("find");
        command
            .arg(root.beside("backup"))
            .args(["-printf", "%p %s %T@ %C@\n"]);
        crate::doctor::place::ran(command).out
    };
    let before = list();
    assert_eq!(root.check().status, 0);
    assert_eq!(list(), before);
}
