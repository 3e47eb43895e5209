//! Reading what a member holds, with its size and CRC-32 checked on the way.

use std::fmt;
use std::io::{self, Read};

use super::entry::{Entry, Method};
use super::inflate::Inflate;
use crate::ReadAt;

/// The most that is read from the source at once.
const PIECE: u64 = 256 << 10;

/// Why what a member holds cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// Its headers were refused when the archive was opened.
    #[error("the member's headers were refused")]
    Unsound,
    /// The data end before the declared size is reached.
    #[error("the data are shorter than declared")]
    SizeMismatch,
    /// The data go on after the declared size.
    #[error("the data are longer than declared")]
    TooLong,
    /// The compressed data are damaged, or do not end where they should.
    #[error("the compressed data are damaged")]
    Corrupt,
    /// The bytes are not those whose CRC-32 was noted.
    #[error("the CRC-32 does not fit")]
    CrcMismatch,
    /// The archive could not be read.
    #[error(transparent)]
    Io(io::Error),
}

impl From<MemberError> for io::Error {
    fn from(error: MemberError) -> Self {
        match error {
            MemberError::Io(error) => error,
            error => Self::new(io::ErrorKind::InvalidData, error),
        }
    }
}

/// The typed error inside one that [`MemberReader::read`] gave.
impl From<io::Error> for MemberError {
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Io)
    }
}

/// A reader of one member. Errors of [`Read`] carry a [`MemberError`]; a wrong CRC-32 is none of them, see
/// [`MemberReader::crc_ok`].
pub struct MemberReader<'a, R: ?Sized> {
    data: Data<'a, R>,
    /// How many bytes are still to come out.
    left: u64,
    crc: crc32fast::Hasher,
    declared_crc: u32,
}

enum Data<'a, R: ?Sized> {
    Stored { source: &'a R, offset: u64 },
    Deflated(Box<Inflate<'a, R>>),
    Unsound,
}

impl<'a, R: ReadAt + ?Sized> MemberReader<'a, R> {
    pub(super) fn new(source: &'a R, entry: &Entry) -> Self {
        let offset = entry.data_offset();
        let data = match entry.method() {
            Method::Stored if entry.sound() => Data::Stored { source, offset },
            Method::Deflated if entry.sound() => {
                Data::Deflated(Box::new(Inflate::new(source, offset, entry.compressed)))
            }
            _ => Data::Unsound,
        };
        Self {
            data,
            left: entry.size,
            crc: crc32fast::Hasher::new(),
            declared_crc: entry.crc32,
        }
    }

    /// Reads what is left and says whether size, compression and CRC-32 were right.
    pub fn finish(mut self) -> Result<(), MemberError> {
        let len = usize::try_from(self.left.clamp(1, PIECE)).unwrap_or_default();
        let mut buffer = vec![0; len];
        while self.read(&mut buffer)? > 0 {}
        if self.crc_ok() {
            Ok(())
        } else {
            Err(MemberError::CrcMismatch)
        }
    }

    /// Whether everything was read and its CRC-32 is the declared one. Ask after the end was reached.
    pub fn crc_ok(&self) -> bool {
        self.left == 0 && self.crc.clone().finalize() == self.declared_crc
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, MemberError> {
        let most = usize::try_from(self.left.min(PIECE)).unwrap_or(buffer.len());
        let most = most.min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        match &mut self.data {
            Data::Unsound => return Err(MemberError::Unsound),
            Data::Stored { source, offset } => {
                source
                    .read_exact_at(buffer, *offset)
                    .map_err(MemberError::Io)?;
                *offset = offset.saturating_add(buffer.len() as u64);
            }
            Data::Deflated(inflate) if self.left == 0 => inflate.end()?,
            Data::Deflated(inflate) => {
                let got = inflate.read(buffer)?;
                return if got == 0 {
                    Err(MemberError::SizeMismatch)
                } else {
                    Ok(got)
                };
            }
        }
        Ok(buffer.len())
    }
}

impl<R: ReadAt + ?Sized> Read for MemberReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let got = self.fill(buffer)?;
        self.crc.update(buffer.get(..got).unwrap_or_default());
        self.left = self.left.saturating_sub(got as u64);
        Ok(got)
    }
}

impl<R: ?Sized> fmt::Debug for MemberReader<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemberReader")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
