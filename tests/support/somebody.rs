//! A user of this computer who is not root.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{Ran, Room, skip};

/// The user `nobody`.
pub const NOBODY: u32 = 65534;

/// Runs a program as somebody who is not root.
#[derive(Debug)]
pub struct Somebody {
    program: PathBuf,
    drops: bool,
}

impl Somebody {
    /// Root gives its rights up; everybody else has few enough. None, and said so, where that is not possible.
    pub fn new(test: &str, room: &Room, program: &Path) -> Option<Self> {
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        if !is_root {
            return Some(Self {
                program: program.to_owned(),
                drops: false,
            });
        }
        let mut dropped = dropping();
        if !dropped
            .arg("true")
            .status()
            .is_ok_and(|status| status.success())
        {
            skip(test, "this root cannot become somebody else");
            return None;
        }
        // The folder of builds may lie where nobody else can enter.
        let copy = room.path("fieldgrade");
        fs::copy(program, &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self {
            program: copy,
            drops: true,
        })
    }

    /// A command in a room.
    pub fn command(&self, room: &Room, arguments: &[&str]) -> Command {
        let command = room.command_of(&self.program, arguments);
        if !self.drops {
            return command;
        }
        let mut dropped = dropping();
        dropped.arg(&self.program).args(command.get_args());
        dropped.current_dir(room.path(""));
        let given = command.get_envs();
        dropped.envs(given.filter_map(|(name, value)| Some((name, value?))));
        dropped
    }

    /// Runs it.
    pub fn run(&self, room: &Room, arguments: &[&str]) -> Ran {
        self.command(room, arguments).output().unwrap().into()
    }
}

fn dropping() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &NOBODY.to_string(), "--clear-groups"]);
    command
}
