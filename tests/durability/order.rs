//! Bytes, then name, then folder, then the journal of the commit that names it, then the acknowledgement: as the kernel
//! saw it. The same check finds fault with a program that forces nothing to the disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::program::{Room, program, skip, without_fsync};
use support::sound;

use crate::trace::{Call, What, calls};

const FILES: usize = 12;

/// What the kernel saw of capturing twelve files and sealing them; none where it cannot be watched.
fn watched(test: &str, program: &Path) -> Option<Vec<Call>> {
    let room = Room::new();
    for n in 0..FILES {
        room.write(
            &format!("files/{n}.bin"),
            vec![u8::try_from(n).unwrap(); 1 + n * 9000],
        );
    }
    let mut calls = watch(test, &room, program, &["ingest", "--json-lines", "files"])?;
    let sealing = watch(test, &room, program, &["seal", "--json"])?;
    let after = calls.last().unwrap().done + 1;
    calls.extend(sealing.into_iter().map(|call| Call {
        begun: call.begun + after,
        done: call.done + after,
        ..call
    }));
    sound::chain(&room);
    Some(calls)
}

fn watch(test: &str, room: &Room, program: &Path, arguments: &[&str]) -> Option<Vec<Call>> {
    let trace = room.path("trace");
    let mut strace = Command::new("strace");
    let watched =
        "trace=openat,rename,renameat,renameat2,fsync,fdatasync,write,writev,pwrite64,pwritev";
    strace.args(["-f", "-y", "-s", "1000000", "-e", watched, "-o"]);
    strace.arg(&trace);
    let command = room.command_of(program, arguments);
    strace.arg(command.get_program()).args(command.get_args());
    strace.current_dir(room.path(""));
    strace.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let Ok(output) = strace.output() else {
        skip(test, "strace is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("ptrace") || said.contains("PTRACE") {
        skip(test, "strace may not watch processes here");
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(calls(&fs::read_to_string(trace).unwrap()))
}

/// Everything that happened in the wrong order, or not at all.
fn faults(calls: &[Call]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut blobs, mut bundles) = (0, 0);
    for call in calls {
        match &call.what {
            What::Renamed { from, to } => {
                blobs += usize::from(to.to_string_lossy().contains("/cas/blobs/"));
                bundles += usize::from(to.to_string_lossy().contains("/bundles_out/"));
                faults.extend(renamed(calls, call, from, to));
            }
            What::Created(path) => faults.extend(created(path)),
            What::Said(text) => faults.extend(said(calls, call, text)),
            What::Synced(_) | What::Written(_) => {}
        }
    }
    if (blobs, bundles) != (FILES, 1) {
        faults.push(format!("{blobs} files and {bundles} packages were named"));
    }
    if acknowledged(calls) != FILES + 1 {
        faults.push(format!("{} acknowledgements", acknowledged(calls)));
    }
    faults
}

fn renamed(calls: &[Call], call: &Call, from: &Path, to: &Path) -> Option<String> {
    let name = to.display();
    let Some(forced) = calls
        .iter()
        .rfind(|one| one.done < call.begun && one.what == What::Synced(from.to_owned()))
    else {
        return Some(format!(
            "{name} got its name before its bytes were on the disk"
        ));
    };
    let written = calls.iter().any(|one| {
        one.what == What::Written(from.to_owned())
            && one.done > forced.begun
            && one.begun < call.begun
    });
    if written {
        return Some(format!(
            "{name} was written to after it was forced to the disk"
        ));
    }
    // Whatever is committed or said next may speak of it.
    let next = calls
        .iter()
        .find(|one| one.begun > call.done && (is_commit(one) || matches!(one.what, What::Said(_))))
        .map_or(usize::MAX, |next| next.begun);
    let folder = What::Synced(to.parent().unwrap().to_owned());
    let kept = calls
        .iter()
        .any(|one| one.what == folder && one.begun > call.done && one.done < next);
    (!kept).then(|| format!("{name} was committed before its name was on the disk"))
}

/// Under its final name a file comes into being whole, by its rename.
fn created(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let kept = ["/cas/", "/bundles_out/", "/keys/"]
        .iter()
        .any(|part| text.contains(part));
    let name = path.file_name().unwrap().to_string_lossy();
    let passing = name.starts_with(".new-") || name == ".lock";
    (kept && !passing).then(|| format!("{text} was written in place"))
}

fn said(calls: &[Call], call: &Call, text: &str) -> Option<String> {
    let Some(commit) = calls
        .iter()
        .rfind(|one| is_commit(one) && one.begun < call.begun)
    else {
        return Some("an answer without a commit".to_owned());
    };
    for one in calls {
        let What::Renamed { to, .. } = &one.what else {
            continue;
        };
        // Texts taken from a file are not acknowledged; one may be the very same bytes.
        let answers = ["/cas/blobs/", "/bundles_out/"];
        let answers = answers
            .iter()
            .any(|part| to.to_string_lossy().contains(part));
        let names_it = answers && text.contains(to.file_name().unwrap().to_str().unwrap());
        if names_it && one.done > commit.begun {
            return Some(format!(
                "{} was acknowledged before it was committed",
                to.display()
            ));
        }
    }
    let forced = calls.iter().any(|one| {
        matches!(&one.what, What::Synced(path) if is_journal(path))
            && one.begun > commit.done
            && one.done < call.begun
    });
    (!forced).then(|| "an answer before the commit was on the disk".to_owned())
}

fn is_commit(call: &Call) -> bool {
    matches!(&call.what, What::Written(path) if is_journal(path))
}

fn is_journal(path: &Path) -> bool {
    path.ends_with("termite_fieldpack/runtime/termite.sqlite-wal")
}

fn acknowledged(calls: &[Call]) -> usize {
    let said = calls.iter().filter_map(|call| match &call.what {
        What::Said(text) => Some(text.matches(r#"\"sha256\":\""#).count()),
        _ => None,
    });
    said.sum()
}

#[test]
fn bytes_then_name_then_folder_then_journal_then_acknowledgement() {
    let test = "order::bytes_then_name_then_folder_then_journal_then_acknowledgement";
    let Some(calls) = watched(test, program()) else {
        return;
    };
    assert_eq!(faults(&calls), Vec::<String>::new());

    // The check would notice each step that is left out.
    let without = |left_out: &dyn Fn(&Path) -> bool| {
        let mut rest = calls.clone();
        rest.retain(|call| !matches!(&call.what, What::Synced(path) if left_out(path)));
        faults(&rest).join("\n")
    };
    let named = |path: &Path, begin: &str| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(begin)
    };
    assert!(without(&|path| named(path, ".new-")).contains("before its bytes were on the disk"));
    for folder in ["sha256", "bundles_out", "keys"] {
        let found = without(&|path| named(path, folder));
        assert!(
            found.contains("before its name was on the disk"),
            "{folder}: {found}"
        );
    }
    assert!(without(&is_journal).contains("an answer before the commit was on the disk"));
    let mut early = calls.clone();
    for call in &mut early {
        if matches!(call.what, What::Said(_)) {
            (call.begun, call.done) = (0, 0);
        }
    }
    assert!(!faults(&early).is_empty());
}

#[test]
fn a_program_without_fsync_is_found_out() {
    let test = "order::a_program_without_fsync_is_found_out";
    let Some(calls) = watched(test, without_fsync()) else {
        return;
    };
    let found = faults(&calls).join("\n");
    for fault in [
        "before its bytes were on the disk",
        "an answer before the commit was on the disk",
    ] {
        assert!(found.contains(fault), "{found}");
    }
}
