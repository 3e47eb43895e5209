//! Labels, names of cases and names of files that try to be paths, steer the terminal, or do not end.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use support::program::Room;
use support::sound;

use crate::captured_case;

const STEERING: &str = "../../etc/\u{1b}[31mred\u{1b}[0m\r\n\u{202e}back\u{7}";

fn is_safe(text: &str) -> bool {
    text.chars()
        .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}')
}

#[test]
fn labels() {
    let room = Room::new();
    captured_case(&room, 1);
    for label in [STEERING, "a/b\\c", &"x".repeat(10_000), ""] {
        room.write("files/more", label);
        room.run(&["ingest", "files"]).ends(0);
        let sealed = room
            .run(&["seal", "--json", "--label", label])
            .ends(0)
            .document();
        sound::sealed(&room, &sealed);
        let listed = room.run(&["bundles"]).ends(0).out;
        assert!(is_safe(&listed), "{listed:?}");
        let checked = room
            .run(&["verify", sealed["bundle"].as_str().unwrap()])
            .ends(0)
            .out;
        assert!(is_safe(&checked), "{checked:?}");
    }
    // A label is no part of any path.
    let names = fs::read_dir(room.bundles())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    for name in names {
        let name = name.into_string().unwrap();
        assert!(name.len() < 40 && name.starts_with("case_000"), "{name}");
    }
    assert!(!room.path("etc").exists());
    sound::chain(&room);
}

#[test]
fn names_of_cases() {
    let room = Room::new();
    let rule = "only letters, digits, - _ and . may stand in it";
    let long = "x".repeat(10_000);
    let shortened = format!("{}…", &long[..80]);
    let cases = [
        ("a/b", "a/b", rule),
        ("..", "..", "it must begin with a letter or digit"),
        ("a\u{1b}[31m", "a\u{fffd}[31m", rule),
        (&long, &shortened, "it needs 1 to 64 characters"),
        ("", "", "it needs 1 to 64 characters"),
    ];
    for (name, shown, rule) in cases {
        let ran = room.run(&["projects", "create", name]).ends(1);
        assert_eq!(
            ran.err,
            format!(
                "error[name_invalid]: The name of a case cannot be \"{shown}\": {rule}.
  next: Choose a name of 1 to 64 letters, digits, - and _.
"
            )
        );
        room.write("files/1", "1");
        let ran = room.run(&["ingest", "--project", name, "files"]).ends(1);
        assert!(
            ran.err.starts_with("error[project_unknown]: ") && is_safe(&ran.err),
            "{}",
            ran.err
        );
        assert!(ran.err.len() < 400, "{}", ran.err);
    }
    let listed = room.run(&["projects", "--json"]).ends(0).document();
    assert_eq!(listed["items"].as_array().unwrap().len(), 0, "{listed}");
}

#[test]
fn titles_and_references_of_cases() {
    let room = Room::new();
    room.write("files/1", "1");
    for (n, title) in [STEERING.to_owned(), "y".repeat(10_000)].iter().enumerate() {
        let name = format!("case{n}");
        room.run(&[
            "projects",
            "create",
            &name,
            "--title",
            title,
            "--reference",
            title,
            "--word",
            title,
        ])
        .ends(0);
        room.run(&["ingest", "--project", &name, "files"]).ends(0);
        let ran = room.run(&["seal", "--project", &name]).ends(0);
        assert!(is_safe(&ran.out), "{:?}", ran.out);
    }
    let packages = sound::files(&room.bundles());
    assert_eq!(packages.len(), 2);
    for package in packages {
        assert_eq!(package.parent().unwrap(), room.bundles());
        sound::verified(&room, &package).ends(0);
    }
}

#[test]
fn names_of_files() {
    let room = Room::new();
    let names: [&[u8]; 5] = [
        b"\x1b[31mred\r\n.txt",
        b"\xff\xfe not utf-8",
        "\u{202e}gpj.exe".as_bytes(),
        b"-rf",
        &[b'n'; 255],
    ];
    for name in names {
        fs::write(room.files().join(OsStr::from_bytes(name)), name).unwrap();
    }
    let ran = room.run(&["ingest", "files"]).ends(0);
    assert!(is_safe(&ran.out), "{:?}", ran.out);
    let again = room.run(&["ingest", "--json-lines", "files"]).ends(0);
    assert_eq!(again.lines().len(), 5);
    assert!(
        again.lines().iter().all(|line| line["sighting"] == true),
        "the names are known again"
    );
    sound::holds(&room, &again.lines());
    let listed = room.run(&["documents"]).ends(0).out;
    assert!(is_safe(&listed), "{listed:?}");
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    sound::sealed(&room, &sealed);
}
