//! One good root, built once by the real program, and copies of it to be damaged.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::program::{Ran, command};

/// The SHA-256 of `note 1\n`, `note 2\n`, `note 3\n`.
pub const ONE: &str = "6d1663cfde8d2df8419d759f8f37a3e9ad62718e6df424a0ba08c860222808e6";
pub const TWO: &str = "6480266b7d4df621be136e30eae9bb84506a431bbb1965d9b7190373c2ed04af";
const THREE: &str = "68deab2fba92ac922be311b71d1dcbbd387601e76712539274d64fe7a993595b";

const RUNTIME: &str = "termite_fieldpack/runtime";

/// A data root in a folder of its own.
pub struct Root {
    folder: TempDir,
}

impl Root {
    /// Three notes and a sealed package in the case `default`, one of the notes in the case `other`.
    pub fn new() -> Self {
        static GOOD: OnceLock<Root> = OnceLock::new();
        let good = GOOD.get_or_init(|| {
            let root = Self::empty();
            let files: Vec<String> = (1..=3)
                .map(|n| root.file(&format!("in/{n}.txt"), &format!("note {n}\n")))
                .collect();
            let names: Vec<&str> = files.iter().map(String::as_str).collect();
            root.must("ingest", &names);
            root.must("seal", &[]);
            root.must("projects", &["create", "other"]);
            root.must("ingest", &[&files[0], "--project", "other"]);
            root
        });
        let copy = Self::empty();
        copy.take_over(good);
        copy
    }

    /// A place where no root is yet.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn take_over(&self, other: &Self) {
        let mut copy = Command::new("cp");
        copy.args(["-a"]).arg(other.root()).arg(self.root());
        assert!(copy.status().unwrap().success());
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A path beside the root.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file beside the root.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.beside(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn runtime(&self, name: &str) -> PathBuf {
        self.root().join(RUNTIME).join(name)
    }

    pub fn blob(&self, digest: &str) -> PathBuf {
        self.runtime("cas/blobs/sha256").join(digest)
    }

    /// The one sealed package.
    pub fn bundle(&self) -> PathBuf {
        only(&self.root().join("termite_fieldpack/artifacts/bundles_out"))
    }

    /// Changes the database behind the program's back.
    pub fn sql(&self, sql: &str) {
        let database = Connection::open(self.runtime("termite.sqlite")).unwrap();
        database.execute_batch(sql).unwrap();
    }

    /// Writes over a file whatever its mode is; a new one is private.
    pub fn overwrite(path: &Path, bytes: impl AsRef<[u8]>) {
        if !path.exists() {
            fs::write(path, "").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let mode = fs::metadata(path).unwrap().permissions();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, mode).unwrap();
    }

    pub fn command(&self, verb: &str, arguments: &[&str]) -> Command {
        let mut command = command(&[verb]);
        command.args(arguments).arg("--data-dir").arg(self.root());
        if verb == "ingest" {
            // Without texts the entries are few, and their numbers are easy to follow in what doctor says.
            command.args(["--index", "later"]);
        }
        command.env_remove("FG_DATA_DIR");
        command
    }

    pub fn run(&self, verb: &str, arguments: &[&str]) -> Ran {
        ran(self.command(verb, arguments))
    }

    pub fn must(&self, verb: &str, arguments: &[&str]) -> Ran {
        let ran = self.run(verb, arguments);
        assert_eq!(
            ran.status, 0,
            "{verb} {arguments:?}: {}{}",
            ran.out, ran.err
        );
        ran
    }

    /// Status and findings of `doctor` with their places, but for what it always says.
    pub fn says(&self, arguments: &[&str]) -> (i32, String) {
        let ran = self.run("doctor", arguments);
        assert_eq!(ran.err, "");
        (ran.status, self.findings(&ran.out))
    }

    /// What is said of a root that is damaged beyond opening it, too.
    pub fn findings(&self, out: &str) -> String {
        let mut said = String::new();
        let mut passed_over = false;
        for line in self.plain(out).lines() {
            if line.is_empty() {
                break;
            }
            if !line.starts_with("  ") {
                passed_over = super::ALWAYS.iter().any(|always| line.starts_with(always));
            }
            if !passed_over && !line.starts_with("  next: ") {
                said.push_str(line);
                said.push('\n');
            }
        }
        said
    }

    /// Without what differs from root to root.
    pub fn plain(&self, text: &str) -> String {
        let folder = self.root();
        let text = text.replace(&format!("{}/{RUNTIME}", folder.display()), "RUNTIME");
        let text = text.replace(folder.to_str().unwrap(), "ROOT");
        let text = text.replace(self.folder.path().to_str().unwrap(), "DIR");
        let text = text
            .replace(ONE, "ONE")
            .replace(TWO, "TWO")
            .replace(THREE, "THREE");
        let bundle = text.find("case_0001_").map(|at| &text[at..at + 33]);
        let text = bundle.map_or(text.clone(), |name| text.replace(name, "case_0001.zip"));
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
            let digits = rest[at..].bytes().take_while(u8::is_ascii_hexdigit).count();
            plain.push_str(&rest[..at]);
            let found = &rest[at..at + digits];
            plain.push_str(if digits == 64 { "DIGEST" } else { found });
            rest = &rest[at + digits..];
        }
        plain.push_str(rest);
        let key = plain.find("FG_").map(|at| plain[at..at + 11].to_owned());
        key.map_or(plain.clone(), |key| plain.replace(&key, "FG_KEY"))
    }

    /// Every file with its bytes, but for what SQLite keeps beside a database and the signs of who is there.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.root()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.to_str().unwrap();
                if path.is_dir() {
                    folders.push(path);
                } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
                    found.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        found
    }
}

pub fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The one file in a folder.
pub fn only(folder: &Path) -> PathBuf {
    let mut paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let first = paths.next().unwrap();
    assert!(paths.next().is_none());
    first
}
