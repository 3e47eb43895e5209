//! Tests that mount something: they run once more as a child in a mount name space of its own, which takes every mount
//! with it when it ends.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::program::skip;

const INSIDE: &str = "FIELDGRADE_TEST_INSIDE";

/// True inside of the name space. Outside, the test named (by its whole path) is run inside, and nothing is left to do.
///
/// # Panics
/// If the test fails inside.
pub fn inside(test: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        return true;
    }
    // Without being root, one can be made so in a name space of users, where that is permitted.
    let Some(ways) = ["-m", "-Urm"].into_iter().find(|ways| permitted(ways)) else {
        skip(test, "mounts are not permitted here");
        return false;
    };
    let output = Command::new("unshare")
        .arg(ways)
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{}{}", said[0], said[1]);
    assert!(
        said[0].contains("1 passed"),
        "no test is called {test}: {}",
        said[0]
    );
    false
}

fn permitted(ways: &str) -> bool {
    let tried = Command::new("unshare")
        .args([ways, "sh", "-c", "mount -t tmpfs none /mnt"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// Mounts an empty file system of so many bytes.
pub fn small_disk(place: &Path, bytes: u64) {
    mount(
        &["-t", "tmpfs", "-o", &format!("size={bytes}"), "none"],
        place,
    );
}

/// Gives such a file system another size.
pub fn resize(place: &Path, bytes: u64) {
    mount(&["-o", &format!("remount,size={bytes}")], place);
}

/// Makes a folder readable only, as a write-blocked drive is.
pub fn read_only(place: &Path) {
    mount(&["--bind", place.to_str().unwrap()], place);
    mount(&["-o", "remount,bind,ro"], place);
}

/// Takes a mount away.
pub fn unmount(place: &Path) {
    assert!(
        Command::new("umount")
            .arg(place)
            .status()
            .unwrap()
            .success()
    );
}

fn mount(arguments: &[&str], place: &Path) {
    let mounted = Command::new("mount").args(arguments).arg(place).status();
    assert!(mounted.unwrap().success(), "mount {arguments:?}");
}
