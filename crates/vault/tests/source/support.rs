//! What the tests share: a sink that remembers, a walk as text, and a child of another user.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vault::source::{Found, Place, Reading, Sink, SourceError, Walk, read};

/// A folder of its own, by its path without links.
pub fn folder() -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().canonicalize().unwrap();
    (temp, path)
}

/// Keeps what it is given, and calls back before it takes each piece.
#[derive(Default)]
pub struct Kept<'a> {
    pub bytes: Vec<u8>,
    pub holes: u64,
    pub largest: u64,
    pub restarts: u32,
    pub pieces: u32,
    pub meanwhile: Option<&'a mut dyn FnMut(u32)>,
}

impl<'a> Kept<'a> {
    /// `meanwhile` gets the number of the piece in this attempt, from 0.
    pub fn while_doing(meanwhile: &'a mut dyn FnMut(u32)) -> Self {
        Self {
            meanwhile: Some(meanwhile),
            ..Self::default()
        }
    }

    fn piece(&mut self, length: u64) {
        if let Some(meanwhile) = &mut self.meanwhile {
            meanwhile(self.pieces);
        }
        assert_ne!(length, 0, "an empty piece");
        self.pieces += 1;
        self.largest = self.largest.max(length);
    }
}

impl Sink for Kept<'_> {
    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.piece(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn hole(&mut self, length: u64) -> io::Result<()> {
        self.piece(length);
        self.holes += length;
        let end = self.bytes.len() + usize::try_from(length).unwrap();
        self.bytes.resize(end, 0);
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        self.restarts += 1;
        self.bytes.clear();
        self.holes = 0;
        self.pieces = 0;
        Ok(())
    }
}

pub fn walk(given: &[PathBuf]) -> Vec<Found> {
    Walk::new(given, &[], &mut |_| true).collect()
}

/// One line an entry: the relative path, and the code where it is refused.
pub fn lines(found: &[Found]) -> Vec<String> {
    let line = |found: &Found| {
        let path = found.place().relative().escape_ascii().to_string();
        match found {
            Found::File { .. } => path,
            Found::Refused(error) => format!("{path} {}", error.code()),
        }
    };
    found.iter().map(line).collect()
}

/// The place of one file.
pub fn place(path: &Path) -> Place {
    let found = walk(&[path.to_owned()]);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].place().clone()
}

pub fn read_into(path: &Path, sink: &mut dyn Sink) -> Result<Reading, SourceError> {
    read(&place(path), sink, &mut |_| true)
}

pub fn read_all(path: &Path) -> Vec<u8> {
    let mut kept = Kept::default();
    read_into(path, &mut kept).unwrap();
    kept.bytes
}

pub fn name(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

pub fn skip(test: &str, reason: &str) {
    println!("SKIPPED {test}: {reason}");
}

/// Whether this process is the child that [`in_child`] started for this test.
pub fn is_child(test: &str) -> bool {
    std::env::var("VAULT_TEST_CHILD").is_ok_and(|child| child == test)
}

/// Runs one test of this program again, by way of another command, in a folder. None where that command does not work.
pub fn in_child(test: &str, way: &[&str], folder: &Path) -> Option<()> {
    let works = Command::new(way[0]).args(&way[1..]).arg("true").output();
    works.ok().filter(|tried| tried.status.success())?;
    // Where any user may run it.
    let (temp, path) = self::folder();
    fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = path.join("test");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let output = Command::new(way[0])
        .args(&way[1..])
        .arg(&program)
        .args(["--exact", test, "--nocapture"])
        .env("VAULT_TEST_CHILD", test)
        .env("TMPDIR", "/tmp")
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("1 passed"), "it did not run: {said}");
    Some(())
}
