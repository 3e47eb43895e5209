use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use vault::source::{Found, Problem, Walk};

use crate::support::{Kept, folder, in_child, is_child, lines, name, place, read_all, skip, walk};

fn write(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, path.as_os_str().as_encoded_bytes()).unwrap();
}

#[test]
fn paths_come_in_the_order_of_their_bytes_and_exactly() {
    let (_temp, top) = folder();
    let drop = top.join("drop");
    for path in ["b", "a.txt", "a/z", "a/b/c", "a-b", "aa", "B", "a/b!", "ä"] {
        write(&drop.join(path));
    }
    for odd in [
        &b"caf\xe9.txt"[..],
        b"line\nbreak",
        b" ",
        b"\xed\xa0\x80",
        b"-rf",
        b"\\",
        b"\x1b[2J",
    ] {
        write(&drop.join(name(odd)));
    }
    fs::create_dir_all(drop.join("empty/nothing")).unwrap();
    let found = walk(std::slice::from_ref(&drop));
    let paths: Vec<_> = found
        .iter()
        .map(|found| found.place().relative().to_vec())
        .collect();
    assert_eq!(paths.len(), 16);
    assert!(paths.is_sorted(), "{:?}", lines(&found));
    assert!(paths.contains(&b"drop/caf\xe9.txt".to_vec()));
    assert!(paths.contains(&b"drop/a/b/c".to_vec()));
    // Every one of them can be read by its exact name, and shown on one line.
    for found in &found {
        let Found::File { place, size } = found else {
            panic!("{found:?}")
        };
        let held = place.absolute().as_os_str().as_encoded_bytes();
        assert_eq!(*size, held.len() as u64);
        assert_eq!(read_all(place.absolute()), held);
        assert!(!place.to_string().contains(['\n', '\x1b']));
    }
}

#[test]
fn dots_and_slashes_mean_what_they_mean_elsewhere() {
    let (_temp, top) = folder();
    write(&top.join("case/sub/file"));
    let listed = |given: &str| lines(&walk(&[top.join(given)]));
    for whole in [
        "case",
        "case/",
        "case//",
        "case/.",
        "case/sub/..",
        "./case",
        "case/sub/../../case/",
    ] {
        assert_eq!(listed(whole), ["case/sub/file"], "{whole}");
    }
    assert_eq!(listed("case/sub/./file"), ["file"]);
    assert_eq!(listed("case/sub/file/"), ["file no_such_file"]);
    assert_eq!(listed("case/sub/file/."), ["file no_such_file"]);
    assert_eq!(listed("nothing"), ["nothing no_such_file"]);
    assert_eq!(listed("nothing/at/all"), ["all no_such_file"]);
    assert_eq!(lines(&walk(&[PathBuf::new()])), [" no_such_file"]);
}

#[test]
fn relative_arguments_are_seen_from_the_current_folder() {
    const TEST: &str = "walking::relative_arguments_are_seen_from_the_current_folder";
    if is_child(TEST) {
        for (given, expected) in [
            (".", "sub/file"),
            ("", " no_such_file"),
            ("..", "case/sub/file"),
            ("file", "file"),
            ("./file", "file"),
            ("../sub", "sub/file"),
        ] {
            assert_eq!(lines(&walk(&[given.into()])), [expected], "{given}");
        }
        return;
    }
    let (_temp, top) = folder();
    write(&top.join("case/sub/file"));
    in_child(TEST, &["env"], &top.join("case/sub")).unwrap();
}

#[test]
fn what_is_given_twice_comes_once() {
    let (_temp, top) = folder();
    write(&top.join("one/a"));
    write(&top.join("two/a"));
    write(&top.join("one-more"));
    fs::hard_link(top.join("one/a"), top.join("one/b")).unwrap();
    let given = ["one/a", "one/./a", "two/../one/a"].map(|path| top.join(path));
    assert_eq!(lines(&walk(&given)), ["a"]);
    // In a folder that is given as well, and beside one whose name begins alike.
    let given = ["one/a", "one-more", "one", "one/"].map(|path| top.join(path));
    assert_eq!(lines(&walk(&given)), ["one-more", "one/a", "one/b"]);
    // One name from two places is two files, in the order of the places, however they were given.
    for order in [["two/a", "one/a"], ["one/a", "two/a"]] {
        let found = walk(&order.map(|path| top.join(path)));
        assert_eq!(found[0].place().absolute(), top.join("one/a"));
        assert_eq!(found[1].place().absolute(), top.join("two/a"));
        assert_eq!(found.len(), 2);
    }
}

#[test]
fn links_are_named_and_not_followed() {
    let (_temp, top) = folder();
    write(&top.join("real/file"));
    fs::create_dir(top.join("drop")).unwrap();
    for (target, link) in [
        ("../real", "folder"),
        ("../real/file", "file"),
        ("nowhere", "dangling"),
        ("itself", "itself"),
        (".", "here"),
    ] {
        symlink(target, top.join("drop").join(link)).unwrap();
    }
    let found = walk(&[top.join("drop")]);
    let expected = ["dangling", "file", "folder", "here", "itself"];
    let expected = expected.map(|link| format!("drop/{link} not_a_file:symlink"));
    assert_eq!(lines(&found), expected);
    let Found::Refused(error) = &found[2] else {
        panic!()
    };
    assert_eq!(error.to_string(), "drop/folder is a link to ../real");
    assert!(matches!(&error.problem, Problem::Link { target } if target == b"../real"));

    // As an argument the same, unless a slash says that the folder behind it is meant.
    let listed = |given: &str| lines(&walk(&[top.join(given)]));
    assert_eq!(listed("drop/folder"), ["folder not_a_file:symlink"]);
    assert_eq!(listed("drop/file"), ["file not_a_file:symlink"]);
    assert_eq!(listed("drop/dangling"), ["dangling not_a_file:symlink"]);
    assert_eq!(listed("drop/folder/"), ["real/file"]);
    assert_eq!(listed("drop/folder/file"), ["file"]);
    assert_eq!(
        listed("drop/dangling/"),
        ["dangling no_such_file"].map(str::to_owned)
    );
    assert_eq!(listed("drop/itself/"), ["itself loop"]);
    assert_eq!(listed("drop/itself/file"), ["file loop"]);
}

#[test]
fn own_data_is_never_entered() {
    let (_temp, top) = folder();
    write(&top.join("home/own/secret"));
    write(&top.join("home/note"));
    symlink("home/own", top.join("other-way")).unwrap();
    let listed = |given: &str, exclude: &str| {
        let walk = &mut |_| true;
        let found: Vec<_> = Walk::new(&[top.join(given)], &[top.join(exclude)], walk).collect();
        lines(&found)
    };
    let refused = ["home/note", "home/own own_data"];
    assert_eq!(listed("home", "home/own"), refused);
    assert_eq!(listed("home", "other-way"), refused);
    assert_eq!(listed("home/own", "home/own"), ["own own_data"]);
    assert_eq!(listed("other-way/", "home/own"), ["own own_data"]);
    assert_eq!(listed("home/own/secret", "home/own"), ["secret own_data"]);
    assert_eq!(listed("home/note", "home/own"), ["note"]);
    let file = ["home/note own_data", "home/own/secret"];
    assert_eq!(listed("home", "home/note"), file);
    assert_eq!(
        listed("home", "not-there"),
        ["home/note", "home/own/secret"]
    );
}

#[test]
fn the_running_system_is_not_captured() {
    for (given, refused) in [
        ("/proc", "proc not_a_file:system"),
        ("/proc/version", "version not_a_file:system"),
        ("/sys/kernel", "kernel not_a_file:system"),
        ("/dev/null", "null not_a_file:device"),
    ] {
        assert_eq!(lines(&walk(&[given.into()])), [refused]);
    }
    let mut left = 100_000;
    let mut until_enough = |_| {
        left -= 1;
        left > 0
    };
    let found = Walk::new(
        &["/".into()],
        &["/tmp".into(), "/usr".into()],
        &mut until_enough,
    );
    let mut paths = found.map(|found| lines(&[found]).remove(0));
    assert!(paths.all(|path| !path.starts_with("proc/") && !path.starts_with("sys/")));
}

#[test]
fn ten_thousand_files_and_the_same_content_twice() {
    let (_temp, top) = folder();
    for i in 0..100 {
        fs::create_dir(top.join(format!("f{i:02}"))).unwrap();
        for j in 0..100 {
            fs::write(top.join(format!("f{i:02}/{j}")), format!("{}", j % 7)).unwrap();
        }
    }
    let found = walk(std::slice::from_ref(&top));
    assert_eq!(found.len(), 10_000);
    assert!(
        found
            .iter()
            .map(|found| found.place().relative())
            .is_sorted()
    );
    let mut sevens = 0;
    for found in &found {
        let bytes = read_all(found.place().absolute());
        sevens += u32::from(bytes == b"6");
    }
    assert_eq!(sevens, 1400);
}

#[test]
fn depth_costs_no_descriptors_and_long_paths_work() {
    const DEPTH: usize = 1500;
    let (_temp, top) = folder();
    let mut at = openat(CWD, &top, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..DEPTH {
        mkdirat(at.as_fd(), "deep-down", Mode::RWXU).unwrap();
        at = openat(at.as_fd(), "deep-down", OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    for file in ["a", "z"] {
        let flags = OFlags::CREATE | OFlags::WRONLY;
        let file = openat(at.as_fd(), file, flags, Mode::RUSR).unwrap();
        rustix::io::write(file, b"bottom").unwrap();
    }
    write(&top.join("deep-down/zz"));
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    let mut most = 0;
    let mut found = Vec::new();
    let mut go_on = |_| {
        most = most.max(open());
        true
    };
    found.extend(Walk::new(std::slice::from_ref(&top), &[], &mut go_on));
    let bottom = found[0].place().clone();
    let ways: Vec<_> = found
        .iter()
        .map(|found| found.place().relative().len())
        .collect();
    // Straight removal is beyond what the standard library can do with its descriptors.
    let mut kept = Kept::default();
    let outcome = vault::source::read(&bottom, &mut kept, &mut |_| true);
    Command::new("rm")
        .arg("-rf")
        .arg(top.join("deep-down"))
        .status()
        .unwrap();
    outcome.unwrap();
    assert_eq!(kept.bytes, b"bottom");
    assert_eq!(found.len(), 3);
    assert!(ways[0] > 10 * DEPTH && ways[2] < 100);
    // Other tests run beside this one and open files too.
    assert!(most < before + 200, "{most} descriptors");
}

#[test]
fn a_walk_can_be_canceled_anywhere() {
    let (_temp, top) = folder();
    for i in 0..3000 {
        fs::write(top.join(format!("{i}")), "").unwrap();
    }
    for after in [0, 1, 2, 5] {
        let mut asked = 0;
        let mut go_on = |_| {
            asked += 1;
            asked <= after
        };
        let found: Vec<_> = Walk::new(std::slice::from_ref(&top), &[], &mut go_on).collect();
        let last = lines(&found).pop().unwrap();
        assert!(last.ends_with(" canceled"), "{last}");
        assert!(found.len() <= after + 1);
        assert_eq!(asked, after + 1, "asked again after it was canceled");
    }
    // Whoever is not asked while a folder of 3000 is listed cannot stop it: asked at 1024 and 2048.
    let mut told = Vec::new();
    let mut go_on = |met| {
        told.push(met);
        true
    };
    let first = Walk::new(std::slice::from_ref(&top), &[], &mut go_on).next();
    assert!(matches!(first, Some(Found::File { .. })));
    assert_eq!(told.len(), 4, "{told:?}");
}

#[test]
fn a_walk_survives_what_changes_under_it() {
    let (_temp, top) = folder();
    let drop = top.join("drop");
    for path in ["a/1", "a/2", "b/1", "c", "d/1"] {
        write(&drop.join(path));
    }
    let mut go_on = |_| true;
    let mut walk = Walk::new(std::slice::from_ref(&drop), &[], &mut go_on);
    let first = walk.next().unwrap();
    assert_eq!(first.place().relative(), b"drop/a/1");
    // The folder it is in goes elsewhere, one to come goes away, one becomes a link to what was never dropped.
    fs::rename(drop.join("a"), top.join("elsewhere")).unwrap();
    fs::remove_dir_all(drop.join("b")).unwrap();
    fs::rename(drop.join("d"), top.join("d")).unwrap();
    symlink("../d", drop.join("d")).unwrap();
    let rest: Vec<_> = walk.collect();
    assert_eq!(
        lines(&rest),
        [
            "drop/a/2",
            "drop/b vanished",
            "drop/c",
            "drop/d not_a_file:symlink"
        ]
    );
}

#[test]
fn a_folder_in_itself_is_a_loop() {
    const TEST: &str = "walking::a_folder_in_itself_is_a_loop";
    if is_child(TEST) {
        let (_temp, top) = folder();
        write(&top.join("around/again/file"));
        let bind = Command::new("mount")
            .arg("--bind")
            .arg(&top)
            .arg(top.join("around/again"))
            .status();
        assert!(bind.unwrap().success());
        let listed = lines(&walk(&[top.join("around")]));
        let again = lines(&walk(std::slice::from_ref(&top)));
        Command::new("umount")
            .arg(top.join("around/again"))
            .status()
            .unwrap();
        assert_eq!(listed, ["around/again/around loop"]);
        assert!(again[0].ends_with("/around/again loop"), "{again:?}");
        return;
    }
    if in_child(TEST, &["unshare", "-m"], Path::new("/")).is_none() {
        skip(TEST, "mounting is not permitted");
    }
}

#[test]
fn places_are_compared_and_shown_by_their_path() {
    let (_temp, top) = folder();
    write(&top.join("a"));
    assert_eq!(place(&top.join("a")), place(&top.join("./a")));
    assert_eq!(place(&top.join("a")).to_string(), "a");
}
