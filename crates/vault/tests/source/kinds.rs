//! Pipes, sockets, devices, folders and links: named, and never waited for.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use vault::source::open;

use crate::support::{folder, lines, place, skip, walk};

fn fifo(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
}

#[test]
fn each_kind_is_named() {
    let (_temp, top) = folder();
    fifo(&top.join("pipe"));
    let _socket = UnixListener::bind(top.join("socket")).unwrap();
    fs::write(top.join("text"), "text").unwrap();
    let begin = Instant::now();
    let found = walk(&["pipe", "socket", "text"].map(|path| top.join(path)));
    let expected = ["pipe not_a_file:fifo", "socket not_a_file:socket", "text"];
    assert_eq!(lines(&found), expected);
    assert!(begin.elapsed() < Duration::from_secs(5));
    for found in &found[..2] {
        let vault::source::Found::Refused(error) = found else {
            panic!()
        };
        assert!(error.to_string().ends_with(", not a file"));
        assert!(error.next_step().ends_with('.'));
    }
}

#[test]
fn a_device_is_named_and_not_opened() {
    let (_temp, top) = folder();
    let path = top.join("tape");
    // A number that no driver has: to open it would fail with another error.
    let number = makedev(120, 77);
    if mknodat(CWD, &path, FileType::CharacterDevice, Mode::RWXU, number).is_err() {
        return skip(
            "kinds::a_device_is_named_and_not_opened",
            "mknod is not permitted",
        );
    }
    assert!(fs::File::open(&path).is_err());
    assert_eq!(
        lines(&walk(std::slice::from_ref(&path))),
        ["tape not_a_file:device"]
    );
}

/// What was a file when it was found, and is something else when it is opened.
#[test]
fn what_took_the_name_of_a_file_is_not_read() {
    type Make = fn(&Path);
    let kinds: [(&str, Make); 5] = [
        ("not_a_file:fifo", fifo),
        ("not_a_file:socket", |path| {
            drop(UnixListener::bind(path).unwrap());
        }),
        ("changed_while_reading", |path| {
            fs::create_dir(path).unwrap();
        }),
        ("changed_while_reading", |path| {
            symlink("secret", path).unwrap();
        }),
        ("vanished", |_| ()),
    ];
    for (code, make) in kinds {
        let (_temp, top) = folder();
        let path = top.join("file");
        fs::write(top.join("secret"), "secret").unwrap();
        fs::write(&path, "text").unwrap();
        let place = place(&path);
        fs::remove_file(&path).unwrap();
        make(&path);
        let begin = Instant::now();
        assert_eq!(open(&place).unwrap_err().code(), code);
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_link_that_took_the_name_of_a_folder_is_not_followed() {
    let (_temp, top) = folder();
    for path in ["drop/inner", "secret/inner"] {
        fs::create_dir_all(top.join(path)).unwrap();
        fs::write(top.join(path).join("file"), path).unwrap();
    }
    for (folder, target) in [("drop/inner", "../secret/inner"), ("drop", "secret")] {
        let found = walk(&[top.join("drop")]);
        let place = found[0].place();
        let aside = top.join("aside");
        fs::rename(top.join(folder), &aside).unwrap();
        symlink(target, top.join(folder)).unwrap();
        assert_eq!(fs::read(place.absolute()).unwrap(), b"secret/inner");
        assert_eq!(open(place).unwrap_err().code(), "changed_while_reading");
        fs::remove_file(top.join(folder)).unwrap();
        fs::rename(&aside, top.join(folder)).unwrap();
        assert!(open(place).is_ok());
    }
}
