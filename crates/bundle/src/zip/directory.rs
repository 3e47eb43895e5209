//! Walking the directory: entry after entry in the order of the file, each beside its member's own header.

use std::io;

use super::entry::Entry;
use super::judge::{self, Findings, LocalRecord, Values};
use super::limits::Limits;
use super::name::Name;
use super::place::{Place, read_failed};
use super::problem::{Flaw, Problems, Unreadable};
use super::record::{Central, Local};
use super::safe;
use super::window::{AHEAD, Window};
use crate::ReadAt;

/// Members smaller than this lie so close together that reading on to the next header costs less than another read.
const SMALL: u64 = 4 << 10;
/// The longest extra field that a local header may have: a ZIP64 block with two sizes.
const EXTRA_LEN: usize = 20;

/// What the directory holds.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub entries: Vec<Entry>,
    /// The first departure from the sealed form.
    pub deviation: Option<String>,
    /// The bytes of names that are held as texts.
    pub name_bytes: u64,
}

/// Reads the directory.
pub(super) fn read<R: ReadAt + ?Sized>(
    source: &R,
    place: &Place,
    limits: &Limits,
    problems: &mut Problems,
) -> Result<Directory, Unreadable> {
    let size = place.end - place.start;
    if size > limits.directory {
        return Err(Flaw::Limit.refuse(format!("a directory of {size} bytes")));
    }
    if place.entries > limits.most_entries() {
        return Err(Flaw::Limit.refuse(format!("{} entries", place.entries)));
    }
    let mut walk = Walk {
        directory: Window::new(source, place.end),
        members: Window::new(source, place.start),
        place,
        limits,
        problems,
        expected: 0,
        dense: false,
        found: Directory::default(),
    };
    // The count may lie, but not beyond what fits into the directory.
    let fitting = place.entries.min(size / Central::LEN as u64);
    let fitting = usize::try_from(fitting).unwrap_or(usize::MAX);
    let reserved = walk.found.entries.try_reserve_exact(fitting);
    reserved.map_err(|_| Flaw::Limit.refuse(format!("no memory for {fitting} entries")))?;
    let mut at = place.start;
    while at < place.end {
        at = walk.step(at)?;
    }
    Ok(walk.finish())
}

struct Walk<'a, 'w, R: ?Sized> {
    directory: Window<'a, R>,
    members: Window<'a, R>,
    place: &'w Place,
    limits: &'w Limits,
    problems: &'w mut Problems,
    /// Where the next member has to start.
    expected: u64,
    /// Whether the members seen last lie close together, one after the other.
    dense: bool,
    found: Directory,
}

impl<R: ReadAt + ?Sized> Walk<'_, '_, R> {
    /// Takes the entry at `at` and says where the next one stands.
    fn step(&mut self, at: u64) -> Result<u64, Unreadable> {
        if self.found.entries.len() as u64 >= self.limits.most_entries() {
            let detail = format!("more than {} entries", self.limits.most_entries());
            return Err(Flaw::Limit.refuse(detail));
        }
        let failed = |error: io::Error| read_failed(&error);
        let head = self
            .directory
            .get(at, Central::LEN, AHEAD)
            .map_err(failed)?;
        let Some(central) = Central::parse(head) else {
            let number = self.found.entries.len();
            return Err(
                Flaw::Malformed.refuse(format!("no directory entry after {number} of them"))
            );
        };
        let len = Central::LEN + central.tail_len();
        let record = self.directory.get(at, len, AHEAD).map_err(failed)?;
        let name_len = usize::from(central.local.name_len);
        let parts = record
            .get(Central::LEN..len)
            .and_then(|tail| tail.split_at_checked(name_len));
        let Some((name, rest)) = parts else {
            return Err(Flaw::Malformed.refuse("the directory ends within an entry"));
        };
        let extra = rest
            .get(..usize::from(central.local.extra_len))
            .unwrap_or(rest);
        let (name, extra) = (name.to_vec(), extra.to_vec());
        self.entry(&central, &name, &extra).map_err(failed)?;
        if self.found.name_bytes > self.limits.name_bytes {
            let detail = format!("more than {} bytes of names", self.limits.name_bytes);
            return Err(Flaw::Limit.refuse(detail));
        }
        Ok(at.saturating_add(len as u64))
    }

    fn entry(&mut self, central: &Central, raw_name: &[u8], extra: &[u8]) -> io::Result<()> {
        let mut findings = Findings::new();
        let values = judge::values(central, extra, &mut findings);
        judge::central(central, &values, self.limits, &mut findings);
        let start = values.offset.saturating_add(self.place.shift);
        self.layout(start, &mut findings);
        let local = self.local(start, central)?;
        let mut data_offset = start.saturating_add((Local::LEN + raw_name.len()) as u64);
        if let Some(local) = &local {
            judge::local(central, raw_name, &values, local, &mut findings);
            let tail = u64::from(local.header.name_len) + u64::from(local.header.extra_len);
            data_offset = start.saturating_add(Local::LEN as u64 + tail);
        } else {
            let detail = "no header where the directory says that the member starts";
            findings.push((Flaw::HeaderMismatch, detail.into()));
        }
        let end = data_offset.saturating_add(values.compressed);
        if end > self.place.start {
            let detail = "the member reaches beyond the start of the directory";
            findings.push((Flaw::Size, detail.into()));
        } else {
            // Never back: after an overlap, every member inside what was covered already is one, too.
            self.expected = self.expected.max(end);
        }
        let gap_only = findings
            .iter()
            .all(|(flaw, _)| matches!(flaw, Flaw::LeadingBytes | Flaw::Gap));
        self.dense = findings.is_empty() && values.compressed < SMALL;

        let decoded = safe::decode(raw_name, central.local.flags);
        for (flaw, detail) in findings {
            self.problems.add(flaw, &decoded.text, detail);
        }
        if raw_name.ends_with(b"/") {
            let detail = "the name ends with a slash";
            self.problems.add(Flaw::Directory, &decoded.text, detail);
        }
        if let Some(flaw) = decoded.flaw {
            self.problems.add(Flaw::UnsafeName, &decoded.text, flaw);
        }
        let name = Name::new(&decoded.text);
        self.note_deviation(central, local.as_ref(), &values, &name);
        if let Name::Other(text) = &name {
            self.found.name_bytes += text.len() as u64;
        }
        self.found.entries.push(Entry {
            name,
            size: values.size,
            compressed: values.compressed,
            crc32: central.local.crc32,
            data_offset,
            method: central.local.method,
            sound: gap_only,
        });
        Ok(())
    }

    /// Demands that the member starts where the one before it ends.
    fn layout(&self, start: u64, findings: &mut Findings) {
        if start > self.expected {
            let bytes = start - self.expected;
            let (flaw, before) = if self.found.entries.is_empty() {
                (Flaw::LeadingBytes, "the first member")
            } else {
                (Flaw::Gap, "the member")
            };
            findings.push((flaw, format!("{bytes} bytes stand before {before}")));
        } else if start < self.expected {
            let bytes = self.expected - start;
            let detail = format!("it starts {bytes} bytes before the end of the member before it");
            findings.push((Flaw::Overlap, detail));
        }
    }

    /// The member's own header, if there is one.
    fn local(&mut self, start: u64, central: &Central) -> io::Result<Option<LocalRecord>> {
        let len = Local::LEN + usize::from(central.local.name_len) + EXTRA_LEN;
        let dense = self.dense && start == self.expected;
        let ahead = if dense { AHEAD } else { len };
        let bytes = self.members.get(start, len, ahead)?;
        Ok(Local::parse(bytes).map(|header| {
            let tail = bytes.get(Local::LEN..).unwrap_or_default();
            let (name_len, extra_len) =
                (usize::from(header.name_len), usize::from(header.extra_len));
            let extra = tail.get(name_len..).and_then(|rest| rest.get(..extra_len));
            LocalRecord {
                name: tail.get(..name_len).map(<[u8]>::to_vec),
                extra: extra.map(<[u8]>::to_vec),
                header,
            }
        }))
    }

    fn note_deviation(
        &mut self,
        central: &Central,
        local: Option<&LocalRecord>,
        values: &Values,
        name: &Name,
    ) {
        if self.found.deviation.is_some() {
            return;
        }
        if self
            .found
            .entries
            .last()
            .is_some_and(|last| last.name >= *name)
        {
            self.found.deviation = Some(format!("{name}: out of order"));
            return;
        }
        let field = match local {
            Some(local) => judge::deviation(central, &local.header, values),
            None => Some("own header"),
        };
        self.found.deviation = field.map(|field| format!("{name}: {field}"));
    }

    /// What can be said only after the last entry.
    fn finish(mut self) -> Directory {
        let count = self.found.entries.len() as u64;
        if count != self.place.entries {
            let detail = format!("{} counted, {count} found", self.place.entries);
            self.problems.add(Flaw::Count, "", detail);
        }
        if self.expected < self.place.start {
            let bytes = self.place.start - self.expected;
            let flaw = if count == 0 {
                Flaw::LeadingBytes
            } else {
                Flaw::Gap
            };
            self.problems.add(
                flaw,
                "",
                format!("{bytes} bytes stand before the directory"),
            );
        }
        let ends = self.place.deviation.map(String::from);
        self.found.deviation = self.found.deviation.or(ends);
        self.found
    }
}
