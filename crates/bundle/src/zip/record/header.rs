use super::{Fields, Wide};

/// The local header, without its name and extra field; also the part of a central header that repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::zip) struct Local {
    pub needed: u16,
    pub flags: u16,
    pub method: u16,
    pub time: u16,
    pub date: u16,
    pub crc32: u32,
    pub compressed: u32,
    pub size: u32,
    pub name_len: u16,
    pub extra_len: u16,
}

impl Local {
    const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
    /// Its length in bytes.
    pub const LEN: usize = 30;

    /// The header at the start of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Self::fields(&mut Fields::after(Self::SIGNATURE, bytes)?)
    }

    /// Appends the header, its name and its extra field.
    pub fn emit(&self, name: &[u8], wide: &Wide, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::SIGNATURE);
        self.emit_fields(out);
        out.extend_from_slice(name);
        wide.emit(out);
    }

    fn fields(from: &mut Fields) -> Option<Self> {
        Some(Self {
            needed: from.u16()?,
            flags: from.u16()?,
            method: from.u16()?,
            time: from.u16()?,
            date: from.u16()?,
            crc32: from.u32()?,
            compressed: from.u32()?,
            size: from.u32()?,
            name_len: from.u16()?,
            extra_len: from.u16()?,
        })
    }

    fn emit_fields(&self, out: &mut Vec<u8>) {
        for value in [self.needed, self.flags, self.method, self.time, self.date] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.crc32, self.compressed, self.size] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.name_len, self.extra_len] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// An entry of the directory, without its name, extra field and comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::zip) struct Central {
    pub made_by: u16,
    /// What the local header has to repeat.
    pub local: Local,
    pub comment_len: u16,
    pub disk: u16,
    pub internal: u16,
    pub external: u32,
    pub offset: u32,
}

impl Central {
    const SIGNATURE: [u8; 4] = *b"PK\x01\x02";
    /// Its length in bytes.
    pub const LEN: usize = 46;

    /// The entry at the start of `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let from = &mut Fields::after(Self::SIGNATURE, bytes)?;
        Some(Self {
            made_by: from.u16()?,
            local: Local::fields(from)?,
            comment_len: from.u16()?,
            disk: from.u16()?,
            internal: from.u16()?,
            external: from.u32()?,
            offset: from.u32()?,
        })
    }

    /// Appends the entry, its name and its extra field.
    pub fn emit(&self, name: &[u8], wide: &Wide, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::SIGNATURE);
        out.extend_from_slice(&self.made_by.to_le_bytes());
        self.local.emit_fields(out);
        for value in [self.comment_len, self.disk, self.internal] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.external, self.offset] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(name);
        wide.emit(out);
    }

    /// Name, extra field and comment together.
    pub fn tail_len(&self) -> usize {
        usize::from(self.local.name_len)
            + usize::from(self.local.extra_len)
            + usize::from(self.comment_len)
    }
}
