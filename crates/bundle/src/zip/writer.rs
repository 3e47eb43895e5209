//! Writing the one form in which archives are sealed, without ever going back.

use std::io::{self, Write};

use super::name::Name;
use super::safe::name_flaw;
use super::sealed::{Headers, emit_end};

/// Central records are handed on in pieces of about this size.
const PIECE: usize = 64 << 10;

/// Why an archive cannot be written so.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A name does not come after the one before it.
    #[error("the member {0} is out of order")]
    OutOfOrder(String),
    /// A name that is not safe, or not ASCII.
    #[error("the name {0:?} cannot be written: {1}")]
    Name(String, &'static str),
    /// Another number of bytes than announced.
    #[error("the member {name} was announced with {announced} bytes")]
    WrongSize {
        /// The member.
        name: String,
        /// What was announced.
        announced: u64,
    },
    /// Another CRC-32 than announced. Looked at in debug builds only: the bytes come from where the CRC came from.
    #[error("the member {0} was announced with another CRC-32")]
    WrongCrc(String),
    /// Bytes without a member.
    #[error("bytes were written before the first member")]
    NoMember,
    /// The bytes could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A writer of sealed archives. Names come in ascending order, sizes and CRC-32 before the bytes.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    output: W,
    position: u64,
    written: Vec<Written>,
    /// How many bytes of the last member are still to come.
    left: u64,
    crc: Option<crc32fast::Hasher>,
    scratch: Vec<u8>,
}

/// What the directory will say of a member.
#[derive(Debug)]
struct Written {
    name: Name,
    size: u64,
    offset: u64,
    crc32: u32,
}

impl Written {
    fn headers(&self, name: &str) -> Headers {
        let name_len = u16::try_from(name.len()).unwrap_or(u16::MAX);
        Headers::new(name_len, self.size, self.crc32, self.offset)
    }
}

impl<W: Write> ArchiveWriter<W> {
    /// An archive without members so far.
    pub fn new(output: W) -> Self {
        let (written, scratch) = (Vec::new(), Vec::new());
        Self {
            output,
            position: 0,
            written,
            left: 0,
            crc: None,
            scratch,
        }
    }

    /// Ends the member before and starts the next one.
    pub fn start(&mut self, name: &str, size: u64, crc32: u32) -> Result<(), WriteError> {
        self.end_member()?;
        let flaw = if name.is_ascii() {
            name_flaw(name)
        } else {
            Some("not ASCII")
        };
        if let Some(flaw) = flaw {
            return Err(WriteError::Name(name.to_owned(), flaw));
        }
        let written = Written {
            name: Name::new(name),
            size,
            offset: self.position,
            crc32,
        };
        if self
            .written
            .last()
            .is_some_and(|last| last.name >= written.name)
        {
            return Err(WriteError::OutOfOrder(name.to_owned()));
        }
        let headers = written.headers(name);
        headers
            .local
            .emit(name.as_bytes(), &headers.local_wide, &mut self.scratch);
        self.hand_on()?;
        self.written.push(written);
        self.left = size;
        self.crc = cfg!(debug_assertions).then(crc32fast::Hasher::new);
        Ok(())
    }

    /// Writes bytes of the member started last.
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(self
                .written
                .last()
                .map_or(WriteError::NoMember, Self::wrong_size));
        };
        self.output.write_all(bytes)?;
        self.position += bytes.len() as u64;
        self.left = left;
        if let Some(crc) = &mut self.crc {
            crc.update(bytes);
        }
        Ok(())
    }

    /// Writes the directory; gives back the output and the length of the archive.
    pub fn finish(mut self) -> Result<(W, u64), WriteError> {
        self.end_member()?;
        let start = self.position;
        let written = std::mem::take(&mut self.written);
        for member in &written {
            let name = member.name.to_string();
            let headers = member.headers(&name);
            headers
                .central
                .emit(name.as_bytes(), &headers.central_wide, &mut self.scratch);
            if self.scratch.len() >= PIECE {
                self.hand_on()?;
            }
        }
        self.hand_on()?;
        emit_end(
            written.len() as u64,
            self.position - start,
            start,
            &mut self.scratch,
        );
        self.hand_on()?;
        self.output.flush()?;
        Ok((self.output, self.position))
    }

    fn end_member(&mut self) -> Result<(), WriteError> {
        let Some(last) = self.written.last() else {
            return Ok(());
        };
        if self.left > 0 {
            return Err(Self::wrong_size(last));
        }
        let crc = self.crc.clone().map(crc32fast::Hasher::finalize);
        if crc.is_some_and(|crc| crc != last.crc32) {
            return Err(WriteError::WrongCrc(last.name.to_string()));
        }
        Ok(())
    }

    fn wrong_size(written: &Written) -> WriteError {
        WriteError::WrongSize {
            name: written.name.to_string(),
            announced: written.size,
        }
    }

    fn hand_on(&mut self) -> Result<(), WriteError> {
        self.output.write_all(&self.scratch)?;
        self.position += self.scratch.len() as u64;
        self.scratch.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(size: u64) -> ArchiveWriter<Vec<u8>> {
        let mut writer = ArchiveWriter::new(Vec::new());
        writer
            .start("b", size, crc32fast::hash(b"content"))
            .unwrap();
        writer
    }

    #[test]
    fn names_are_ascending_safe_and_ascii() {
        let mut writer = ArchiveWriter::new(Vec::new());
        writer.start("b", 0, 0).unwrap();
        for name in ["a", "b", "B"] {
            assert!(matches!(
                writer.start(name, 0, 0),
                Err(WriteError::OutOfOrder(_))
            ));
        }
        for name in ["", "c/", "../c", "ü", "c\\d"] {
            assert!(matches!(
                writer.start(name, 0, 0),
                Err(WriteError::Name(..))
            ));
        }
        writer.start("ba", 0, 0).unwrap();
    }

    #[test]
    fn members_hold_what_was_announced() {
        let mut writer = started(7);
        writer.write_all(b"cont").unwrap();
        assert!(matches!(
            writer.start("c", 0, 0),
            Err(WriteError::WrongSize { announced: 7, .. })
        ));
        assert!(matches!(
            writer.write_all(b"ents"),
            Err(WriteError::WrongSize { .. })
        ));
        writer.write_all(b"ent").unwrap();
        assert_eq!(writer.finish().unwrap().1, 31 + 7 + 47 + 22);

        assert!(matches!(
            started(7).finish(),
            Err(WriteError::WrongSize { .. })
        ));
        let early = ArchiveWriter::new(Vec::new()).write_all(b"x");
        assert!(matches!(early, Err(WriteError::NoMember)));
    }

    #[test]
    #[cfg(debug_assertions)]
    fn a_wrong_crc_is_noticed_in_debug_builds() {
        let mut writer = started(7);
        writer.write_all(b"Content").unwrap();
        assert!(matches!(
            writer.start("c", 0, 0),
            Err(WriteError::WrongCrc(_))
        ));
        assert!(matches!(writer.finish(), Err(WriteError::WrongCrc(_))));
    }
}
