//! The order in which things reach the disk, as the kernel saw it: bytes, then name, then folder, then the database's
//! journal, then the acknowledgement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::{child, given_root, skip, work};

#[test]
fn child_writes_two_groups() {
    if let Some(root) = given_root() {
        work::write_groups(&root, 0, 2);
    }
}

#[test]
fn bytes_then_name_then_folder_then_journal_then_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let writer = child("child_writes_two_groups", &folder.path().join("root"));
    let mut strace = Command::new("strace");
    strace
        .args([
            "-f",
            "-y",
            "-e",
            "trace=fsync,fdatasync,rename,renameat2,pwrite64,write",
            "-o",
        ])
        .arg(&trace);
    strace.arg(writer.get_program()).args(writer.get_args());
    strace.envs(
        writer
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    match strace.output() {
        Err(_) => return skip("order_on_disk", "strace is not installed"),
        Ok(output)
            if !trace.exists() || String::from_utf8_lossy(&output.stderr).contains("ptrace") =>
        {
            return skip("order_on_disk", "strace may not watch processes here");
        }
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
    let verdict = in_order(&seen(&fs::read_to_string(trace).unwrap()));
    if cfg!(feature = "no-fsync") {
        assert!(
            verdict
                .unwrap_err()
                .contains("before its bytes were on the disk"),
            "this test would not notice"
        );
    } else {
        verdict.unwrap();
    }
}

/// What the kernel was asked: a sync counts when it is done, everything else when it begins.
#[derive(Debug)]
enum Seen {
    Synced(String),
    Named { from: String, to: String },
    JournalWritten,
    Acknowledged,
}

fn seen(trace: &str) -> Vec<Seen> {
    let mut unfinished: HashMap<&str, &str> = HashMap::new();
    let mut all = Vec::new();
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        if call.starts_with("<... fsync resumed") || call.starts_with("<... fdatasync resumed") {
            all.extend(unfinished.remove(process).and_then(synced));
        } else if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            if call.ends_with("<unfinished ...>") {
                unfinished.insert(process, call);
            } else {
                all.extend(synced(call));
            }
        } else if call.starts_with("rename") {
            let mut names = call.split('"').skip(1).step_by(2).map(str::to_owned);
            if let (Some(from), Some(to)) = (names.next(), names.next()) {
                all.push(Seen::Named { from, to });
            }
        } else if call.starts_with("pwrite64(") && call.contains("termite.sqlite-wal>") {
            all.push(Seen::JournalWritten);
        } else if call.starts_with("write(1") && call.contains("ack ") {
            all.push(Seen::Acknowledged);
        }
    }
    all
}

fn synced(call: &str) -> Option<Seen> {
    let path = call.split_once('<')?.1.split_once('>')?.0;
    Some(Seen::Synced(path.to_owned()))
}

fn in_order(all: &[Seen]) -> Result<(), String> {
    let synced = |range: &[Seen], path: &str| {
        range
            .iter()
            .any(|one| matches!(one, Seen::Synced(at) if at == path))
    };
    let (mut names, mut answers) = (0, 0);
    let mut last_answer = 0;
    for (at, one) in all.iter().enumerate() {
        match one {
            Seen::Named { from, to } if to.contains("/cas/") => {
                names += 1;
                if !synced(&all[..at], from) {
                    return Err(format!(
                        "{to} got its name before its bytes were on the disk"
                    ));
                }
                let folder = Path::new(to).parent().unwrap().to_str().unwrap();
                let rest = &all[at..];
                let journal = rest
                    .iter()
                    .position(|one| matches!(one, Seen::JournalWritten))
                    .ok_or("no commit")?;
                if !synced(&rest[..journal], folder) {
                    return Err(format!(
                        "{to} was committed before its name was on the disk"
                    ));
                }
            }
            Seen::Acknowledged => {
                answers += 1;
                let since = &all[last_answer..at];
                let journal = since
                    .iter()
                    .rposition(|one| matches!(one, Seen::JournalWritten))
                    .ok_or("no commit")?;
                let after = since[journal..].iter();
                if !after
                    .into_iter()
                    .any(|one| matches!(one, Seen::Synced(path) if path.ends_with("-wal")))
                {
                    return Err("an answer before the commit was on the disk".to_owned());
                }
                last_answer = at;
            }
            _ => {}
        }
    }
    let expected = (2 * work::GROUP, 2);
    if (names, answers) == expected {
        Ok(())
    } else {
        Err(format!("{names} names and {answers} answers were seen"))
    }
}
