//! Runs the program, inside of the folder of vectors so that paths are short.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// The top of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldgrade"));
    command
        .args(arguments)
        .current_dir(project().join("tests/vectors"))
        .stdin(Stdio::null());
    command
}

pub fn run(arguments: &[&str]) -> Ran {
    let output = command(arguments).output().unwrap();
    Ran {
        status: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The one JSON document on standard output, and nothing anywhere else.
    pub fn document(&self) -> serde_json::Value {
        assert_eq!(self.err, "");
        assert!(self.out.ends_with('\n'), "{}", self.out);
        serde_json::from_str(&self.out).expect("one document")
    }
}

/// A folder for files of a test; its path is written `DIR` in what is compared.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn hide(&self, text: &str) -> String {
        text.replace(self.0.path().to_str().unwrap(), "DIR")
    }
}

/// Says past the test harness that a test could not be done here.
pub fn skip(name: &str, reason: &str) {
    use std::io::Write;
    let mut past = std::io::stderr(); // the macros would be caught by the harness
    writeln!(past, "SKIPPED {name}: {reason}").unwrap();
}
