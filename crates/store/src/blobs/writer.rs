//! A blob on its way in: bytes to a temporary file, both sums on the way.

use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use bundle::Sha256;
use bundle::digest::Hasher;

use super::BlobKind;
use crate::durable::TempFile;
use crate::error::{Result, StoreError};
use crate::watch::Watch;

/// The mode of every blob, less what the umask takes: nobody may write to it.
pub(super) const MODE: u32 = 0o440;

/// The running sums over the bytes of a blob.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    sha256: Hasher,
    crc32: crc32fast::Hasher,
}

impl Sums {
    /// Goes on from where they stood after so many bytes.
    pub(crate) fn resume(sha256: Hasher, crc32: u32, length: u64) -> Self {
        Self {
            sha256,
            crc32: crc32fast::Hasher::new_with_initial_len(crc32, length),
        }
    }

    /// Where they stand.
    pub(crate) fn state(&self) -> (Vec<u8>, u32) {
        (self.sha256.state(), self.crc32.clone().finalize())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.crc32.update(bytes);
    }

    /// So many zero bytes.
    pub(super) fn zeros(&mut self, length: u64) {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let mut left = length;
        while left > 0 {
            let piece = usize::try_from(left)
                .unwrap_or(ZEROS.len())
                .min(ZEROS.len());
            self.update(ZEROS.get(..piece).unwrap_or(&ZEROS));
            left -= piece as u64;
        }
    }
}

/// A blob being written. Dropped before [`BlobWriter::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct BlobWriter {
    kind: BlobKind,
    pub(super) temp: TempFile,
    pub(super) sums: Sums,
    /// How many bytes are in the file.
    end: u64,
    /// The length of the file may differ from that: a hole at the end, or a write that failed half way.
    ragged: bool,
}

impl BlobWriter {
    pub(super) fn begin(kind: BlobKind, tmp: &Path) -> Result<Self> {
        Ok(Self {
            kind,
            temp: TempFile::create_with_mode(tmp, MODE)?,
            sums: Sums::default(),
            end: 0,
            ragged: false,
        })
    }

    /// Appends bytes. After an error the same bytes may be tried again.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_piece(&mut self, bytes: &[u8]) -> Result<()> {
        self.put(bytes)?;
        self.sums.update(bytes);
        Ok(())
    }

    /// Appends so many zero bytes that are a hole in the source, and stay one here: they are hashed and take no space.
    ///
    /// # Errors
    /// `io`, `disk_full`, `canceled`.
    pub fn write_hole(&mut self, length: u64, watch: &dyn Watch) -> Result<()> {
        const STEP: u64 = 1 << 20;
        let mut left = length;
        while left > 0 {
            watch.go_on()?;
            let piece = left.min(STEP);
            self.sums.zeros(piece);
            self.leave_hole(piece);
            left -= piece;
        }
        Ok(())
    }

    /// How many bytes were appended.
    pub const fn size(&self) -> u64 {
        self.end
    }

    /// Ends the blob. It is neither durable nor under its name before it is committed.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn finish(self) -> Result<Staged> {
        let Self {
            kind,
            temp,
            sums,
            end,
            ragged,
        } = self;
        if ragged {
            let sized = temp.file().set_len(end);
            sized.map_err(|error| StoreError::io("write", temp.path(), error))?;
        }
        Ok(Staged {
            kind,
            digest: sums.sha256.finish(),
            size: end,
            crc32: sums.crc32.finalize(),
            temp,
        })
    }

    /// Leaves a hole.
    pub(super) fn leave_hole(&mut self, length: u64) {
        self.end += length;
        self.ragged = true;
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        if let Err(error) = self.temp.file().write_all_at(bytes, self.end) {
            self.ragged = true;
            return Err(StoreError::io("write", self.temp.path(), error));
        }
        self.end += bytes.len() as u64;
        Ok(())
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_piece(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A blob whose bytes are known and written, but not yet durable. Dropped instead of committed, it leaves nothing behind.
#[derive(Debug)]
pub struct Staged {
    /// Its kind.
    pub kind: BlobKind,
    /// The SHA-256 of its bytes.
    pub digest: Sha256,
    /// Its length in bytes.
    pub size: u64,
    /// The CRC-32 of its bytes, as archives want it.
    pub crc32: u32,
    pub(super) temp: TempFile,
}
