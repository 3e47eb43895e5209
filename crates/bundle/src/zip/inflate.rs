//! Inflating a member without ever going beyond what it declares.

use flate2::{Decompress, FlushDecompress, Status};

use super::member::MemberError;
use crate::ReadAt;

const INPUT: usize = 64 << 10;

/// A deflate stream that lies in the source.
pub(super) struct Inflate<'a, R: ?Sized> {
    source: &'a R,
    offset: u64,
    /// How many bytes of the stream are not read yet.
    left: u64,
    input: Vec<u8>,
    used: usize,
    engine: Decompress,
    ended: bool,
}

impl<'a, R: ReadAt + ?Sized> Inflate<'a, R> {
    /// The stream of `compressed` bytes at `offset`.
    pub fn new(source: &'a R, offset: u64, compressed: u64) -> Self {
        Self {
            source,
            offset,
            left: compressed,
            input: Vec::new(),
            used: 0,
            engine: Decompress::new(false),
            ended: false,
        }
    }

    /// Inflates into the buffer, which must not be empty; 0 only at the end of the stream.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, MemberError> {
        while !self.ended {
            self.refill()?;
            let input = self.input.get(self.used..).unwrap_or_default();
            let before = (self.engine.total_in(), self.engine.total_out());
            let status = self.engine.decompress(input, buffer, FlushDecompress::None);
            let status = status.map_err(|_| MemberError::Corrupt)?;
            let taken = self.engine.total_in() - before.0;
            let given = self.engine.total_out() - before.1;
            self.used = self
                .used
                .saturating_add(usize::try_from(taken).unwrap_or(usize::MAX));
            self.ended = status == Status::StreamEnd;
            if given > 0 {
                return Ok(usize::try_from(given).unwrap_or(buffer.len()));
            }
            if taken == 0 && !self.ended {
                // Nothing goes in and nothing comes out: the stream was cut short.
                return Err(MemberError::Corrupt);
            }
        }
        Ok(0)
    }

    /// Demands that the stream ends here and its bytes, too.
    pub fn end(&mut self) -> Result<(), MemberError> {
        if self.read(&mut [0])? > 0 {
            return Err(MemberError::TooLong);
        }
        if self.left > 0 || self.used < self.input.len() {
            return Err(MemberError::Corrupt);
        }
        Ok(())
    }

    fn refill(&mut self) -> Result<(), MemberError> {
        if self.used < self.input.len() || self.left == 0 {
            return Ok(());
        }
        let len = usize::try_from(self.left).map_or(INPUT, |left| left.min(INPUT));
        self.input.clear();
        self.input.resize(len, 0);
        self.used = 0;
        let read = self.source.read_exact_at(&mut self.input, self.offset);
        read.map_err(MemberError::Io)?;
        self.offset = self.offset.saturating_add(len as u64);
        self.left -= len as u64;
        Ok(())
    }
}
