//! A data root for one test.

use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Files, Ran, command};

/// A data root that a test works in, with passphrases in the environment.
pub struct House {
    pub files: Files,
}

impl House {
    pub fn new() -> Self {
        let files = Files::new();
        files.write("note.txt", "a note");
        Self { files }
    }

    pub fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = command(&["--data-dir", &self.files.path("data")]);
        for name in [
            "FG_KEY_PASSPHRASE",
            "FG_KEY_PASSPHRASE_FILE",
            "FG_KEY_NEW_PASSPHRASE",
            "FG_KEY_NEW_PASSPHRASE_FILE",
        ] {
            command.env_remove(name);
        }
        let output = command
            .envs(variables.iter().copied())
            .args(arguments)
            .output()
            .unwrap();
        Ran {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    /// The answer of a command that must be done.
    pub fn json(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Value {
        let ran = self.run_with(variables, &[arguments, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{}", ran.out);
        ran.document()
    }

    /// The code of a command that must be refused, with its next step.
    pub fn refused(
        &self,
        variables: &[(&str, &str)],
        arguments: &[&str],
        status: i32,
    ) -> (String, String) {
        let ran = self.run_with(variables, &[arguments, &["--json"]].concat());
        assert_eq!(ran.status, status, "{}", ran.out);
        let error = &ran.document()["error"];
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        assert!(!text("message").is_empty() && !text("next").is_empty());
        (text("code"), text("next"))
    }

    /// Captures a file of this name and seals; gives the package.
    pub fn seal(&self, variables: &[(&str, &str)], name: &str) -> String {
        let path = self.files.write(&format!("{name}.txt"), name);
        self.json(&[], &["ingest", &path]);
        let sealed = self.json(variables, &["seal"]);
        sealed["bundle"].as_str().unwrap().to_owned()
    }

    pub fn key_file(&self, name: &str) -> PathBuf {
        let keys = self.files.path("data/termite_fieldpack/runtime/keys");
        PathBuf::from(keys).join(name)
    }
}
