//! What another user may not read. Root may read everything: so the tests run as nobody where they can.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Kept, folder, in_child, is_child, lines, read_into, skip, walk};

const AS_NOBODY: &[&str] = &[
    "setpriv",
    "--reuid",
    "65534",
    "--regid",
    "65534",
    "--clear-groups",
];

fn as_somebody(test: &str, folder: &Path) {
    let is_root = rustix::process::geteuid().is_root();
    let way = if is_root { AS_NOBODY } else { &["env"] };
    if in_child(test, way, folder).is_none() {
        skip(test, "root may read everything, and setpriv does not work");
    }
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_comes() {
    const TEST: &str = "rights::what_may_not_be_read_is_named_and_the_rest_comes";
    if !is_child(TEST) {
        return as_somebody(TEST, Path::new("/"));
    }
    let (_temp, top) = folder();
    let drop = top.join("drop");
    for path in ["closed/file", "listed/file", "reached/file", "zz"] {
        fs::create_dir_all(drop.join(path).parent().unwrap()).unwrap();
        fs::write(drop.join(path), path).unwrap();
    }
    fs::write(drop.join("locked"), "locked").unwrap();
    let set = |path: &str, mode| {
        fs::set_permissions(drop.join(path), Permissions::from_mode(mode)).unwrap();
    };
    set("closed", 0o000);
    set("listed", 0o400);
    set("reached", 0o100);
    set("locked", 0o200);
    let found = walk(std::slice::from_ref(&drop));
    let reached = walk(&[drop.join("reached/file")]);
    let locked = read_into(&drop.join("locked"), &mut Kept::default());
    let inside = read_into(&drop.join("reached/file"), &mut Kept::default());
    for path in ["closed", "listed", "reached"] {
        set(path, 0o700);
    }
    assert_eq!(
        lines(&found),
        [
            "drop/closed permission_denied",
            "drop/listed/file permission_denied",
            "drop/locked",
            "drop/reached permission_denied",
            "drop/zz"
        ]
    );
    assert_eq!(lines(&reached), ["file"]);
    assert_eq!(locked.unwrap_err().code(), "permission_denied");
    inside.unwrap();
}

/// The owner alone may ask that no trace be left; others may still read.
#[test]
fn the_file_of_another_is_read_all_the_same() {
    const TEST: &str = "rights::the_file_of_another_is_read_all_the_same";
    if is_child(TEST) {
        let mut kept = Kept::default();
        let reading = read_into(Path::new("file"), &mut kept).unwrap();
        assert_eq!(kept.bytes, b"of another");
        assert!(!reading.access_time_kept);
        return;
    }
    if !rustix::process::geteuid().is_root() {
        return skip(TEST, "only root can make a file of another user");
    }
    let (temp, top) = folder();
    fs::set_permissions(temp.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(top.join("file"), "of another").unwrap();
    assert!(
        read_into(&top.join("file"), &mut Kept::default())
            .unwrap()
            .access_time_kept
    );
    as_somebody(TEST, &top);
}
