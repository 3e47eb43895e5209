use std::fs;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use crate::doctor::place::{ONE, Root, ran};
use crate::program::skip;

#[test]
fn the_first_run_copies_everything_and_the_second_what_is_new() {
    let root = Root::new();
    let first = root.backup(&[]);
    assert_eq!(first.status, 0, "{}{}", first.out, first.err);
    assert!(
        first
            .out
            .starts_with("The backup is complete, and what was copied was read back.\n"),
        "{}",
        first.out
    );
    assert!(
        first
            .err
            .starts_with("hint: prove it with `fieldgrade restore "),
        "{}",
        first.err
    );
    let check = root.check();
    assert_eq!((check.status, check.err.as_str()), (0, ""), "{}", check.out);
    assert!(
        check.out.starts_with(
            "The backup is good: every byte was read, and the records are unbroken.\n"
        ),
        "{}",
        check.out
    );
    let note = root.file("new.txt", "new\n");
    root.must("ingest", &[&note]);
    let document = root.backup(&["--json"]).document();
    assert_eq!(
        (&document["items"], &document["recorded"]),
        (&5.into(), &true.into())
    );
    let (copied, kept) = (
        document["copied"].as_u64().unwrap(),
        document["kept"].as_u64().unwrap(),
    );
    assert!((1..=2).contains(&copied) && kept >= 7, "{document}");
    assert_eq!(root.check().status, 0);
    let (_, out) = (0, root.run("doctor", &[]).out);
    assert!(
        out.contains("note[backup_known]: ") && !out.contains("no_backup"),
        "{out}"
    );
    let house = Connection::open(root.runtime("termite.sqlite")).unwrap();
    let count = "SELECT count(*) FROM events WHERE kind = 'BACKUP'";
    assert_eq!(
        house
            .query_row(count, (), |row| row.get::<_, i64>(0))
            .unwrap(),
        2
    );
}

/// Every backup is of one moment, whatever goes on meanwhile.
#[test]
fn while_another_process_captures() {
    let root = Root::new();
    for number in 0..900 {
        root.file(
            &format!("many/{number}.txt"),
            &format!("number {number}\n").repeat(20),
        );
    }
    let many = root.beside("many");
    let mut ingest = root.command("ingest", &[many.to_str().unwrap(), "--json-lines"]);
    let mut going_on = ingest
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut during = 0;
    loop {
        let ended = going_on.try_wait().unwrap();
        let made = root.backup(&[]);
        assert_eq!(made.status, 0, "{}{}", made.out, made.err);
        let check = root.check();
        assert_eq!(check.status, 0, "{}{}", check.out, check.err);
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
        during += 1;
    }
    assert!(
        during > 0,
        "it was made at least once while others captured"
    );
    let document = root
        .run(
            "restore",
            &[root.beside("backup").to_str().unwrap(), "--check", "--json"],
        )
        .document();
    assert_eq!(document["checked"]["items"], 904);
}

#[test]
fn what_is_damaged_here_does_not_spoil_the_copy_there() {
    let root = Root::new();
    assert_eq!(root.backup(&[]).status, 0);
    let copy = root
        .beside("backup/termite_fieldpack/runtime/cas/blobs/sha256")
        .join(ONE);
    Root::overwrite(&root.blob(ONE), "note 7\n");
    let bundle = fs::read(root.bundle()).unwrap();
    Root::overwrite(&root.bundle(), &bundle[1..]);
    assert_eq!(root.backup(&[]).status, 0, "they are there already");
    assert_eq!(fs::read(&copy).unwrap(), b"note 1\n");
    assert_eq!(root.check().status, 0);
    // Into an empty folder they cannot be copied, and that is said.
    fs::remove_dir_all(root.beside("backup")).unwrap();
    let made = root.backup(&[]);
    assert_eq!(made.status, 1);
    let out = root.plain(&made.out);
    assert!(out.contains("Not good: the raw bytes ONE are damaged here: they have 7 bytes and the digest DIGEST.\n"), "{out}");
    assert!(
        out.contains("case_0001.zip was not copied: it has other bytes than it should.\n"),
        "{out}"
    );
    assert!(
        out.contains("The backup is not complete, or what it is a backup of is damaged; what was copied was read back.\n"),
        "{out}"
    );
}

#[test]
fn keys_leave_only_locked() {
    let root = Root::new();
    let refused = root.backup(&["--with-keys"]);
    assert_eq!((refused.status, refused.out.as_str()), (1, ""));
    let err = root.plain(&refused.err);
    let expected = "\
error[keys_unlocked]: The key FG_KEY is not locked with a passphrase, so it is not copied.
  next: Lock it with `fieldgrade keys lock`, or make the backup without --with-keys.
";
    assert_eq!(err, expected);
    assert!(!root.beside("backup").exists());
    let mut lock = root.command("keys", &["lock"]);
    lock.env("FG_KEY_NEW_PASSPHRASE", "correct horse");
    assert_eq!(ran(lock).status, 0);
    assert_eq!(root.backup(&["--with-keys"]).status, 0);
    assert_eq!(root.check().status, 0);
    assert_eq!(root.restored_to("new").status, 0);
    let mut seal = crate::program::command(&["seal", "--data-dir"]);
    seal.arg(root.beside("new"))
        .env("FG_KEY_PASSPHRASE", "correct horse");
    let seal = ran(seal);
    assert_eq!(seal.status, 0, "{}", seal.err);
}

#[test]
fn places_that_are_none() {
    let root = Root::new();
    let inside = root.root().join("termite_fieldpack/backup");
    let ran = root.run("backup", &[inside.to_str().unwrap()]);
    assert!(
        ran.status == 1 && ran.err.starts_with("error[backup_inside]: "),
        "{}",
        ran.err
    );
    let file = root.file("full/letter.txt", "not a backup");
    let full = std::path::Path::new(&file).parent().unwrap();
    let ran = root.run("backup", &[full.to_str().unwrap()]);
    assert!(
        ran.status == 3 && ran.err.starts_with("error[not_a_data_root]: "),
        "{}",
        ran.err
    );
    assert_eq!(root.backup(&[]).status, 0);
    // Nobody works in a backup: it would go on without saying so.
    for verb in ["documents", "seal", "doctor"] {
        let ran = root.at("backup", verb, &[]);
        assert!(
            ran.status == 3 && ran.err.starts_with("error[is_a_backup]: "),
            "{}",
            ran.err
        );
    }
    // The backup of other data, and of newer data, is not written over.
    let other = Root::empty();
    let note = other.file("x.txt", "x\n");
    other.must("ingest", &[&note]);
    let there = root.beside("backup");
    let ran = other.run("backup", &[there.to_str().unwrap()]);
    assert!(
        ran.status == 1 && ran.err.starts_with("error[backup_other]: "),
        "{}",
        ran.err
    );
    assert_eq!(root.check().status, 0);
}

#[test]
fn of_a_read_only_mount_without_recording_it() {
    let root = Root::new();
    root.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let to = root.beside("backup");
    let inner = root.command("backup", &[to.to_str().unwrap()]);
    let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", mount]).arg(root.root());
    command.arg(inner.get_program()).args(inner.get_args());
    let made = ran(command);
    if made.err.contains("unshare") || made.err.contains("mount:") {
        skip("of_a_read_only_mount", "no mount name spaces here");
        return;
    }
    assert_eq!(made.status, 0, "{}{}", made.out, made.err);
    assert!(
        made.err.starts_with(
            "hint: the backup is not on record: the data can only be read, so nothing is recorded\n"
        ),
        "{}",
        made.err
    );
    assert_eq!(root.check().status, 0);
}

#[test]
fn damage_is_copied_and_never_called_good() {
    let root = Root::new();
    root.sql("UPDATE events SET source = replace(source, '2.txt', '9.txt') WHERE seq = 4 AND chain_id = 1");
    fs::remove_file(root.blob(ONE)).unwrap();
    let made = root.backup(&[]);
    assert_eq!(made.status, 1);
    let out = root.plain(&made.out);
    for line in [
        "Not good: the record of default is damaged: entry 4: its source is not the one that was hashed.\n",
        "Not good: the raw bytes ONE are missing; needed by item 1 of default, item 1 of other.\n",
    ] {
        assert!(out.contains(line), "{out}");
    }
    assert_eq!(root.check().status, 1);
}
