//! Changes to the members of a bundle, whose signatures stay as they were.

use support::forge::Part;
use support::random::Random;

/// Members with their bytes, as a mutation sees them.
pub type Members = Vec<(String, Vec<u8>)>;

/// Names that a member may be given.
pub const NAMES: [&str; 26] = [
    "manifest.json",
    "attestation.json",
    "attestation.sig",
    "attestation.dsse.json",
    "sbom/bom.dsse.json",
    "sbom/bom.cdx.json",
    "studspec.json",
    "tubespec.json",
    "extra.txt",
    "runtime/keys/alpha.pub",
    "runtime/keysx",
    "runtime/termite.sqlite/x",
    "x/../y",
    "./x",
    "/x",
    "x\\y",
    "C:x",
    "a/b:c",
    "",
    "x/",
    "x\0y",
    "cas/raw/x",
    "Manifest.json",
    "ü.txt",
    "code/x.py",
    "provenance.jsonl",
];

/// One random change; says which.
pub fn change(members: &mut Members, random: &mut Random) -> &'static str {
    let (one, two) = (random.below(members.len()), random.below(members.len()));
    match random.below(9) {
        0 => {
            let held = members[one].1.clone();
            members[one].1 = std::mem::replace(&mut members[two].1, held);
            "two members swapped"
        }
        1 => {
            members.swap(one, two);
            "another order"
        }
        2 => {
            members.remove(one);
            "member removed"
        }
        3 => {
            let name = random.one_of(&NAMES).to_owned();
            members.push((name, random.bytes(20)));
            "member added"
        }
        4 => {
            members[one].0 = random.one_of(&NAMES).to_owned();
            "member renamed"
        }
        5 => {
            let copy = members[one].clone();
            members.insert(two, copy);
            "member twice"
        }
        6 => {
            let name = members[one].0.to_uppercase();
            members.push((name, members[one].1.clone()));
            "member in capitals"
        }
        _ => text(&mut members[one].1, random),
    }
}

/// A change to a JSON text that may leave its meaning as it was, to somebody.
pub fn text(bytes: &mut Vec<u8>, random: &mut Random) -> &'static str {
    let places = |byte: u8| -> Vec<usize> {
        let found = bytes.iter().enumerate().filter(|(_, b)| **b == byte);
        found.map(|(at, _)| at).collect()
    };
    let (from, insert, what): (u8, &[u8], _) = random.one_of(&[
        (b':', b" ".as_slice(), "space after a colon"),
        (b'{', b"\"toolchain_id\":\"x\",".as_slice(), "a key before"),
        (b',', b"\"created_utc\":1,".as_slice(), "a key between"),
        (b',', b"\"x\":NaN,".as_slice(), "a number that is none"),
        (b'\n', b"\n".as_slice(), "a blank line"),
        (b'\n', b"\r".as_slice(), "a carriage return"),
        (b'"', b"\\u0041".as_slice(), "an escape"),
        (b':', b"1".as_slice(), "a digit"),
        (b'}', b"}".as_slice(), "a bracket"),
    ]);
    let places = places(from);
    if !places.is_empty() {
        let at = random.pick(&places) + 1;
        bytes.splice(at..at, insert.iter().copied());
    }
    what
}

/// The archive of some members: deflated as the reference writes it, or stored as we do.
pub fn write(members: &Members, deflated: bool) -> Vec<u8> {
    let part = |(name, data): &(String, Vec<u8>)| {
        if deflated {
            Part::deflated(name, data)
        } else {
            Part::stored(name, data.clone())
        }
    };
    let parts: Vec<Part> = members.iter().map(part).collect();
    support::forge::archive(&parts)
}
