//! Killed at any moment: what was there before is still there, and the next run goes on.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::doctor::place::Root;

fn kill_after(mut command: Command, delay: Duration) -> bool {
    let mut child: Child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sleep(delay);
    let ended = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    child.wait().unwrap();
    !ended
}

fn many(root: &Root, from: u32) {
    for number in from..from + 60 {
        root.file(
            &format!("many/{number}.txt"),
            &format!("number {number}\n").repeat(9000),
        );
    }
    root.must("ingest", &[root.beside("many").to_str().unwrap()]);
}

#[test]
fn a_backup_that_was_cut_short_leaves_the_one_before() {
    let root = Root::new();
    assert_eq!(root.backup(&[]).status, 0);
    many(&root, 0);
    let backup = root.beside("backup");
    let start = Instant::now();
    let mut other = root.command("backup", &[root.beside("other").to_str().unwrap()]);
    assert!(other.output().unwrap().status.success());
    let whole = start.elapsed();
    let mut killed = 0;
    for round in 1..=12 {
        killed += u32::from(kill_after(
            root.command("backup", &[backup.to_str().unwrap()]),
            whole * round / 12,
        ));
        let check = root.check();
        assert_eq!(check.status, 0, "round {round}: {}{}", check.out, check.err);
        if round == 6 {
            many(&root, 60);
        }
    }
    assert!(killed > 3, "{killed}");
    assert_eq!(root.backup(&[]).status, 0);
    let check = root
        .run("restore", &[backup.to_str().unwrap(), "--check", "--json"])
        .document();
    assert_eq!(
        (&check["errors"], &check["checked"]["items"]),
        (&0.into(), &124.into())
    );
    let left = Command::new("find")
        .arg(&backup)
        .args(["-name", ".new-*"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(left.stdout).unwrap(), "");
}

/// Half restored it cannot be worked in without a word; the same command again, or the declaration, makes it whole.
#[test]
fn a_restore_that_was_cut_short_is_gone_on_with() {
    let root = Root::new();
    many(&root, 0);
    assert_eq!(root.backup(&[]).status, 0);
    let backup = root.beside("backup");
    let start = Instant::now();
    assert_eq!(root.restored_to("whole").status, 0);
    let whole = start.elapsed();
    let (mut killed, mut seen) = (0, Vec::new());
    for round in 1..=16 {
        let name = format!("new {round}");
        let mut command = crate::program::command(&["restore"]);
        command
            .arg(&backup)
            .arg("--data-dir")
            .arg(root.beside(&name));
        killed += u32::from(kill_after(command, whole * (round + 4) / 18));
        let database = root
            .beside(&name)
            .join("termite_fieldpack/runtime/termite.sqlite");
        let begun = database.exists();
        let note = root.file("between.txt", "between");
        let ingest = root.at(&name, "ingest", &[&note]);
        let expected = "error[ledger_rolled_back]: ";
        let state = if ingest.status == 0 && begun {
            "whole"
        } else if ingest.status == 0 {
            fs::remove_dir_all(root.beside(&name)).unwrap();
            "not begun" // a new root was made, and nobody knows of the backup
        } else if begun {
            assert!(ingest.err.starts_with(expected), "{}", ingest.err);
            if round % 2 == 0 {
                root.must_at(&name, "restore", &["--here", "--reason", "cut short"]);
            } else {
                let again = root.restored_to(&name);
                assert_eq!(again.status, 0, "{}", again.err);
            }
            "waits for its entry"
        } else {
            assert!(ingest.err.starts_with(expected), "{}", ingest.err);
            assert!(!database.exists(), "nothing is begun in its place");
            "waits for its database"
        };
        seen.push(state);
        if state.starts_with("not") || state.ends_with("database") {
            assert_eq!(root.restored_to(&name).status, 0, "{state}");
        }
        let ledger = root.must_at(&name, "ledger", &["--limit", "1000"]).out;
        assert_eq!(
            ledger.matches("Continued from a backup").count(),
            1,
            "{state}: {ledger}"
        );
        let doctor = root.at(&name, "doctor", &["--read-data"]);
        assert!(!doctor.out.contains("error[blob"), "{}", doctor.out);
        fs::remove_dir_all(root.beside(&name)).unwrap();
    }
    assert!(killed > 3, "{killed} {seen:?}");
}
