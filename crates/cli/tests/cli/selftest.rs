//! The program tried out on this machine.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::doctor::place::{Root, ran};
use crate::program::skip;

#[test]
fn everything_is_tried_and_nothing_stays() {
    let root = Root::new();
    let before = root.contents();
    let start = Instant::now();
    let ran = root.run("selftest", &[]);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "far less than this, unless the machine is busy"
    );
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    for line in [
        "  good  the clock: ",
        "  good  random numbers: different each time\n",
        "  good  the file system: ",
        "  good  capturing and sealing: 40 files, one package of ",
        "  good  checking a package: ",
        "  good  refusing a changed package: 4 changes of one bit, all refused\n",
        "  good  making a package again: the same bytes\n",
        "  good  the record: ",
    ] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    assert!(
        ran.out.ends_with("\nEverything works here.\n"),
        "{}",
        ran.out
    );
    assert_eq!(root.contents(), before);
    let mut beside = std::fs::read_dir(root.beside("")).unwrap();
    assert!(beside.all(|entry| {
        !entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("selftest")
    }));
    assert_eq!(root.run("selftest", &["--json"]).document()["good"], true);
}

#[test]
fn a_disk_without_room_is_not_good() {
    let root = Root::empty();
    std::fs::create_dir(root.root()).unwrap();
    let inner = root.command("selftest", &[]);
    let mount = "mount -t tmpfs -o size=48k tmpfs \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", mount]).arg(root.root());
    command.arg(inner.get_program()).args(inner.get_args());
    let ran = ran(command);
    if ran.err.contains("unshare") || ran.err.contains("mount:") {
        skip("a_disk_without_room", "no mount name spaces here");
        return;
    }
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    assert!(
        ran.out
            .contains("  bad   capturing and sealing: disk_full: "),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .ends_with("\nDo not use it here before this is resolved.\n"),
        "{}",
        ran.out
    );
}
