//! A data root of its own, worked at by Ada.

use std::path::Path;

use serde_json::Value;

use crate::program::{Files, Ran, run};

pub struct Case(Files);

impl Case {
    pub fn new() -> Self {
        Self(Files::new())
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        self.0.write(name, bytes)
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let data = self.path("data");
        run(&[&["--data-dir", &data, "--actor", "Ada"], arguments].concat())
    }

    /// The document of something that is done.
    pub fn done(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], arguments].concat());
        assert_eq!(ran.status, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.document()
    }

    /// The error of something that is refused.
    pub fn refused(&self, arguments: &[&str], status: i32) -> Value {
        let ran = self.run(&[&["--json"], arguments].concat());
        assert_eq!(ran.status, status, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.document()["error"].clone()
    }

    /// What a person reads.
    pub fn page(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    pub fn ingest(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.write(name, bytes);
        self.done(&["ingest", &path]);
    }

    /// Seals, and checks the package with this data root's own rules and keys.
    pub fn seal_and_accept(&self, options: &[&str]) -> Value {
        let sealed = self.done(&[&["seal"], options].concat());
        let report = self.done(&["verify", sealed["bundle"].as_str().unwrap()]);
        assert_eq!(report["verdict"], "accepted", "{report:#}");
        report
    }

    /// Whether bytes occur in any file of the data root.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        holds(Path::new(&self.path("data")), bytes)
    }
}

fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let content = std::fs::read(path).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}
