//! What the data lies on, and who else can get at it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::place::{Root, ran};
use crate::program::skip;

fn mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn keys_that_are_gone_wrong_or_seen() {
    let root = Root::new();
    let key = root.runtime("keys/toolchain_ed25519.pem");
    mode(&key, 0o644);
    let exposed = "the private key FG_KEY (mode 0644, 0600 is right)\n  at: RUNTIME/keys/toolchain_ed25519.pem\n";
    assert_eq!(
        root.says(&[]),
        (
            0,
            format!("warning[key_exposed]: others can read {exposed}")
        )
    );
    assert_eq!(
        root.says(&["--repair"]),
        (
            0,
            format!("repaired[key_exposed]: others can read {exposed}")
        )
    );
    assert_eq!(root.says(&[]), (0, String::new()));
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\n").unwrap();
    let (status, said) = root.says(&[]);
    assert!(
        status == 1 && said.starts_with("error[key_invalid]: "),
        "{said}"
    );
    fs::remove_file(&key).unwrap();
    let (status, said) = root.says(&[]);
    let expected = "\
error[key_missing]: the signing key FG_KEY is not in RUNTIME/keys/toolchain_ed25519.pem
  at: RUNTIME/keys/toolchain_ed25519.pem
";
    assert_eq!((status, said.as_str()), (1, expected));
}

#[test]
fn folders_that_everybody_can_enter() {
    let root = Root::new();
    mode(&root.runtime("termite.sqlite"), 0o644);
    mode(&root.root().join("termite_fieldpack/runtime"), 0o755);
    let exposed = "\
warning[folder_exposed]: everybody on this machine can get at it (mode 0755, 0700 is right)
  at: RUNTIME
warning[folder_exposed]: everybody on this machine can get at it (mode 0644, 0600 is right)
  at: RUNTIME/termite.sqlite
";
    assert_eq!(root.says(&[]), (0, exposed.to_owned()));
    let mended = exposed.replace("warning[", "repaired[");
    assert_eq!(root.says(&["--repair"]), (0, mended));
    assert_eq!(root.says(&[]), (0, String::new()));
}

#[test]
fn a_disk_that_is_nearly_full() {
    let root = Root::new();
    let mut command = root.command("doctor", &[]);
    command.env("FG_DISK_RESERVE_BYTES", "9000000000000000000");
    let ran = ran(command);
    assert_eq!(ran.status, 0);
    assert!(
        ran.out.contains("bytes are free; 9000000000000000000 should be, so that the record can always be written\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_clock_that_went_back() {
    let root = Root::new();
    root.sql("UPDATE chains SET last_ts_utc = '9000-01-01T00:00:00.000000+00:00' WHERE id = 1");
    let (status, said) = root.says(&[]);
    assert_eq!(status, 0);
    assert!(
        said.starts_with("warning[clock_went_back]: the clock shows "),
        "{said}"
    );
    assert!(
        said.contains(
            "but the last entry of default was written at 9000-01-01T00:00:00.000000+00:00"
        ),
        "{said}"
    );
}

#[test]
fn on_a_read_only_mount_everything_is_looked_at_and_nothing_recorded() {
    let root = Root::new();
    fs::remove_file(root.blob(super::place::TWO)).unwrap();
    for closed in [false, true] {
        if closed {
            root.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        let inner = root.command("doctor", &["--read-data"]);
        let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["-Urm", "sh", "-c", mount]).arg(root.root());
        command.arg(inner.get_program()).args(inner.get_args());
        let ran = ran(command);
        if ran.err.contains("unshare") || ran.err.contains("mount:") {
            skip("on_a_read_only_mount", "no mount name spaces here");
            return;
        }
        let said = root.findings(&ran.out);
        let expected = "\
error[blob_missing]: the raw bytes TWO are missing; needed by item 2 of default
  at: RUNTIME/cas/blobs/sha256/TWO
note[read_only]: the data lies on a read-only mount; nothing is recorded
  at: RUNTIME
";
        assert_eq!(
            (ran.status, said.as_str(), ran.err.as_str()),
            (1, expected, "")
        );
    }
}

#[test]
fn nothing_is_mended_while_others_work() {
    let root = Root::new();
    let lock = fs::File::open(root.runtime(".lock")).unwrap();
    lock.lock_shared().unwrap();
    assert_eq!(
        root.says(&[]),
        (0, String::new()),
        "looking disturbs nobody"
    );
    let ran = root.run("doctor", &["--repair"]);
    assert_eq!(ran.status, 3);
    assert!(ran.err.starts_with("error[root_in_use]: "), "{}", ran.err);
}
