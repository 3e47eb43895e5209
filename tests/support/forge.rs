//! Archives as nobody should write them: every header field is the caller's, nothing is checked.

use std::io::Write as _;

use bundle::zip::{Archive, Limits};

/// A member to be written, with what its headers say.
#[derive(Debug, Clone)]
pub struct Part {
    /// The bytes of the name.
    pub name: Vec<u8>,
    /// What stands in the archive.
    pub data: Vec<u8>,
    /// The size before compression, as declared.
    pub size: u32,
    /// The CRC-32, as declared.
    pub crc32: u32,
    /// The method, as declared.
    pub method: u16,
    /// The flags, as declared.
    pub flags: u16,
    /// External attributes.
    pub external: u32,
}

impl Part {
    /// A stored member with true headers.
    pub fn stored(name: &str, data: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            size: small(data.len()),
            crc32: crc32fast::hash(&data),
            data,
            method: 0,
            flags: if name.is_ascii() { 0 } else { 1 << 11 },
            external: 0o100_644 << 16,
        }
    }

    /// A deflated member with true headers.
    pub fn deflated(name: &str, data: &[u8]) -> Self {
        let (crc32, size) = (crc32fast::hash(data), small(data.len()));
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(data).unwrap();
        let data = encoder.finish().unwrap();
        Self {
            size,
            crc32,
            method: 8,
            ..Self::stored(name, data)
        }
    }

    /// Appends the local header and the data.
    pub fn local(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&20u16.to_le_bytes());
        self.common(out, small(self.data.len()));
        out.extend_from_slice(&self.name);
        out.extend_from_slice(&self.data);
    }

    /// Appends the entry of the directory.
    pub fn central(&self, offset: u32, out: &mut Vec<u8>) {
        central(self, small(self.data.len()), offset, out);
    }

    /// What both headers have: flags to the length of the extra field.
    fn common(&self, out: &mut Vec<u8>, compressed: u32) {
        out.extend_from_slice(&self.flags.to_le_bytes());
        out.extend_from_slice(&self.method.to_le_bytes());
        out.extend_from_slice(&[0, 0, 0x21, 0]);
        for value in [self.crc32, compressed, self.size] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        let name = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&name.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
    }
}

/// Appends the entry of the directory for a part whose data have another length than they say.
pub fn central(part: &Part, compressed: u32, offset: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(b"PK\x01\x02\x14\x03\x14\x00");
    part.common(out, compressed);
    // Comment, disk, internal attributes.
    out.extend_from_slice(&[0; 6]);
    out.extend_from_slice(&part.external.to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(&part.name);
}

/// Appends the end records: ZIP64 where the count needs it.
pub fn end(entries: u64, size: u64, offset: u64, out: &mut Vec<u8>) {
    if entries >= 0xFFFF {
        let at = offset + size;
        out.extend_from_slice(b"PK\x06\x06");
        out.extend_from_slice(&44u64.to_le_bytes());
        out.extend_from_slice(&[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [entries, entries, size, offset] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&1u32.to_le_bytes());
    }
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    for value in [size, offset] {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&[0, 0]);
}

/// A whole archive of some parts, in their order.
pub fn archive(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        part.central(small(out.len()), &mut directory);
        part.local(&mut out);
    }
    let (offset, size) = (out.len() as u64, directory.len() as u64);
    out.append(&mut directory);
    end(parts.len() as u64, size, offset, &mut out);
    out
}

/// The members of a good archive with their bytes.
pub fn members(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let archive = Archive::open(file, &Limits::default()).unwrap();
    let read = |entry| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut archive.reader(entry), &mut bytes).unwrap();
        bytes
    };
    let entries = archive.entries().iter();
    entries
        .map(|entry| (entry.name.to_string(), read(entry)))
        .collect()
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
