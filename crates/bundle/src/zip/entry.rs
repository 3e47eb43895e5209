//! One member, as the directory describes it.

use super::name::Name;

/// How a member's data are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Compressed with deflate.
    Deflated,
    /// In a way that is not read here.
    Other(u16),
}

impl Method {
    /// Of the number in the header.
    pub(super) const fn of(number: u16) -> Self {
        match number {
            0 => Self::Stored,
            8 => Self::Deflated,
            other => Self::Other(other),
        }
    }
}

/// A member of an archive. Kept small: there may be millions.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: Name,
    /// How many bytes it holds.
    pub size: u64,
    /// How many bytes it takes in the archive.
    pub compressed: u64,
    /// The CRC-32 of what it holds.
    pub crc32: u32,
    pub(super) data_offset: u64,
    pub(super) method: u16,
    pub(super) sound: bool,
}

impl Entry {
    /// How its data are stored.
    pub const fn method(&self) -> Method {
        Method::of(self.method)
    }

    /// Where its data start in the file.
    pub const fn data_offset(&self) -> u64 {
        self.data_offset
    }

    /// Whether its headers agree and its data can be read; a member that is not sound yields an error.
    pub const fn sound(&self) -> bool {
        self.sound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_entries_fit_in_memory() {
        assert!(size_of::<Entry>() <= 80);
    }
}
