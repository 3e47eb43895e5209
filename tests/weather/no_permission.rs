//! What this user may not read, and a place where they may not write.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use support::program::{Ran, Room, program, skip};
use support::sound;

const NOBODY: &str = "65534";

/// A command as somebody who is not root; none where that is not possible.
struct Somebody {
    program: Option<PathBuf>,
}

impl Somebody {
    /// Root gives its rights up; everybody else has few enough.
    fn new(test: &str, room: &Room) -> Option<Self> {
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        if !is_root {
            return Some(Self { program: None });
        }
        let mut dropped = Command::new("setpriv");
        dropped.args(["--reuid", NOBODY, "--clear-groups", "true"]);
        if !dropped.status().is_ok_and(|status| status.success()) {
            skip(test, "this root cannot become somebody else");
            return None;
        }
        // The folder of builds may lie where nobody else can enter.
        let copy = room.path("fieldgrade");
        fs::copy(program(), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self {
            program: Some(copy),
        })
    }

    fn run(&self, room: &Room, arguments: &[&str]) -> Ran {
        let Some(program) = &self.program else {
            return room.run(arguments);
        };
        let command = room.command_of(program, arguments);
        let mut dropped = Command::new("setpriv");
        dropped.args(["--reuid", NOBODY, "--clear-groups"]);
        dropped.arg(program).args(command.get_args());
        dropped.current_dir(room.path(""));
        dropped.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        dropped.output().unwrap().into()
    }
}

fn mode(path: PathBuf, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_may_not_be_read_does_not_stop_the_others() {
    let room = Room::new();
    let Some(somebody) = Somebody::new(
        "no_permission::a_file_that_may_not_be_read_does_not_stop_the_others",
        &room,
    ) else {
        return;
    };
    room.write("files/1.txt", "one");
    let secret = room.write("files/2.txt", "two");
    room.write("files/closed/3.txt", "three");
    fs::create_dir(room.data()).unwrap();
    mode(room.data(), 0o777);
    mode(secret.clone(), 0);
    mode(room.path("files/closed"), 0);
    let ran = somebody.run(&room, &["ingest", "files"]).ends(1);
    mode(secret, 0o644);
    mode(room.path("files/closed"), 0o755);
    assert_eq!(
        ran.out,
        "      1    3 bytes  files/1.txt
  not captured   files/2.txt
                 permission_denied: files/2.txt may not be read by this user
                 next: Ask its owner for the right to read it, or for a copy.
  not captured   files/closed
                 permission_denied: files/closed may not be read by this user
                 next: Ask its owner for the right to read it, or for a copy.
Stored: 1 file (3 bytes) as intake 1.
2 files could not be captured; the reasons stand above.
"
    );
    let again = somebody.run(&room, &["ingest", "files", "--json"]).ends(0);
    assert_eq!(again.document()["captured"], 2);
}

#[test]
fn a_data_folder_that_may_not_be_written_to() {
    let room = Room::new();
    let Some(somebody) = Somebody::new(
        "no_permission::a_data_folder_that_may_not_be_written_to",
        &room,
    ) else {
        return;
    };
    room.write("files/1.txt", "one");
    fs::create_dir(room.data()).unwrap();
    mode(room.data(), 0o555);
    let ran = somebody.run(&room, &["ingest", "files"]).ends(3);
    assert_eq!(
        room.hide(&ran.err),
        "error[permission_denied]: Could not create ROOM/data/termite_fieldpack: permission denied.
  at: ROOM/data/termite_fieldpack
  next: Give this user the right to it, or choose another folder with --data-dir.
"
    );
    assert_eq!(sound::files(&room.data()), Vec::<PathBuf>::new());
    mode(room.data(), 0o755);
}
