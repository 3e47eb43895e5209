//! The same package is made again by another version of the program, for another user of a copied folder, in another
//! zone and language, when its key was replaced, its private keys are gone and so is the package itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::program::{Room, of_another_version};
use support::somebody::{NOBODY, Somebody};

/// A case with three packages: a first, an increment and an excerpt. Returns their files, moved away, in their order.
fn sealed(room: &Room) -> Vec<PathBuf> {
    let run = |arguments: &[&str]| {
        let mut command = room.command(arguments);
        command.envs([("TZ", "Europe/Vienna"), ("LC_ALL", "de_AT.UTF-8")]);
        support::program::Ran::from(command.output().unwrap()).ends(0)
    };
    let mut bundles = Vec::new();
    let mut seal = |arguments: &[&str]| {
        let document = run(&[&["seal", "--json"], arguments].concat()).document();
        let kept = room.path(&format!("kept-{}.zip", bundles.len()));
        fs::rename(document["bundle"].as_str().unwrap(), &kept).unwrap();
        bundles.push(kept);
    };
    room.write("files/Brücke Süd/Größe.txt", "Riss an der Öffnung, 3 mm\n");
    room.write("files/опора 2.txt", "трещина у опоры\n");
    room.write("files/photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0].repeat(5000));
    run(&["ingest", "files", "--from", "Anna", "--note", "first visit"]);
    seal(&["--label", "Erste Begehung"]);
    room.write("files/later.txt", "seen once more");
    run(&["ingest", "files/later.txt"]);
    run(&["annotate", "1", "--note", "north side"]);
    seal(&[]);
    seal(&["--items", "2,4"]);
    bundles
}

/// Everything below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn by_another_program_for_another_user_elsewhere_without_keys() {
    let room = Room::new();
    let bundles = sealed(&room);
    room.run(&["keys", "rotate"]).ends(0);
    room.write("files/afterwards.txt", "sealed by the new key");
    room.run(&["ingest", "files/afterwards.txt"]).ends(0);
    room.run(&["seal"]).ends(0);
    let mut keys = 0;
    for file in below(&room.data()) {
        let private = fs::read(&file)
            .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("PRIVATE KEY"));
        keys += usize::from(private);
        if private || file.extension().is_some_and(|extension| extension == "zip") {
            fs::remove_file(&file).unwrap();
        }
    }
    assert_eq!(keys, 2, "both keys were there, and are gone");

    let elsewhere = Room::new();
    let copied = Command::new("cp")
        .arg("-r")
        .args([room.data(), elsewhere.data()])
        .status();
    assert!(copied.unwrap().success());
    drop(room.data());
    let test = "by_another_program_for_another_user_elsewhere_without_keys";
    let Some(somebody) = Somebody::new(test, &elsewhere, of_another_version()) else {
        return;
    };
    fs::create_dir(elsewhere.path("out")).unwrap();
    for path in [elsewhere.data(), elsewhere.path("out")] {
        for path in below(&path).into_iter().chain([path]) {
            let _ = std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY));
        }
    }
    let version = somebody.run(&elsewhere, &["--version"]).ends(0);
    assert!(version.out.contains("99.0.0"), "{version:?}");
    for (number, kept) in bundles.iter().enumerate() {
        let sha256 = bundle::Sha256::of(&fs::read(kept).unwrap()).to_string();
        let out = elsewhere.path(&format!("out/{number}.zip"));
        let mut command = somebody.command(
            &elsewhere,
            &["reproduce", &sha256, "--out", out.to_str().unwrap()],
        );
        command.envs([("TZ", "Asia/Tokyo"), ("LC_ALL", "tr_TR.UTF-8")]);
        support::program::Ran::from(command.output().unwrap()).ends(0);
        assert_eq!(fs::read(&out).unwrap(), fs::read(kept).unwrap(), "{number}");
    }
}

#[test]
fn what_is_not_the_same_any_more_is_named_and_fails() {
    let room = Room::new();
    let bundles = sealed(&room);
    let first = room.run(&["show", "1", "--json"]).ends(0).document();
    let blob = room.blob(first["sha256"].as_str().unwrap());
    let mut bytes = fs::read(&blob).unwrap();
    bytes[0] ^= 1;
    fs::remove_file(&blob).unwrap();
    fs::write(&blob, bytes).unwrap();
    let sha256 = bundle::Sha256::of(&fs::read(&bundles[0]).unwrap()).to_string();
    let ran = room.run(&["reproduce", &sha256]).ends(1);
    assert!(ran.err.contains("blob_damaged"), "{}", ran.err);
    assert!(
        ran.err.contains(first["sha256"].as_str().unwrap()),
        "{}",
        ran.err
    );
}
