//! Archives that are not sound, and sound ones that are not in the one form.

use std::io::Write;

use crate::case::{Answers, Case, UNREADABLE, all, refused};
use crate::forge::{forge, unpack, vector};

/// In the bytes of an archive: where a member's two headers stand.
fn headers(file: &[u8], name: &str) -> (usize, usize) {
    let places = |signature: &[u8], name_at: usize| {
        let name = name.as_bytes();
        let at = |start: &usize| {
            file[*start..].starts_with(signature) && file[*start + name_at..].starts_with(name)
        };
        (0..file.len() - name_at).find(at).unwrap()
    };
    (places(b"PK\x03\x04", 30), places(b"PK\x01\x02", 46))
}

fn patched(
    code: &'static str,
    what: &'static str,
    answers: Answers,
    local: Option<usize>,
    central: Option<usize>,
    value: u16,
) -> Case {
    refused(code, what, answers, move || {
        let mut file = vector("series-1");
        let (at_local, at_central) = headers(&file, "policy.json");
        let places = [
            local.map(|at| at_local + at),
            central.map(|at| at_central + at),
        ];
        for place in places.into_iter().flatten() {
            file[place..place + 2].copy_from_slice(&value.to_le_bytes());
        }
        file
    })
}

fn changed(code: &'static str, what: &'static str, alter: fn(&mut Vec<u8>)) -> Case {
    refused(code, what, UNREADABLE, move || {
        forge("series-1").file(alter).build()
    })
}

/// What a careful program may find in a file that was packed again.
const REPACKED: Answers = ("changed", "trusted", "not_checked");

/// Deflates a member; everything else stays as it is.
fn deflated() -> Vec<u8> {
    let members = unpack(&vector("series-1"));
    let (mut file, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, bytes) in &members {
        let mut data = bytes.clone();
        let method = u16::from(name == "policy.json") * 8;
        if method == 8 {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).unwrap();
            data = encoder.finish().unwrap();
        }
        let offset = u32::try_from(file.len()).unwrap();
        let mut common = Vec::new();
        for field in [20, 0, method, 0, 0x21] {
            common.extend_from_slice(&u16::to_le_bytes(field));
        }
        for field in [
            crc32fast::hash(bytes),
            u32::try_from(data.len()).unwrap(),
            u32::try_from(bytes.len()).unwrap(),
        ] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        common.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend_from_slice(&[0; 2]);
        file.extend_from_slice(b"PK\x03\x04");
        file.extend_from_slice(&common);
        file.extend_from_slice(name.as_bytes());
        file.extend_from_slice(&data);
        directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(0o100_644_u32 << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        count += 1;
    }
    let start = u32::try_from(file.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    file.append(&mut directory);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    file.extend_from_slice(&[size.to_le_bytes(), start.to_le_bytes()].concat());
    file.extend_from_slice(&[0; 2]);
    file
}

/// A ZIP64 end record and its locator where none are needed.
fn needless(file: &mut Vec<u8>) {
    let end = file.len() - 22;
    let field = |at: usize, len: usize| {
        file[end + at..end + at + len]
            .iter()
            .rev()
            .fold(0_u64, |n, b| n << 8 | u64::from(*b))
    };
    let (entries, size, offset) = (field(10, 2), field(12, 4), field(16, 4));
    let mut wide = b"PK\x06\x06".to_vec();
    wide.extend_from_slice(&44_u64.to_le_bytes());
    wide.extend_from_slice(&[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [entries, entries, size, offset] {
        wide.extend_from_slice(&value.to_le_bytes());
    }
    wide.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    wide.extend_from_slice(&(offset + size).to_le_bytes());
    wide.extend_from_slice(&1_u32.to_le_bytes());
    file.splice(end..end, wide);
}

fn rename(file: &mut [u8], old: &str, new: &str) {
    let (local, central) = headers(file, old);
    file[local + 30..local + 30 + old.len()].copy_from_slice(new.as_bytes());
    file[central + 46..central + 46 + old.len()].copy_from_slice(new.as_bytes());
}

pub fn cases() -> Vec<Case> {
    let form = "not_canonical";
    vec![
        changed("zip_malformed", "no archive", |file| {
            *file = b"nothing".to_vec();
        }),
        changed("zip_malformed", "an empty file", Vec::clear),
        changed("zip_malformed", "cut short", |file| {
            file.truncate(file.len() - 10);
        }),
        changed("zip_trailing_bytes", "a byte more", |file| file.push(0)),
        changed("zip_leading_bytes", "a byte before", |file| {
            file.insert(0, 0);
        }),
        changed("zip_comment", "a comment", |file| {
            let at = file.len() - 2;
            file[at] = 1;
            file.push(b'x');
        }),
        changed("zip_zip64", "needless ZIP64", needless),
        changed("duplicate_zip_members", "a name twice", |file| {
            let members = unpack(file).into_iter();
            *file = crate::form::in_order(members.flat_map(|(name, bytes)| {
                let again = usize::from(name == "sbom/bom.cdx.json");
                vec![(name, bytes); 1 + again]
            }));
        }),
        changed(
            "unsafe_zip_member:../icy.json",
            "a name that leads out",
            |file| rename(file, "policy.json", "../icy.json"),
        ),
        patched(
            "zip_header_mismatch:policy.json",
            "two times",
            UNREADABLE,
            Some(10),
            None,
            1,
        ),
        patched(
            "zip_encrypted:policy.json",
            "encrypted",
            UNREADABLE,
            Some(6),
            Some(8),
            1,
        ),
        patched(
            "zip_method:policy.json",
            "another method",
            UNREADABLE,
            Some(8),
            Some(10),
            12,
        ),
        patched(
            "zip_special_file:policy.json",
            "a link",
            UNREADABLE,
            None,
            Some(40),
            0o120_777,
        ),
        patched(form, "another time", REPACKED, Some(10), Some(12), 1),
        patched(form, "another date", REPACKED, Some(12), Some(14), 0x5000),
        patched(form, "another mode", REPACKED, None, Some(40), 0o100_600),
        patched(form, "made by another program", REPACKED, None, Some(4), 20),
        patched(form, "internal attributes", REPACKED, None, Some(36), 1),
        patched(
            "not_canonical:policy.json",
            "another CRC-32",
            REPACKED,
            Some(14),
            Some(16),
            0x1234,
        ),
        refused(form, "a member deflated", REPACKED, deflated),
        refused(form, "members in another order", REPACKED, || {
            let members = unpack(&vector("series-1"));
            crate::form::in_order(members.into_iter().rev())
        }),
    ]
}

#[test]
fn answers() {
    all(&cases());
}
