use super::Fields;

/// The end record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::zip) struct End {
    pub disk: u16,
    pub directory_disk: u16,
    pub entries_here: u16,
    pub entries: u16,
    pub directory_size: u32,
    pub directory_offset: u32,
    pub comment_len: u16,
}

impl End {
    /// What it starts with.
    pub const SIGNATURE: [u8; 4] = *b"PK\x05\x06";
    /// Its length in bytes, without the comment.
    pub const LEN: usize = 22;

    /// The record at the start of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let from = &mut Fields::after(Self::SIGNATURE, bytes)?;
        Some(Self {
            disk: from.u16()?,
            directory_disk: from.u16()?,
            entries_here: from.u16()?,
            entries: from.u16()?,
            directory_size: from.u32()?,
            directory_offset: from.u32()?,
            comment_len: from.u16()?,
        })
    }

    /// Appends the record.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::SIGNATURE);
        for value in [
            self.disk,
            self.directory_disk,
            self.entries_here,
            self.entries,
        ] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.directory_size, self.directory_offset] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&self.comment_len.to_le_bytes());
    }
}

/// The ZIP64 end record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::zip) struct End64 {
    /// Of what follows this field: 44 when nothing is appended.
    pub record_len: u64,
    pub made_by: u16,
    pub needed: u16,
    pub disk: u32,
    pub directory_disk: u32,
    pub entries_here: u64,
    pub entries: u64,
    pub directory_size: u64,
    pub directory_offset: u64,
}

impl End64 {
    const SIGNATURE: [u8; 4] = *b"PK\x06\x06";
    /// Its length in bytes, without an appendix.
    pub const LEN: usize = 56;
    /// What its own length field says when nothing is appended.
    pub const RECORD_LEN: u64 = 44;

    /// The record at the start of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let from = &mut Fields::after(Self::SIGNATURE, bytes)?;
        Some(Self {
            record_len: from.u64()?,
            made_by: from.u16()?,
            needed: from.u16()?,
            disk: from.u32()?,
            directory_disk: from.u32()?,
            entries_here: from.u64()?,
            entries: from.u64()?,
            directory_size: from.u64()?,
            directory_offset: from.u64()?,
        })
    }

    /// Appends the record.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::SIGNATURE);
        out.extend_from_slice(&self.record_len.to_le_bytes());
        out.extend_from_slice(&self.made_by.to_le_bytes());
        out.extend_from_slice(&self.needed.to_le_bytes());
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.directory_disk.to_le_bytes());
        for value in [
            self.entries_here,
            self.entries,
            self.directory_size,
            self.directory_offset,
        ] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// What leads from the end record to the ZIP64 end record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::zip) struct Locator {
    pub disk: u32,
    pub end64_offset: u64,
    pub disks: u32,
}

impl Locator {
    const SIGNATURE: [u8; 4] = *b"PK\x06\x07";
    /// Its length in bytes.
    pub const LEN: usize = 20;

    /// The record at the start of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let from = &mut Fields::after(Self::SIGNATURE, bytes)?;
        Some(Self {
            disk: from.u32()?,
            end64_offset: from.u64()?,
            disks: from.u32()?,
        })
    }

    /// Appends the record.
    pub fn emit(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::SIGNATURE);
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.end64_offset.to_le_bytes());
        out.extend_from_slice(&self.disks.to_le_bytes());
    }
}
