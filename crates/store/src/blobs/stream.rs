//! A large blob on its way in: whoever has the bytes writes them, one thread computes the sums, and one has what is
//! written forced to the disk early, so that the end need not wait for all of it. More threads only get in each other's
//! way: the sums alone take one core of two.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::BlobWriter;
use super::writer::Sums;
use crate::durable::EarlySync;
use crate::error::{Result, StoreError};

/// What is handed over at once, in bytes.
const PIECE: usize = 1 << 20;
/// Pieces between the threads: memory stays flat.
const UNDER_WAY: usize = 4;

enum Piece {
    Bytes(Vec<u8>),
    Hole(u64),
}

/// A [`BlobWriter`] whose sums and fsyncs other threads do. Dropped, it leaves nothing behind.
pub struct BlobStream {
    writer: BlobWriter,
    /// Gathers small pieces.
    buffer: Vec<u8>,
    to_sum: SyncSender<Piece>,
    spare: Receiver<Vec<u8>>,
    summing: JoinHandle<Sums>,
    early: EarlySync,
}

impl BlobWriter {
    /// Lets other threads help from here on; worth it from some MiB on.
    ///
    /// # Errors
    /// `io` when no thread can be had.
    pub fn into_stream(mut self) -> Result<BlobStream> {
        let path = self.temp.path();
        let fail = |error| StoreError::io("write", path, error);
        let (to_sum, pieces) = sync_channel(UNDER_WAY);
        let (empty, spare) = sync_channel(UNDER_WAY + 2);
        let early = EarlySync::of(self.temp.file()).map_err(fail)?;
        let sums = std::mem::take(&mut self.sums);
        let summing = Builder::new()
            .name("blob sums".to_owned())
            .spawn(move || sum(sums, &pieces, &empty));
        Ok(BlobStream {
            buffer: Vec::with_capacity(PIECE),
            to_sum,
            spare,
            summing: summing.map_err(|error| StoreError::io("write", self.temp.path(), error))?,
            early,
            writer: self,
        })
    }
}

impl BlobStream {
    /// Appends bytes.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_piece(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PIECE {
                self.write_buffer()?;
            }
        }
        Ok(())
    }

    /// Appends bytes without copying them; others, or none, take their place.
    ///
    /// # Errors
    /// As [`BlobStream::write_piece`].
    pub fn take_piece(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        if !self.buffer.is_empty() || bytes.len() < PIECE {
            return self.write_piece(bytes);
        }
        let full = std::mem::replace(bytes, self.spare.try_recv().unwrap_or_default());
        self.put(full)
    }

    /// Appends so many zero bytes that are a hole in the source, and stay one here.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_hole(&mut self, length: u64) -> Result<()> {
        self.write_buffer()?;
        self.writer.leave_hole(length);
        self.sum(Piece::Hole(length))
    }

    /// Waits until all is summed; the writer can then be finished and committed.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn finish(mut self) -> Result<BlobWriter> {
        self.write_buffer()?;
        let Self {
            mut writer,
            to_sum,
            summing,
            early,
            ..
        } = self;
        drop(to_sum);
        let ended = summing.join();
        let ended = ended.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe));
        let failed = |error| StoreError::io("write", writer.temp.path(), error);
        let sums = ended.map_err(failed)?;
        early.finish().map_err(failed)?;
        writer.sums = sums;
        Ok(writer)
    }

    fn write_buffer(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut next = self
            .spare
            .try_recv()
            .unwrap_or_else(|_| Vec::with_capacity(PIECE));
        next.clear();
        let full = std::mem::replace(&mut self.buffer, next);
        self.put(full)
    }

    fn put(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.writer.put(&bytes)?;
        self.early.written(self.writer.size());
        self.sum(Piece::Bytes(bytes))
    }

    fn sum(&self, piece: Piece) -> Result<()> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let sent = self.to_sum.send(piece).map_err(gone);
        sent.map_err(|error| StoreError::io("write", self.writer.temp.path(), error))
    }
}

fn sum(mut sums: Sums, pieces: &Receiver<Piece>, empty: &SyncSender<Vec<u8>>) -> Sums {
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => {
                sums.update(&bytes);
                let _ = empty.try_send(bytes);
            }
            Piece::Hole(length) => sums.zeros(length),
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::{BlobKind, Blobs, Recheck};
    use crate::root::DataRoot;
    use crate::watch::Unwatched;

    #[test]
    fn the_same_bytes_give_the_same_blob_by_either_way() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&DataRoot::create(folder.path()).unwrap()).unwrap();
        let bytes: Vec<u8> = (0..5_000_000_u32)
            .map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1])
            .collect();
        let mut plain = blobs.begin(BlobKind::Raw).unwrap();
        plain.write_piece(&bytes).unwrap();
        plain.write_hole(3_000_000, &Unwatched).unwrap();
        plain.write_piece(&bytes[..10]).unwrap();
        let mut stream = blobs.begin(BlobKind::Raw).unwrap().into_stream().unwrap();
        let (start, rest) = bytes.split_at(70_001);
        let (middle, end) = rest.split_at(super::PIECE);
        stream.write_piece(start).unwrap();
        stream.write_hole(0).unwrap();
        let mut whole = middle.to_vec();
        stream.take_piece(&mut whole).unwrap();
        assert_ne!(whole, middle, "it was taken, not copied");
        for piece in end.chunks(70_001) {
            stream.take_piece(&mut piece.to_vec()).unwrap();
        }
        stream.write_hole(3_000_000).unwrap();
        stream.write_piece(&bytes[..10]).unwrap();
        let staged = vec![
            plain.finish().unwrap(),
            stream.finish().unwrap().finish().unwrap(),
        ];
        let stored = blobs.commit(staged, Recheck::Content).unwrap();
        assert_eq!(
            (stored[0].digest, stored[0].crc32, stored[0].size),
            (stored[1].digest, stored[1].crc32, stored[1].size)
        );
        drop(blobs.begin(BlobKind::Raw).unwrap().into_stream().unwrap());
        assert_eq!(blobs.sweep_tmp().unwrap().files, 0);
    }
}
