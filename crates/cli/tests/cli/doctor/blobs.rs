//! Bytes.

use std::fs;
use std::time::{Duration, SystemTime};

use super::place::{ONE, Root, TWO};

#[test]
fn missing_bytes_are_named_with_everybody_who_needs_them() {
    let root = Root::new();
    fs::remove_file(root.blob(ONE)).unwrap();
    fs::remove_file(root.blob(TWO)).unwrap();
    let missing = "\
error[blob_missing]: the raw bytes TWO are missing; needed by item 2 of default
  at: RUNTIME/cas/blobs/sha256/TWO
error[blob_missing]: the raw bytes ONE are missing; needed by item 1 of default, item 1 of other
  at: RUNTIME/cas/blobs/sha256/ONE
";
    assert_eq!(root.says(&[]), (1, missing.to_owned()));
    assert_eq!(root.says(&["--read-data"]), (1, missing.to_owned()));
    // The sealed package holds them.
    let (status, said) = root.says(&["--repair"]);
    assert_eq!((status, said), (0, missing.replace("error[", "repaired[")));
    assert_eq!(fs::read(root.blob(ONE)).unwrap(), b"note 1\n");
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
}

#[test]
fn without_a_package_that_holds_them_they_stay_missing() {
    let root = Root::new();
    fs::remove_file(root.bundle()).unwrap();
    fs::remove_file(root.blob(TWO)).unwrap();
    let (status, said) = root.says(&["--repair"]);
    let expected = "\
error[blob_missing]: the raw bytes TWO are missing; needed by item 2 of default
  at: RUNTIME/cas/blobs/sha256/TWO
error[bundle_missing]: the file of sealed package no. 1 of default is not here any more; the raw bytes TWO are missing
  at: ROOT/termite_fieldpack/artifacts/bundles_out/case_0001.zip
";
    assert_eq!((status, said.as_str()), (1, expected));
    let note = root.file("again.txt", "note 2\n");
    root.must("ingest", &[&note]);
    assert_eq!(root.run("doctor", &["--repair"]).status, 0);
    assert!(root.bundle().exists());
}

#[test]
fn bytes_of_another_length() {
    let root = Root::new();
    Root::overwrite(&root.blob(TWO), "note");
    let damaged = "\
error[blob_damaged]: the raw bytes TWO are damaged: there are 4 bytes instead of 7; needed by item 2 of default
  at: RUNTIME/cas/blobs/sha256/TWO
";
    assert_eq!(root.says(&[]), (1, damaged.to_owned()));
    let (status, said) = root.says(&["--repair"]);
    assert_eq!((status, said), (0, damaged.replace("error[", "repaired[")));
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
}

#[test]
fn rot_is_found_by_reading() {
    let root = Root::new();
    Root::overwrite(&root.blob(ONE), "note 7\n");
    assert_eq!(root.says(&[]), (0, String::new()), "the length is right");
    let (status, said) = root.says(&["--read-data"]);
    let expected = "\
error[blob_damaged]: the raw bytes ONE are damaged: they have 7 bytes and the digest DIGEST; needed by item 1 of default, item 1 of other
  at: RUNTIME/cas/blobs/sha256/ONE
";
    assert_eq!((status, said.as_str()), (1, expected));
    assert_eq!(root.says(&["--read-data", "--repair"]).0, 0);
    assert_eq!(fs::read(root.blob(ONE)).unwrap(), b"note 1\n");
}

#[test]
fn something_else_than_a_file_under_a_digest() {
    let root = Root::new();
    fs::rename(root.blob(ONE), root.beside("kept")).unwrap();
    std::os::unix::fs::symlink(root.beside("kept"), root.blob(ONE)).unwrap();
    let (status, said) = root.says(&["--read-data"]);
    let expected = "\
error[blob_missing]: the raw bytes ONE are missing; needed by item 1 of default, item 1 of other
  at: RUNTIME/cas/blobs/sha256/ONE
warning[foreign_file]: it is not one of the files that Fieldgrade keeps here
  at: RUNTIME/cas/blobs/sha256/ONE
";
    assert_eq!((status, said.as_str()), (1, expected));
}

#[test]
fn papers_of_a_seal() {
    let root = Root::new();
    let aux = root.runtime("cas/aux/sha256");
    let readme = fs::read_dir(&aux)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut readme = readme.filter(|path| fs::read_to_string(path).unwrap().starts_with("READ ME"));
    let readme = readme.next().unwrap();
    fs::remove_file(&readme).unwrap();
    let missing = "\
error[blob_missing]: the aux bytes DIGEST are missing; needed by the seal at entry 6 of default
  at: RUNTIME/cas/aux/sha256/DIGEST
";
    assert_eq!(root.says(&[]), (1, missing.to_owned()));
}

#[test]
fn what_nobody_put_there() {
    let root = Root::new();
    fs::write(root.runtime("cas/blobs/sha256/NOTE.txt"), "x").unwrap();
    fs::write(root.runtime("cas/tmp/.new-1-1"), "four").unwrap();
    let stray = root.blob(&ONE.replace('6', "0"));
    fs::write(&stray, "stray").unwrap();
    let (status, said) = root.says(&["--read-data"]);
    let expected = "\
warning[foreign_file]: it is not one of the files that Fieldgrade keeps here
  at: RUNTIME/cas/blobs/sha256/NOTE.txt
note[leftover]: 1 unfinished temporary file of 4 bytes in all
  at: RUNTIME/cas/tmp
note[blob_orphan]: 1 file of 5 bytes in all, which nothing in the record names
  at: RUNTIME/cas
";
    assert_eq!((status, said.as_str()), (0, expected));
    let (status, said) = root.says(&["--repair"]);
    assert_eq!(status, 0);
    assert!(
        said.contains("repaired[leftover]: ") && said.contains("note[blob_orphan]: "),
        "{said}"
    );
    assert!(
        stray.exists(),
        "what is young may belong to something that goes on"
    );
    let two_days = SystemTime::now() - Duration::from_hours(48);
    fs::File::open(&stray)
        .unwrap()
        .set_modified(two_days)
        .unwrap();
    let (_, said) = root.says(&["--repair"]);
    assert!(said.contains("repaired[blob_orphan]: 1 file"), "{said}");
    assert!(!stray.exists() && root.runtime("cas/blobs/sha256/NOTE.txt").exists());
}

/// What nothing names in an older database may have been named by the newer one.
#[test]
fn nothing_is_thrown_away_while_the_record_is_in_doubt() {
    let root = Root::new();
    root.sql("DELETE FROM events WHERE seq = 7 AND chain_id = 1; DELETE FROM items WHERE item = 3 AND chain_id = 1");
    let stray = root.blob(&ONE.replace('6', "0"));
    fs::write(&stray, "stray").unwrap();
    let two_days = SystemTime::now() - Duration::from_hours(48);
    fs::File::open(&stray)
        .unwrap()
        .set_modified(two_days)
        .unwrap();
    let (status, _) = root.says(&["--repair"]);
    assert_eq!(status, 1);
    assert!(stray.exists());
}

#[test]
fn bytes_that_the_list_does_not_know_cannot_be_sealed() {
    let root = Root::new();
    root.sql("DELETE FROM blobs WHERE size = 7");
    let (status, said) = root.says(&[]);
    assert_eq!(
        (status, said.matches("error[blob_unlisted]: ").count()),
        (1, 3),
        "{said}"
    );
    let (status, said) = root.says(&["--repair"]);
    assert_eq!(
        (status, said.matches("repaired[blob_unlisted]: ").count()),
        (0, 3),
        "{said}"
    );
    root.must("reproduce", &["1"]);
}

#[test]
fn erased_bytes_are_no_damage_unless_they_are_still_there() {
    let root = Root::new();
    let reason = "asked for by the owner";
    root.must("withdraw", &["2", "--erase", "--yes", "--reason", reason]);
    assert!(!root.blob(TWO).exists());
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
    // Another case has the same bytes: there they are needed as before.
    root.must("withdraw", &["1", "--erase", "--yes", "--reason", reason]);
    assert!(root.blob(ONE).exists());
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
    Root::overwrite(&root.blob(TWO), "note 2\n");
    let remain =
        "the raw bytes TWO were erased and are still there\n  at: RUNTIME/cas/blobs/sha256/TWO\n";
    let said = root.says(&[]);
    assert_eq!(said, (0, format!("warning[erased_bytes_remain]: {remain}")));
    let said = root.says(&["--repair"]);
    assert_eq!(
        said,
        (0, format!("repaired[erased_bytes_remain]: {remain}"))
    );
    assert!(!root.blob(TWO).exists());
    // Captured again they are needed again.
    let note = root.file("again.txt", "note 2\n");
    root.must("ingest", &[&note]);
    assert_eq!(root.says(&["--read-data"]), (0, String::new()));
    fs::remove_file(root.blob(TWO)).unwrap();
    let (status, said) = root.says(&[]);
    assert!(
        status == 1 && said.contains("needed by item 4 of default\n"),
        "{said}"
    );
}
