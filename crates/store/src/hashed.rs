//! A file on its way out: its bytes are hashed as they leave, and the last of them only leave once they agree.

mod hashing;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

use bundle::Sha256;

use crate::page_cache;
use hashing::Hashing;

/// What is read at once, in bytes.
const PIECE: usize = 1 << 17;

/// A file read from beginning to end, whose digest is known. Its last piece (at most 128 KiB) is given only when the
/// digest of the whole agrees; otherwise `read` fails with an [`io::Error`] of [`ErrorKind::InvalidData`], then and ever
/// after.
#[derive(Debug)]
pub struct Hashed {
    file: File,
    size: u64,
    expected: Sha256,
    /// None once the digest was compared.
    hashing: Option<Hashing>,
    damage: Option<String>,
    /// The piece that is given out, and how much of it is gone.
    ready: Arc<Vec<u8>>,
    gone: usize,
    /// The piece after it, hashed already.
    ahead: Arc<Vec<u8>>,
    read: u64,
}

impl Hashed {
    /// A file from its beginning.
    ///
    /// # Errors
    /// When it cannot be looked at, or no thread can be had.
    pub fn new(file: File, expected: Sha256) -> io::Result<Self> {
        let size = file.metadata()?.len();
        Ok(Self {
            file,
            size,
            expected,
            hashing: Some(Hashing::of(size)?),
            damage: None,
            ready: Arc::default(),
            gone: 0,
            ahead: Arc::default(),
            read: 0,
        })
    }

    /// The length in bytes when it was opened.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The digest that it must have.
    pub const fn expected(&self) -> Sha256 {
        self.expected
    }

    /// Reads all of it and, if the digest agrees, gives the file back. `told` hears how much was read, every 128 KiB, and
    /// may end it.
    pub(crate) fn checked<E: From<io::Error>>(
        mut self,
        mut told: impl FnMut(u64) -> Result<(), E>,
    ) -> Result<File, E> {
        while self.hashing.is_some() {
            self.next_piece()?;
            told(self.read)?;
        }
        Ok(self.file)
    }

    /// Reads and hashes one piece into `ahead`. At the end of the file the digest is compared and the hasher goes.
    fn next_piece(&mut self) -> io::Result<()> {
        let Some(hashing) = &mut self.hashing else {
            return Ok(());
        };
        // Its memory serves again, if nobody hashes it any more.
        let mut piece = Arc::try_unwrap(std::mem::take(&mut self.ahead)).unwrap_or_default();
        piece.clear();
        let mut next = self.file.by_ref().take(PIECE as u64);
        next.read_to_end(&mut piece)?;
        self.ahead = Arc::new(piece);
        hashing.update(&self.ahead)?;
        self.read += self.ahead.len() as u64;
        if self.read.is_multiple_of(page_cache::STEP) {
            page_cache::forget(&self.file, self.read);
        }
        if self.read > self.size {
            return Err(self.damaged("they grew while they were read".to_owned()));
        }
        if self.ahead.is_empty() {
            let found = self.hashing.take().map(Hashing::finish);
            let found = found.unwrap_or_else(|| Err(ErrorKind::BrokenPipe.into()))?;
            if found != self.expected {
                return Err(self.damaged(format!(
                    "they have {} bytes and the digest {found}",
                    self.read
                )));
            }
        }
        Ok(())
    }

    /// From here on nothing more leaves, however often it is asked for.
    fn damaged(&mut self, detail: String) -> io::Error {
        self.damage = Some(detail.clone());
        io::Error::new(ErrorKind::InvalidData, detail)
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(detail) = self.damage.clone() {
            return Err(self.damaged(detail));
        }
        while self.gone == self.ready.len() {
            if self.hashing.is_none() {
                return Ok(0);
            }
            if self.ahead.is_empty() {
                self.next_piece()?;
            }
            // Before a piece leaves, the next one is read: so the last is known for the last.
            std::mem::swap(&mut self.ready, &mut self.ahead);
            self.gone = 0;
            if let Err(error) = self.next_piece() {
                self.ready = Arc::default();
                self.ahead = Arc::default();
                return Err(error);
            }
        }
        let length = self
            .ready
            .get(self.gone..)
            .unwrap_or_default()
            .read(buffer)?;
        self.gone += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_the_same_any_more_never_leaves_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let digest = Sha256::of(&bytes);
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let mut out = Vec::new();
            let mut hashed = Hashed::new(File::open(&path).unwrap(), digest).unwrap();
            let result = hashed.read_to_end(&mut out);
            let again = hashed.read(&mut [0; 10]).map_err(|error| error.kind());
            (result.map_err(|error| error.kind()), again, out.len())
        };
        assert_eq!(read(&bytes), (Ok(300_000), Ok(0), 300_000));
        let mut rotten = bytes.clone();
        rotten[100] ^= 1;
        let damaged = Err(ErrorKind::InvalidData);
        for other in [&rotten[..], &bytes[..250_000], &[]] {
            let (result, again, out) = read(other);
            assert_eq!((result, again), (damaged, damaged));
            assert!(out < other.len().max(1), "all of it left");
        }
    }
}
