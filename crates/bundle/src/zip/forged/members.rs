use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;
use crate::zip::MemberError;

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// An archive of one deflated member whose headers claim this size.
fn archive(data: &[u8], size: usize, content: &[u8]) -> Vec<u8> {
    let mut forged = Forged::new(&[(b"m", data)]);
    let headers = &mut forged.items[0].headers;
    for header in [&mut headers.local, &mut headers.central.local] {
        header.method = 8;
        header.size = u32::try_from(size).unwrap();
        header.crc32 = crc32fast::hash(content);
    }
    forged.settle();
    forged.bytes()
}

/// Reads the member in pieces of `piece` bytes.
fn read(bytes: &Vec<u8>, piece: usize) -> Result<Vec<u8>, MemberError> {
    let archive = Archive::open(bytes, &Limits::default()).unwrap();
    let mut reader = archive.reader(&archive.entries()[0]);
    let (mut content, mut buffer) = (Vec::new(), vec![0; piece]);
    loop {
        let got = reader.read(&mut buffer)?;
        if got == 0 {
            return reader.finish().map(|()| content);
        }
        content.extend_from_slice(&buffer[..got]);
    }
}

#[test]
fn deflated_members_come_out_whole() {
    let long: Vec<u8> = (0..300_000u32)
        .map(|n| n.wrapping_mul(n).to_be_bytes()[2])
        .collect();
    for content in [&b""[..], b"x", &long] {
        let bytes = archive(&deflated(content), content.len(), content);
        for piece in [1, 7, 4096, 1 << 20] {
            assert!(read(&bytes, piece).unwrap() == content);
        }
    }
}

#[test]
fn a_member_that_is_not_what_it_declares_is_refused() {
    let content = b"what a member holds, holds, holds".as_slice();
    let data = deflated(content);
    let len = content.len();
    for piece in [1, 64, 4096] {
        let outcome = |data: &[u8], size| read(&archive(data, size, content), piece);
        assert!(outcome(&data, len).is_ok());
        assert!(matches!(outcome(&data, len - 1), Err(MemberError::TooLong)));
        assert!(matches!(outcome(&data, 0), Err(MemberError::TooLong)));
        assert!(matches!(
            outcome(&data, len + 1),
            Err(MemberError::SizeMismatch)
        ));
        assert!(matches!(
            outcome(&data[..data.len() - 1], len),
            Err(MemberError::Corrupt)
        ));
        assert!(matches!(
            outcome(&data[..1], len),
            Err(MemberError::Corrupt)
        ));
        assert!(matches!(outcome(&[], len), Err(MemberError::Corrupt)));
        assert!(matches!(
            outcome(&[data.as_slice(), b"\0"].concat(), len),
            Err(MemberError::Corrupt)
        ));
        assert!(matches!(
            outcome(b"\xff\xff\xff", len),
            Err(MemberError::Corrupt)
        ));
    }
}

#[test]
fn a_wrong_crc_is_known_but_stops_no_reading() {
    let mut forged = Forged::new(&[(b"m", b"content")]);
    let headers = &mut forged.items[0].headers;
    for header in [&mut headers.local, &mut headers.central.local] {
        header.crc32 ^= 1;
    }
    forged.settle();
    let bytes = forged.bytes();
    let archive = Archive::open(&bytes, &Limits::default()).unwrap();
    assert_eq!(archive.problems(), []);
    let mut reader = archive.reader(archive.find("m").unwrap());
    let mut content = String::new();
    reader.read_to_string(&mut content).unwrap();
    assert_eq!(content, "content");
    assert!(!reader.crc_ok());
    assert!(matches!(reader.finish(), Err(MemberError::CrcMismatch)));
}

#[test]
fn a_crc_that_fits_the_first_bytes_only_is_wrong() {
    let mut forged = Forged::new(&[(b"m", b"content")]);
    let headers = &mut forged.items[0].headers;
    for header in [&mut headers.local, &mut headers.central.local] {
        header.crc32 = crc32fast::hash(b"con");
    }
    forged.settle();
    let bytes = forged.bytes();
    let archive = Archive::open(&bytes, &Limits::default()).unwrap();
    let mut reader = archive.reader(&archive.entries()[0]);
    reader.read_exact(&mut [0; 3]).unwrap();
    assert!(!reader.crc_ok());
}

#[test]
fn a_member_with_refused_headers_is_not_read() {
    let mut forged = Forged::new(&[(b"m", b"content")]);
    forged.settle();
    forged.items[0].headers.local.crc32 ^= 1;
    assert!(matches!(
        read(&forged.bytes(), 10),
        Err(MemberError::Unsound)
    ));
}
