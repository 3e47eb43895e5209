//! The records of a ZIP archive, parsed and emitted. The only place that knows where in a record a value stands.
//!
//! A record is taken apart here and judged elsewhere: parsing fails only where there is no such record at all.

mod end;
mod header;
mod wide;

pub(super) use end::{End, End64, Locator};
pub(super) use header::{Central, Local};
pub(super) use wide::{ExtraFlaw, Wide};

/// What a 32-bit field holds when its value stands in a ZIP64 extra field instead.
pub(super) const MARKER: u64 = 0xFFFF_FFFF;
/// The same for the 16-bit count of entries.
pub(super) const COUNT_MARKER: u64 = 0xFFFF;

/// Little-endian fields, taken off one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn after(signature: [u8; 4], bytes: &'a [u8]) -> Option<Self> {
        bytes.strip_prefix(&signature).map(Self)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}
