//! Files of many gigabytes that take no room: only what is not zero is kept.

use std::collections::BTreeMap;
use std::io::{self, Write};

use bundle::ReadAt;

/// Zeros, but for some pieces. Pieces of zeros that are written become holes.
#[derive(Debug, Default)]
pub struct Sparse {
    len: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

/// What is written at once where a member is nothing but zeros.
pub static ZEROS: [u8; 1 << 18] = [0; 1 << 18];

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() < ZEROS.len() || bytes != ZEROS {
            let last = self.pieces.last_entry();
            match last.filter(|piece| piece.key() + piece.get().len() as u64 == self.len) {
                Some(mut piece) => piece.get_mut().extend_from_slice(bytes),
                None => drop(self.pieces.insert(self.len, bytes.to_vec())),
            }
        }
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let end = offset + buffer.len() as u64;
        if end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer.fill(0);
        for (start, piece) in self.pieces.range(..end).rev() {
            let piece_end = start + piece.len() as u64;
            if piece_end <= offset {
                break;
            }
            let (from, to) = (offset.max(*start), end.min(piece_end));
            let at = |place: u64, base: u64| usize::try_from(place - base).unwrap();
            buffer[at(from, offset)..at(to, offset)]
                .copy_from_slice(&piece[at(from, *start)..at(to, *start)]);
        }
        Ok(())
    }
}

/// The CRC-32 of so many zeros.
pub fn crc_of_zeros(len: u64) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    // `power` is the CRC of as many zeros as the bit stands for.
    let mut power = crc32fast::Hasher::new();
    power.update(&[0]);
    for bit in 0..40 {
        if len >> bit & 1 == 1 {
            crc.combine(&power);
        }
        power.combine(&power.clone());
    }
    crc.finalize()
}
