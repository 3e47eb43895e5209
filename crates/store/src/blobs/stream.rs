//! A large blob on its way in: whoever has the bytes hands them over and goes on reading, while one thread writes, one
//! computes the sums, and one has what is written forced to the disk early, so that the end need not wait for all of it.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::BlobWriter;
use super::writer::Sums;
use crate::error::{Result, StoreError};

/// What is handed over at once, in bytes.
const PIECE: usize = 1 << 20;
/// Pieces between two threads: memory stays flat.
const UNDER_WAY: usize = 4;
/// After so many bytes the disk is asked to begin.
const EARLY: u64 = 32 << 20;

enum Piece {
    Bytes(Vec<u8>),
    Hole(u64),
}

/// A [`BlobWriter`] that works behind its owner's back. Dropped, it leaves nothing behind.
pub struct BlobStream {
    /// Gathers small pieces.
    buffer: Vec<u8>,
    pieces: Option<SyncSender<Piece>>,
    spare: Receiver<Vec<u8>>,
    writing: Option<JoinHandle<Result<BlobWriter>>>,
    path: PathBuf,
}

impl BlobWriter {
    /// Lets other threads do the work from here on; worth it from some MiB on.
    ///
    /// # Errors
    /// `io` when no thread can be had.
    pub fn into_stream(self) -> Result<BlobStream> {
        let path = self.temp.path().to_owned();
        let (pieces, to_write) = sync_channel(UNDER_WAY);
        let (empty, spare) = sync_channel(2 * UNDER_WAY + 2);
        let writing = spawn("blob write", move || write(self, &to_write, &empty), &path)?;
        Ok(BlobStream {
            buffer: Vec::with_capacity(PIECE),
            pieces: Some(pieces),
            spare,
            writing: Some(writing),
            path,
        })
    }
}

impl BlobStream {
    /// Appends bytes. An error of earlier bytes may come here.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_piece(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PIECE {
                self.hand_over()?;
            }
        }
        Ok(())
    }

    /// Appends so many zero bytes that are a hole in the source, and stay one here.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_hole(&mut self, length: u64) -> Result<()> {
        self.hand_over()?;
        self.send(Piece::Hole(length))
    }

    /// Waits until all is written and summed; the writer can then be finished and committed.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn finish(mut self) -> Result<BlobWriter> {
        self.hand_over()?;
        self.pieces = None;
        self.joined()
    }

    fn hand_over(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut next = self
            .spare
            .try_recv()
            .unwrap_or_else(|_| Vec::with_capacity(PIECE));
        next.clear();
        let full = std::mem::replace(&mut self.buffer, next);
        self.send(Piece::Bytes(full))
    }

    fn send(&mut self, piece: Piece) -> Result<()> {
        let sent = self
            .pieces
            .as_ref()
            .is_some_and(|pieces| pieces.send(piece).is_ok());
        if sent {
            return Ok(());
        }
        self.pieces = None;
        self.joined().map(|_| ())
    }

    fn joined(&mut self) -> Result<BlobWriter> {
        let ended = self.writing.take().map(JoinHandle::join);
        match ended {
            Some(Ok(result)) => result,
            _ => Err(StoreError::io(
                "write",
                &self.path,
                io::ErrorKind::BrokenPipe.into(),
            )),
        }
    }
}

impl Drop for BlobStream {
    fn drop(&mut self) {
        // The temporary file goes with the writer, before anybody looks whether something is left.
        self.pieces = None;
        if let Some(writing) = self.writing.take() {
            let _ = writing.join();
        }
    }
}

fn write(
    mut writer: BlobWriter,
    pieces: &Receiver<Piece>,
    empty: &SyncSender<Vec<u8>>,
) -> Result<BlobWriter> {
    let path = writer.temp.path().to_owned();
    let fail = |error: io::Error| StoreError::io("write", &path, error);
    let (to_sum, summing) = sync_channel::<Piece>(UNDER_WAY);
    let sums = std::mem::take(&mut writer.sums);
    let empty = empty.clone();
    let summed = spawn("blob sums", move || sum(sums, &summing, &empty), &path)?;
    let (early, asked) = sync_channel::<()>(1);
    let file = writer.temp.file().try_clone().map_err(fail)?;
    let forced = spawn(
        "blob to disk",
        move || asked.iter().try_for_each(|()| force(&file)),
        &path,
    )?;
    let mut unforced = 0;
    for piece in pieces {
        match &piece {
            Piece::Bytes(bytes) => {
                writer.put(bytes)?;
                unforced += bytes.len() as u64;
            }
            Piece::Hole(length) => writer.skip(*length),
        }
        if unforced >= EARLY && early.try_send(()).is_ok() {
            unforced = 0;
        }
        let _ = to_sum.send(piece);
    }
    drop((to_sum, early));
    let gone = || fail(io::ErrorKind::BrokenPipe.into());
    writer.sums = summed.join().map_err(|_| gone())?;
    // The disk tells each failure once: one that came here must not be lost.
    forced.join().map_err(|_| gone())?.map_err(fail)?;
    Ok(writer)
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

/// Only a hint: what counts is forced again at the commit.
fn force(file: &std::fs::File) -> io::Result<()> {
    if cfg!(feature = "no-fsync") {
        Ok(())
    } else {
        file.sync_data()
    }
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
    path: &std::path::Path,
) -> Result<JoinHandle<T>> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder
        .spawn(work)
        .map_err(|error| StoreError::io("write", path, error))
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
        for piece in bytes.chunks(70_001) {
            stream.write_piece(piece).unwrap();
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
