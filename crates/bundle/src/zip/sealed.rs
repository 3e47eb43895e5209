//! The one form in which a sealed archive is written: its headers and end records, made from what they must say.
//!
//! The writer emits them and the reader compares with them, so that both know the same form.

use super::record::{COUNT_MARKER, Central, End, End64, Local, Locator, MARKER, Wide};

/// Stored without compression.
const STORED: u16 = 0;
const TIME: u16 = 0x0000;
/// 1 January 1980, the first day that the format knows.
const DATE: u16 = 0x0021;
/// An ordinary file, readable by all and writable by its owner.
const EXTERNAL: u32 = 0o100_644 << 16;
/// Unix, whose attributes `EXTERNAL` are.
const HOST: u16 = 3 << 8;
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;

/// Both headers of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headers {
    pub local: Local,
    pub local_wide: Wide,
    pub central: Central,
    pub central_wide: Wide,
}

impl Headers {
    /// The headers of a member that starts at `offset`.
    pub fn new(name_len: u16, size: u64, crc32: u32, offset: u64) -> Self {
        let sizes = (size >= MARKER).then_some((size, size));
        let local_wide = Wide {
            sizes,
            offset: None,
        };
        let central_wide = Wide {
            sizes,
            offset: (offset >= MARKER).then_some(offset),
        };
        let needed = if central_wide.len() == 0 {
            VERSION
        } else {
            VERSION_64
        };
        let local = Local {
            needed,
            flags: 0,
            method: STORED,
            time: TIME,
            date: DATE,
            crc32,
            compressed: narrow(size),
            size: narrow(size),
            name_len,
            extra_len: local_wide.len(),
        };
        let central = Central {
            made_by: HOST | needed,
            local: Local {
                extra_len: central_wide.len(),
                ..local.clone()
            },
            comment_len: 0,
            disk: 0,
            internal: 0,
            external: EXTERNAL,
            offset: narrow(offset),
        };
        Self {
            local,
            local_wide,
            central,
            central_wide,
        }
    }
}

/// What ends an archive with this directory.
pub(super) fn emit_end(
    entries: u64,
    directory_size: u64,
    directory_offset: u64,
    out: &mut Vec<u8>,
) {
    if let Some((end64, locator)) = end64(entries, directory_size, directory_offset) {
        end64.emit(out);
        locator.emit(out);
    }
    end(entries, directory_size, directory_offset).emit(out);
}

/// The end record.
pub(super) fn end(entries: u64, directory_size: u64, directory_offset: u64) -> End {
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    End {
        disk: 0,
        directory_disk: 0,
        entries_here: count,
        entries: count,
        directory_size: narrow(directory_size),
        directory_offset: narrow(directory_offset),
        comment_len: 0,
    }
}

/// The ZIP64 end record and its locator, if the end record cannot hold everything.
pub(super) fn end64(
    entries: u64,
    directory_size: u64,
    directory_offset: u64,
) -> Option<(End64, Locator)> {
    if entries < COUNT_MARKER && directory_size < MARKER && directory_offset < MARKER {
        return None;
    }
    let end64 = End64 {
        record_len: End64::RECORD_LEN,
        made_by: HOST | VERSION_64,
        needed: VERSION_64,
        disk: 0,
        directory_disk: 0,
        entries_here: entries,
        entries,
        directory_size,
        directory_offset,
    };
    let locator = Locator {
        disk: 0,
        end64_offset: directory_offset.saturating_add(directory_size),
        disks: 1,
    };
    Some((end64, locator))
}

/// The 32-bit form of a value: itself, or the marker.
pub(super) fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_alone_asks_for_the_zip64_end_record() {
        let (count, marker) = (COUNT_MARKER, MARKER);
        assert_eq!(end64(count - 1, marker - 1, marker - 1), None);
        for (entries, size, offset) in [
            (count, 1, 1),
            (count + 1, 1, 1),
            (1, marker, 1),
            (1, marker + 1, 1),
            (1, 1, marker),
            (1, 1, marker + 1),
        ] {
            let (end64, locator) = end64(entries, size, offset).unwrap();
            assert_eq!((end64.entries, end64.entries_here), (entries, entries));
            assert_eq!(
                (end64.directory_size, end64.directory_offset),
                (size, offset)
            );
            assert_eq!(locator.end64_offset, size + offset);
            let end = end(entries, size, offset);
            assert_eq!(u64::from(end.entries), entries.min(count));
            assert_eq!(u64::from(end.directory_size), size.min(marker));
            assert_eq!(u64::from(end.directory_offset), offset.min(marker));
            let mut out = Vec::new();
            emit_end(entries, size, offset, &mut out);
            assert_eq!(out.len(), 56 + 20 + 22);
        }
    }
}
