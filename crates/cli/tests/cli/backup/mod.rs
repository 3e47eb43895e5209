//! Backups: made, proved, restored, gone on from.

mod damaged;
mod going_on;
mod interrupted;
mod making;

use std::path::{Path, PathBuf};

use crate::doctor::place::{Root, ran};
use crate::program::Ran;

impl Root {
    fn backup(&self, arguments: &[&str]) -> Ran {
        let to = self.beside("backup");
        let mut all = vec![to.to_str().unwrap()];
        all.extend(arguments);
        self.run("backup", &all)
    }

    /// The backup beside the root, proved.
    fn check(&self) -> Ran {
        let from = self.beside("backup");
        self.run("restore", &[from.to_str().unwrap(), "--check"])
    }

    /// Restores the backup into another root beside this one.
    fn restored_to(&self, name: &str) -> Ran {
        let from = self.beside("backup");
        self.at(
            name,
            "restore",
            &[from.to_str().unwrap(), "--reason", "the disk died"],
        )
    }

    /// A command at another root beside this one.
    fn at(&self, name: &str, verb: &str, arguments: &[&str]) -> Ran {
        let mut command = crate::program::command(&[verb]);
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.beside(name));
        command.env_remove("FG_DATA_DIR");
        ran(command)
    }

    fn must_at(&self, name: &str, verb: &str, arguments: &[&str]) -> Ran {
        let ran = self.at(name, verb, arguments);
        assert_eq!(
            ran.status, 0,
            "{verb} {arguments:?}: {}{}",
            ran.out, ran.err
        );
        ran
    }

    /// The keys folder comes along by hand, as somebody does who keeps keys apart; not what is remembered in it.
    fn give_keys_to(&self, name: &str) {
        let keys = self.beside(name).join("termite_fieldpack/runtime/keys");
        let pem = "toolchain_ed25519.pem";
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::copy(self.runtime("keys").join(pem), keys.join(pem)).unwrap();
    }
}

/// The sealed package that `seal` tells of.
fn sealed(ran: &Ran) -> PathBuf {
    let line = ran
        .out
        .lines()
        .find_map(|line| line.strip_prefix("  File "));
    Path::new(line.unwrap().trim()).to_owned()
}
