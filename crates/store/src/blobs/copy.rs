//! Filling a blob from a stream: reading and writing on one thread, the sums on another, so that a large file moves at
//! the speed of the slower of both and not of their sum.

use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::BlobWriter;
use super::writer::Sums;
use crate::error::{Result, StoreError};
use crate::watch::Watch;

/// What is read at once, in bytes.
const PIECE: usize = 1 << 20;
/// From here on a second thread is worth its start.
const ALONE: u64 = 4 << 20;
/// Pieces under way between the two threads: memory stays flat.
const UNDER_WAY: usize = 3;

impl BlobWriter {
    /// Appends everything that a stream gives, in pieces of 1 MiB. `from` is its name, for messages. Progress counts the
    /// bytes of this blob; it can be canceled between pieces. Returns how many bytes were appended.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `canceled`.
    pub fn fill_from(
        &mut self,
        source: &mut dyn Read,
        from: &Path,
        total: Option<u64>,
        watch: &dyn Watch,
    ) -> Result<u64> {
        let start = self.size();
        let mut piece = vec![0; PIECE];
        while self.size() - start < ALONE {
            let length = read_piece(source, &mut piece, from)?;
            if length == 0 {
                return Ok(self.size() - start);
            }
            self.write_piece(piece.get(..length).unwrap_or_default())?;
            watch.progress(self.size(), total);
            watch.go_on()?;
        }
        self.fill_in_parallel(source, from, total, watch, piece)?;
        Ok(self.size() - start)
    }

    fn fill_in_parallel(
        &mut self,
        source: &mut dyn Read,
        from: &Path,
        total: Option<u64>,
        watch: &dyn Watch,
        first: Vec<u8>,
    ) -> Result<()> {
        let mut sums = std::mem::take(&mut self.sums);
        let (full, summed) = (sync_channel(UNDER_WAY), sync_channel(UNDER_WAY));
        let copied = thread::scope(|scope| {
            let (sums, (to_sum, pieces), (empty, empties)) = (&mut sums, full, summed);
            scope.spawn(move || sum(sums, &pieces, &empty));
            let mut spare: Vec<Vec<u8>> = (1..UNDER_WAY)
                .map(|_| vec![0; PIECE])
                .chain([first])
                .collect();
            loop {
                let mut piece = match spare.pop() {
                    Some(piece) => piece,
                    None => empties.recv().map_err(|_| stopped(from))?,
                };
                piece.resize(PIECE, 0);
                let length = read_piece(source, &mut piece, from)?;
                if length == 0 {
                    return Ok(());
                }
                piece.truncate(length);
                self.put(&piece)?;
                to_sum.send(piece).map_err(|_| stopped(from))?;
                watch.progress(self.size(), total);
                watch.go_on()?;
            }
        });
        self.sums = sums;
        copied
    }
}

/// The other thread. It ends when no more pieces can come.
fn sum(sums: &mut Sums, pieces: &Receiver<Vec<u8>>, empty: &SyncSender<Vec<u8>>) {
    for piece in pieces {
        sums.update(&piece);
        // Nobody takes the empty ones back once all is read.
        let _ = empty.send(piece);
    }
}

fn read_piece(source: &mut dyn Read, piece: &mut [u8], from: &Path) -> Result<usize> {
    loop {
        match source.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read.map_err(|error| StoreError::io("read", from, error)),
        }
    }
}

/// Not reached: the other thread ends only after this one has let go of the channel.
fn stopped(from: &Path) -> StoreError {
    StoreError::io("read", from, io::ErrorKind::BrokenPipe.into())
}
