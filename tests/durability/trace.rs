//! What strace saw, as far as it is about reaching the disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One system call: when it began and when it was done, as places in the trace.
#[derive(Debug, Clone)]
pub struct Call {
    pub begun: usize,
    pub done: usize,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A file or folder was forced to the disk.
    Synced(PathBuf),
    /// A file got another name.
    Renamed { from: PathBuf, to: PathBuf },
    /// A file was made.
    Created(PathBuf),
    /// Bytes were handed to the system.
    Written(PathBuf),
    /// Something was said on standard output.
    Said(String),
}

/// Reads the output of `strace -f -y`.
pub fn calls(trace: &str) -> Vec<Call> {
    let mut waiting: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, line) in trace.lines().enumerate() {
        let Some((process, text)) = line.split_once(' ') else {
            continue;
        };
        let text = text.trim_start();
        if let Some(begin) = text.strip_suffix("<unfinished ...>") {
            waiting.insert(process, (at, begin));
            continue;
        }
        let (begun, beginning) = match text.strip_prefix("<... ") {
            Some(_) => match waiting.remove(process) {
                Some((begun, beginning)) => (begun, beginning),
                None => continue,
            },
            None => (at, text),
        };
        let failed = text
            .rsplit_once(" = ")
            .is_none_or(|(_, end)| end.starts_with('-'));
        if let (false, Some(what)) = (failed, what(beginning)) {
            calls.push(Call {
                begun,
                done: at,
                what,
            });
        }
    }
    calls.sort_by_key(|call| call.begun);
    calls
}

fn what(call: &str) -> Option<What> {
    let (name, arguments) = call.split_once('(')?;
    Some(match name {
        "fsync" | "fdatasync" => What::Synced(opened(arguments)?),
        "rename" | "renameat" | "renameat2" => {
            let mut names = quoted(arguments);
            What::Renamed {
                from: names.next()?.into(),
                to: names.next()?.into(),
            }
        }
        "openat" if arguments.contains("O_CREAT") => {
            What::Created(quoted(arguments).next()?.into())
        }
        "write" | "writev" if arguments.starts_with("1<") => What::Said(arguments.to_owned()),
        "write" | "writev" | "pwrite64" | "pwritev" => What::Written(opened(arguments)?),
        _ => return None,
    })
}

/// The file behind a number, as `-y` tells it: `5</path>`.
fn opened(arguments: &str) -> Option<PathBuf> {
    let path = arguments.split_once('<')?.1.split_once('>')?.0;
    Some(Path::new(path.strip_suffix("(deleted)").unwrap_or(path)).to_owned())
}

fn quoted(arguments: &str) -> impl Iterator<Item = &str> {
    arguments.split('"').skip(1).step_by(2)
}
