//! A file that leaves: hashed on its way, and its last piece only given when the digest agrees.

use std::io::{self, ErrorKind, Read};

use bundle::Sha256;
use bundle::digest::Hasher;

/// What is read at once, in bytes.
const PIECE: usize = 128 << 10;

/// Bytes whose digest is known. What is not what it should be ends in an error instead of its last 128 KiB.
#[derive(Debug)]
pub struct Hashed<R> {
    inner: R,
    left: u64,
    expected: Sha256,
    hasher: Hasher,
    piece: Vec<u8>,
    gone: usize,
}

impl<R: Read> Hashed<R> {
    /// So many bytes with this digest.
    pub fn new(inner: R, size: u64, expected: Sha256) -> Self {
        Self {
            inner,
            left: size,
            expected,
            hasher: Hasher::new(),
            piece: Vec::new(),
            gone: 0,
        }
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let length = self.left.min(PIECE as u64);
        self.piece
            .resize(usize::try_from(length).unwrap_or(PIECE), 0);
        self.gone = self.piece.len();
        self.inner.read_exact(&mut self.piece)?;
        self.hasher.update(&self.piece);
        self.left -= length;
        if self.left == 0 && std::mem::take(&mut self.hasher).finish() != self.expected {
            return Err(ErrorKind::InvalidData.into());
        }
        self.gone = 0;
        Ok(())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.gone == self.piece.len() && self.left > 0 {
            self.next_piece()?;
        }
        let given = self
            .piece
            .get(self.gone..)
            .unwrap_or_default()
            .read(buffer)?;
        self.gone += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_same_any_more_never_leaves_whole() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let read = |bytes: &[u8], digest| {
            let mut out = Vec::new();
            let result = Hashed::new(bytes, 300_000, digest).read_to_end(&mut out);
            (result.map_err(|error| error.kind()), out)
        };
        let digest = Sha256::of(&bytes);
        assert_eq!(read(&bytes, digest), (Ok(300_000), bytes.clone()));
        let (failed, out) = read(&bytes, Sha256::of(b"other"));
        assert_eq!(failed, Err(ErrorKind::InvalidData));
        assert!(out.len() < 300_000);
        assert_eq!(
            read(&bytes[..250_000], digest).0,
            Err(ErrorKind::UnexpectedEof)
        );
    }
}
