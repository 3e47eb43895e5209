//! Reading members of an archive that nobody vouches for: whole if small, else piece by piece.

use std::io::{self, BufRead, BufReader, Read};

use bundle::ReadAt;
use bundle::verify::Progress;
use bundle::zip::{Archive, Entry, MemberReader};

/// How much is read at once.
const PIECE: usize = 256 << 10;
/// The most that is read of a member that is small by nature.
const SMALL: u64 = 1 << 20;
/// The longest line that is looked at; longer ones are counted.
const LINE: usize = 1 << 20;

/// A reader of a member that can be stopped.
pub(super) struct Watched<'a, R: ?Sized> {
    member: MemberReader<'a, R>,
    progress: &'a dyn Progress,
}

impl<'a, R: ReadAt + ?Sized> Watched<'a, R> {
    pub fn new(archive: &Archive<'a, R>, entry: &Entry, progress: &'a dyn Progress) -> Self {
        let member = archive.reader(entry);
        Self { member, progress }
    }

    pub fn buffered(self) -> BufReader<Self> {
        BufReader::with_capacity(PIECE, self)
    }

    /// Says what is wrong with the checksum of a member that was read to its end.
    fn judge(&self) -> Result<(), String> {
        if self.member.crc_ok() {
            Ok(())
        } else {
            Err("the CRC-32 is not that of the bytes".to_owned())
        }
    }
}

impl<R: ReadAt + ?Sized> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.canceled() {
            return Err(io::Error::other("stopped"));
        }
        let got = self.member.read(buffer)?;
        self.progress.advance(got as u64);
        Ok(got)
    }
}

/// A small member whole, or why it cannot be had.
pub(super) fn small<R: ReadAt + ?Sized>(mut member: Watched<'_, R>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = SMALL + 1;
    let read = member.by_ref().take(most).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 == most {
        return Err(format!("larger than {SMALL} bytes"));
    }
    member.judge()?;
    Ok(bytes)
}

/// Counts lines, and shows the first `wanted` of them. A part after the last line end is a line too.
pub(super) fn lines<R: ReadAt + ?Sized>(
    member: Watched<'_, R>,
    wanted: u64,
    on_line: &mut dyn FnMut(&[u8]),
) -> Result<u64, String> {
    let mut reader = member.buffered();
    let (mut count, mut open) = (0u64, false);
    let mut line = Vec::new();
    loop {
        let piece = match reader.fill_buf() {
            Ok([]) => break,
            Ok(piece) => piece,
            Err(error) => return Err(format!("after {count} lines: {error}")),
        };
        let end = piece.iter().position(|byte| *byte == b'\n');
        let part = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
        if count < wanted {
            let room = (LINE + 1).saturating_sub(line.len()).min(part.len());
            line.extend_from_slice(part.get(..room).unwrap_or_default());
        }
        let used = part.len() + usize::from(end.is_some());
        open = end.is_none();
        if !open {
            tell(&mut line, count < wanted, on_line);
            count += 1;
        }
        reader.consume(used);
    }
    if open {
        tell(&mut line, count < wanted, on_line);
        count += 1;
    }
    reader.get_ref().judge()?;
    Ok(count)
}

fn tell(line: &mut Vec<u8>, wanted: bool, on_line: &mut dyn FnMut(&[u8])) {
    if wanted && line.len() <= LINE {
        on_line(line);
    }
    line.clear();
}
