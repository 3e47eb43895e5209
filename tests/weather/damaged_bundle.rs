//! Packages that arrive broken, or as weapons.

use std::fs;

use support::program::Room;
use support::vectors;

use crate::sealed_case;

/// What stands after the four answers.
fn reasons(out: &str) -> &str {
    out.split_once("failed[").map_or("", |(_, reasons)| reasons)
}

fn refused(room: &Room, file: &str, expected: &str) {
    let ran = room.run(&["verify", file]).ends(1);
    assert!(ran.out.contains("\nREFUSED.\n"), "{}", ran.out);
    assert!(
        ran.out
            .starts_with("This file cannot be read as a bundle. Who sealed it was not checked.\n"),
        "{}",
        ran.out
    );
    assert_eq!(reasons(&ran.out), expected);
    let ran = room.run(&["verify", "--json", file]).ends(1);
    assert_eq!(ran.document()["verdict"], "refused");
    room.run(&["inspect", file]).ends(1);
}

#[test]
fn no_zip_at_all_or_half_of_one() {
    let room = Room::new();
    let whole = fs::read(sealed_case(&room, 3)).unwrap();
    room.write("noise", [7, 9, 250].repeat(3000));
    room.write("empty", "");
    room.write("half", &whole[..whole.len() / 2]);
    room.write("almost", &whole[..whole.len() - 1]);
    let malformed = |found: &str| {
        format!(
            "zip_malformed]: This is not a ZIP archive, or a part of it is missing.
  found: {found}
  next: Ask the sender for the file again and compare its SHA-256 with theirs.
"
        )
    };
    let no_end = malformed("no end record: not a ZIP archive, or cut short");
    for file in ["noise", "half", "almost"] {
        refused(&room, file, &no_end);
    }
    refused(
        &room,
        "empty",
        &malformed("shorter than the end record of a ZIP archive"),
    );
}

#[test]
fn a_bomb() {
    let room = Room::new();
    let bomb = vectors().join("bad/bomb-within-limit.zip");
    refused(
        &room,
        bomb.to_str().unwrap(),
        "zip_bomb]: A member claims to be far larger than its data can sensibly be.
  at: cas/raw/20492a4d0d84f8beb1767f6616229f85d44c2827b64bdbfb260ee12fa1109e0e
  found: 104857600 bytes out of 101923
  next: Ask the sender for the file again and compare its SHA-256 with theirs.
",
    );
}

/// One bit anywhere in a good package, and it is not accepted.
#[test]
fn one_bit() {
    let room = Room::new();
    let path = sealed_case(&room, 2);
    let whole = fs::read(&path).unwrap();
    for part in 1..12 {
        let mut bytes = whole.clone();
        let at = whole.len() * part / 12;
        bytes[at] ^= 0x10;
        room.write("bit.zip", &bytes);
        let ran = room.run(&["verify", "bit.zip", "--json"]).ends(1);
        assert_eq!(ran.document()["verdict"], "refused", "bit at {at}");
    }
    room.run(&["verify", &path]).ends(0);
}
