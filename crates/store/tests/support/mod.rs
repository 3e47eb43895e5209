//! A data root of its own for each test.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod notes;
pub mod work;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use store::{Access, Blobs, DataRoot, Database, Db, Migration, Schema};
use tempfile::TempDir;

/// A temporary data root, removed at the end.
pub struct Place {
    folder: TempDir,
}

/// A database with one table `notes (id, text)`.
pub const NOTES: Schema = Schema {
    migrations: &[Migration {
        version: 1,
        name: "notes",
        sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
    }],
    derived: false,
};

impl Place {
    pub fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        DataRoot::create(&place.path()).unwrap();
        place
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// Opens the root, waiting for nobody.
    pub fn open(&self, access: Access) -> DataRoot {
        open_at(&self.path(), access)
    }

    pub fn blobs(&self) -> Blobs {
        Blobs::open(&self.open(Access::Write)).unwrap()
    }

    pub fn db(&self) -> Db {
        Db::open(&self.open(Access::Write), Database::Termite, &NOTES).unwrap()
    }

    pub fn tmp(&self) -> PathBuf {
        self.path().join("termite_fieldpack/runtime/cas/tmp")
    }

    pub fn temporary_files(&self) -> usize {
        fs::read_dir(self.tmp()).map_or(0, Iterator::count)
    }
}

pub fn open_at(path: &Path, access: Access) -> DataRoot {
    let root = DataRoot::open(path, access).unwrap();
    root.with_wait(Duration::ZERO)
        .with_busy_timeout(Duration::from_millis(50))
}

/// A command that runs one test of this very executable, as a child of its own. Such a test returns at once where
/// [`given_root`] gives none, so that the harness may call it too.
pub fn child(test: &str, root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ROOT, root);
    command
}

/// Inside such a child: the root it was given. None where the harness itself calls it.
pub fn given_root() -> Option<PathBuf> {
    std::env::var_os(ROOT).map(PathBuf::from)
}

/// Says past the test harness that a test could not be done here.
pub fn skip(name: &str, reason: &str) {
    let mut past = std::io::stderr(); // the macros would be caught by the harness
    writeln!(past, "SKIPPED {name}: {reason}").unwrap();
}

/// The same command in a mount name space of its own, after a shell has prepared it; none where that is not permitted.
pub fn with_mounts(prepare: &str, command: &Command) -> Option<Command> {
    let permitted = Command::new("unshare")
        .args(["-Urm", "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    let mut wrapped = Command::new("unshare");
    wrapped.args(["-Urm", "sh", "-c", &format!("{prepare}; exec \"$@\""), "sh"]);
    wrapped.arg(command.get_program()).args(command.get_args());
    wrapped.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    permitted.then_some(wrapped)
}

const ROOT: &str = "STORE_TEST_ROOT";
