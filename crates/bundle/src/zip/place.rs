//! Finding the directory: from the last bytes of the file back to where it starts.
//!
//! A sound archive ends with its end record. Where one does not, the record is looked for as lenient readers do, so that
//! the refusal can say more than "no"; everything unusual on the way is a problem.

use std::io;

use super::problem::{Flaw, Problems, Unreadable};
use super::record::{Central, End, End64, Locator};
use super::sealed;
use crate::ReadAt;

/// How far from the end of the file an end record is looked for: the longest comment and the record itself.
const SEARCHED: u64 = 0xFFFF + End::LEN as u64;

/// Where the directory stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub start: u64,
    pub end: u64,
    /// What has to be added to every offset, because bytes were put before the archive.
    pub shift: u64,
    /// How many entries the end record claims.
    pub entries: u64,
    /// How the end records depart from the sealed form, if they do.
    pub deviation: Option<&'static str>,
}

/// Finds the directory.
pub(super) fn find<R: ReadAt + ?Sized>(
    source: &R,
    problems: &mut Problems,
) -> Result<Place, Unreadable> {
    let (end_at, end) = find_end(source, problems)?;
    let wide = find_end64(source, end_at, problems)?;
    let (declared, directory_end) = match &wide {
        Some((at, end64)) => (Declared::wide(end64), *at),
        None => (Declared::narrow(&end), end_at),
    };
    declared.judge(&end, problems);
    let (start, shift) = declared.start(source, directory_end, problems)?;
    if let (Some((at, _)), Some(locator)) = (&wide, locator(source, end_at)?)
        && locator.end64_offset.checked_add(shift) != Some(*at)
    {
        problems.add(
            Flaw::Zip64,
            "",
            "the locator points elsewhere than to the ZIP64 end record",
        );
    }
    let deviation = wide.and_then(|(_, found)| {
        let (sealed, _) = sealed::end64(declared.entries, declared.size, declared.offset)?;
        (found != sealed).then_some("the ZIP64 end record has other versions")
    });
    Ok(Place {
        start,
        end: start.saturating_add(declared.size),
        shift,
        entries: declared.entries,
        deviation,
    })
}

/// The end record and where it stands.
fn find_end<R: ReadAt + ?Sized>(
    source: &R,
    problems: &mut Problems,
) -> Result<(u64, End), Unreadable> {
    let size = source.size();
    let Some(last) = size.checked_sub(End::LEN as u64) else {
        return Err(Flaw::Malformed.refuse("shorter than the end record of a ZIP archive"));
    };
    if let Some(end) = End::parse(&read(source, last, End::LEN as u64)?)
        && end.comment_len == 0
    {
        return Ok((last, end));
    }
    let tail = read(source, size.saturating_sub(SEARCHED), size.min(SEARCHED))?;
    let found = tail
        .windows(End::LEN)
        .enumerate()
        .rev()
        .find_map(|(at, bytes)| Some((at, End::parse(bytes)?)));
    let Some((at, end)) = found else {
        return Err(Flaw::Malformed.refuse("no end record: not a ZIP archive, or cut short"));
    };
    let following = tail.len() - at - End::LEN;
    let at = size - (tail.len() - at) as u64;
    if usize::from(end.comment_len) == following {
        problems.add(
            Flaw::Comment,
            "",
            format!("the archive has a comment of {following} bytes"),
        );
    } else {
        let detail = format!("{following} bytes follow the end record");
        problems.add(Flaw::TrailingBytes, "", detail);
    }
    Ok((at, end))
}

/// The ZIP64 end record and where it stands, if there is a locator before the end record.
fn find_end64<R: ReadAt + ?Sized>(
    source: &R,
    end_at: u64,
    problems: &mut Problems,
) -> Result<Option<(u64, End64)>, Unreadable> {
    let Some(locator) = locator(source, end_at)? else {
        return Ok(None);
    };
    if locator.disk != 0 || locator.disks != 1 {
        problems.add(Flaw::Disk, "", "the locator names other disks than one");
    }
    let locator_at = end_at - Locator::LEN as u64;
    // Directly before the locator is where a sound one stands; where the locator points to, one with an appendix.
    for at in [
        locator_at.checked_sub(End64::LEN as u64),
        Some(locator.end64_offset),
    ] {
        let Some(at) = at.filter(|at| at.saturating_add(End64::LEN as u64) <= locator_at) else {
            continue;
        };
        if let Some(end64) = End64::parse(&read(source, at, End64::LEN as u64)?) {
            if end64.record_len != End64::RECORD_LEN || at + End64::LEN as u64 != locator_at {
                let detail = "the ZIP64 end record is longer than it should be";
                problems.add(Flaw::Zip64, "", detail);
            }
            return Ok(Some((at, end64)));
        }
    }
    Err(Flaw::Malformed.refuse("the ZIP64 end record is missing"))
}

fn locator<R: ReadAt + ?Sized>(source: &R, end_at: u64) -> Result<Option<Locator>, Unreadable> {
    let Some(at) = end_at.checked_sub(Locator::LEN as u64) else {
        return Ok(None);
    };
    Ok(Locator::parse(&read(source, at, Locator::LEN as u64)?))
}

/// What the end records say about the directory.
struct Declared {
    one_disk: bool,
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
    wide: bool,
}

impl Declared {
    fn narrow(end: &End) -> Self {
        Self {
            one_disk: true,
            entries_here: end.entries_here.into(),
            entries: end.entries.into(),
            size: end.directory_size.into(),
            offset: end.directory_offset.into(),
            wide: false,
        }
    }

    fn wide(end: &End64) -> Self {
        Self {
            one_disk: end.disk == 0 && end.directory_disk == 0,
            entries_here: end.entries_here,
            entries: end.entries,
            size: end.directory_size,
            offset: end.directory_offset,
            wide: true,
        }
    }

    fn judge(&self, end: &End, problems: &mut Problems) {
        if !self.one_disk || end.disk != 0 || end.directory_disk != 0 {
            let detail = "the end record names other disks than the first";
            problems.add(Flaw::Disk, "", detail);
        }
        if self.entries_here != self.entries {
            let detail = "the end record counts entries on other disks";
            problems.add(Flaw::Count, "", detail);
        }
        let needed = sealed::end64(self.entries, self.size, self.offset).is_some();
        if self.wide && !needed {
            problems.add(Flaw::Zip64, "", "a ZIP64 end record that nothing needs");
        }
        if !self.wide && needed {
            problems.add(Flaw::Zip64, "", "the ZIP64 end record is missing");
        }
        let expected = sealed::end(self.entries, self.size, self.offset);
        let same = (end.entries, end.directory_size, end.directory_offset)
            == (
                expected.entries,
                expected.directory_size,
                expected.directory_offset,
            );
        if self.wide && (!same || end.entries_here != expected.entries_here) {
            problems.add(Flaw::Zip64, "", "the two end records contradict each other");
        }
    }

    /// Where the directory really starts, and by how much that is later than declared.
    fn start<R: ReadAt + ?Sized>(
        &self,
        source: &R,
        directory_end: u64,
        problems: &mut Problems,
    ) -> Result<(u64, u64), Unreadable> {
        let before_end = directory_end.checked_sub(self.size);
        if before_end == Some(self.offset) {
            return Ok((self.offset, 0));
        }
        if let Some(start) = before_end
            && let Some(shift) = start.checked_sub(self.offset)
            && self.starts_at(source, start)?
        {
            let detail = format!("{shift} bytes stand before the archive");
            problems.add(Flaw::LeadingBytes, "", detail);
            return Ok((start, shift));
        }
        let declared_end = self.offset.saturating_add(self.size);
        if declared_end < directory_end && self.starts_at(source, self.offset)? {
            let gap = directory_end - declared_end;
            let detail = format!("{gap} bytes stand between the directory and the end record");
            problems.add(Flaw::Gap, "", detail);
            return Ok((self.offset, 0));
        }
        Err(Flaw::Malformed.refuse("the directory is not where the end record says"))
    }

    /// Whether a directory of this size can start there.
    fn starts_at<R: ReadAt + ?Sized>(&self, source: &R, at: u64) -> Result<bool, Unreadable> {
        if self.size < Central::LEN as u64 {
            return Ok(self.size == 0);
        }
        Ok(Central::parse(&read(source, at, Central::LEN as u64)?).is_some())
    }
}

fn read<R: ReadAt + ?Sized>(source: &R, at: u64, len: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    source
        .read_exact_at(&mut bytes, at)
        .map_err(|error| read_failed(&error))?;
    Ok(bytes)
}

/// The refusal of a file that cannot be read. Headers that lead beyond its end are a flaw of the archive, not of the disk.
pub(super) fn read_failed(error: &io::Error) -> Unreadable {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Flaw::Malformed.refuse("its headers lead beyond the end of the file");
    }
    Flaw::ReadFailed.refuse(error.to_string())
}
