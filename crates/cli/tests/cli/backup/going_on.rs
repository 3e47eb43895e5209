//! Two histories of one chain: declared, they are one that goes on from a backup; else a fork.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::sealed;
use crate::doctor::place::Root;

fn capture(root: &Root, name: &str, text: &str) {
    let note = root.file(&format!("{text}.txt"), text);
    root.must_at(name, "ingest", &[&note]);
}

/// What a check at a root says of the series.
fn series(root: &Root, name: &str, bundle: &Path) -> String {
    let document = root
        .at(name, "verify", &[bundle.to_str().unwrap(), "--json"])
        .document();
    assert_eq!(document["verdict"], "accepted", "{document}");
    document["subject"]["series"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn restored_it_goes_on_and_says_so() {
    let root = Root::new();
    assert_eq!(root.backup(&[]).status, 0);
    root.give_keys_to("new");
    let ran = root.restored_to("new");
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out
            .starts_with("The backup is restored, and the records say so.\n"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("lost"), "{}", ran.out);
    // Everything works, and nothing calls it rolled back.
    capture(&root, "new", "after the disk died");
    let here = sealed(&root.must_at("new", "seal", &[]));
    root.must_at("new", "reproduce", &["1"]);
    let doctor = root.must_at("new", "doctor", &["--read-data"]);
    assert!(
        doctor.out.ends_with("\nNo damage is left.\n"),
        "{}",
        doctor.out
    );
    let ledger = root.must_at("new", "ledger", &["--verify"]).out;
    assert!(
        ledger.starts_with("The record is one unbroken chain"),
        "{ledger}"
    );
    // The old laptop turns up again and goes on, too.
    capture(&root, "root", "on the old laptop");
    let there = sealed(&root.must("seal", &[]));
    assert_eq!(series(&root, "root", &here), "continued_from_backup");
    assert_eq!(series(&root, "new", &there), "continued_from_backup");
    // Further on the one that carries the declaration is only a predecessor.
    capture(&root, "new", "more");
    root.must_at("new", "seal", &[]);
    capture(&root, "root", "more there");
    let third = sealed(&root.must("seal", &[]));
    assert_eq!(series(&root, "new", &third), "continued_from_backup");
}

#[test]
fn into_a_root_that_holds_data_nothing_is_restored() {
    let root = Root::new();
    assert_eq!(root.backup(&[]).status, 0);
    let before = root.contents();
    let ran = root.restored_to("root");
    assert!(
        ran.status == 1 && ran.err.starts_with("error[root_not_empty]: "),
        "{}",
        ran.err
    );
    assert_eq!(root.contents(), before);
}

#[test]
fn a_copy_that_nobody_declared_is_a_fork() {
    for declared in [false, true] {
        let root = Root::new();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(root.root()).arg(root.beside("copy"));
        assert!(copy.status().unwrap().success());
        if declared {
            let ran = root.must_at(
                "copy",
                "restore",
                &["--here", "--reason", "a second laptop"],
            );
            let expected = "2 records say now that they go on from an older copy.\n";
            assert!(
                ran.out.ends_with(expected) || ran.out.starts_with('3'),
                "{}",
                ran.out
            );
        }
        capture(&root, "root", "here");
        capture(&root, "copy", "there");
        let here = sealed(&root.must("seal", &[]));
        let there = sealed(&root.must_at("copy", "seal", &[]));
        let expected = if declared {
            "continued_from_backup"
        } else {
            "fork"
        };
        assert_eq!(series(&root, "root", &there), expected);
        assert_eq!(series(&root, "copy", &here), expected);
    }
}

#[test]
fn an_older_database_is_noticed_and_can_be_declared() {
    let root = Root::new();
    root.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy(root.runtime("termite.sqlite"), root.beside("older")).unwrap();
    capture(&root, "root", "later");
    root.must("projects", &["create", "third"]);
    let note = root.file("third.txt", "third");
    root.must("ingest", &[&note, "--project", "third"]);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(root.runtime(&format!("termite.sqlite{end}")));
    }
    fs::copy(root.beside("older"), root.runtime("termite.sqlite")).unwrap();
    for verb in ["seal", "backup"] {
        let to = root.beside("b");
        let arguments = if verb == "backup" {
            vec![to.to_str().unwrap()]
        } else {
            vec![]
        };
        let ran = root.run(verb, &arguments);
        assert!(
            ran.status == 1 && ran.err.starts_with("error[ledger_rolled_back]: "),
            "{}",
            ran.err
        );
    }
    let ran = root.run("restore", &["--here"]);
    assert!(ran.status == 2, "a reason is asked for: {}", ran.err);
    let ran = root.must(
        "restore",
        &["--here", "--reason", "the newer one was damaged"],
    );
    assert!(ran.out.contains("go on from an older copy"), "{}", ran.out);
    assert!(
        ran.out.contains("Of the record of default the entries "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("A record with "), "{}", ran.out);
    capture(&root, "root", "on again");
    root.must("seal", &[]);
    let out = root.run("doctor", &["--read-data", "--repair"]).out;
    assert!(!out.contains("error["), "{out}");
    // The bytes of what was lost are still there: somebody may find the newer database.
    assert!(out.contains("note[blob_orphan]: "), "{out}");
}
