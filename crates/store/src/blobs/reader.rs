//! A blob on its way out: its bytes are hashed as they leave, and the last of them only leave once they agree.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use bundle::{ReadAt, Sha256};

use super::BlobKind;
use super::hashing::Hashing;
use crate::error::{Result, StoreError};
use crate::page_cache;
use crate::watch::Watch;

/// What is read at once, in bytes.
const PIECE: usize = 1 << 17;

/// A blob read from beginning to end. Its last piece (at most 128 KiB) is given only when the digest of the whole
/// agrees; otherwise `read` fails with an [`io::Error`] that carries `blob_damaged` ([`StoreError::io`] takes it out).
#[derive(Debug)]
pub struct BlobReader {
    kind: BlobKind,
    digest: Sha256,
    path: PathBuf,
    file: File,
    size: u64,
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

impl BlobReader {
    pub(super) fn open(kind: BlobKind, digest: Sha256, path: PathBuf) -> Result<Self> {
        let opened = File::options()
            .read(true)
            .custom_flags(NOFOLLOW)
            .open(&path)
            .and_then(|file| {
                let found = file.metadata()?;
                if found.is_file() {
                    Ok((file, found.len(), Hashing::of(found.len())?))
                } else {
                    Err(io::ErrorKind::InvalidData.into())
                }
            });
        match opened {
            Ok((file, size, hashing)) => Ok(Self {
                kind,
                digest,
                path,
                file,
                size,
                hashing: Some(hashing),
                damage: None,
                ready: Arc::default(),
                gone: 0,
                ahead: Arc::default(),
                read: 0,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::BlobMissing { kind, digest, path })
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData || is_link(&error) => {
                Err(StoreError::BlobDamaged {
                    kind,
                    digest,
                    path,
                    detail: "it is not a file".to_owned(),
                })
            }
            Err(error) => Err(StoreError::io("read", path, error)),
        }
    }

    /// The length in bytes when it was opened.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The digest that it must have.
    pub const fn digest(&self) -> Sha256 {
        self.digest
    }

    /// Reads it all once and, if the digest agrees, hands out a blob that can be read at any place. Progress counts
    /// bytes; it can be canceled every 128 KiB.
    ///
    /// # Errors
    /// `blob_damaged`, `io`, `canceled`.
    pub fn check(mut self, watch: &dyn Watch) -> Result<CheckedBlob> {
        while self.hashing.is_some() {
            self.next_piece()?;
            watch.progress(self.read, Some(self.size));
            watch.go_on()?;
        }
        Ok(CheckedBlob {
            file: self.file,
            size: self.size,
        })
    }

    /// Reads and hashes one piece into `ahead`. At the end of the file the digest is compared and the hasher goes.
    fn next_piece(&mut self) -> Result<()> {
        let Some(hashing) = &mut self.hashing else {
            return Ok(());
        };
        let fail = |error| StoreError::io("read", &self.path, error);
        // Its memory serves again, if nobody hashes it any more.
        let mut piece = Arc::try_unwrap(std::mem::take(&mut self.ahead)).unwrap_or_default();
        piece.clear();
        let mut next = self.file.by_ref().take(PIECE as u64);
        next.read_to_end(&mut piece).map_err(fail)?;
        self.ahead = Arc::new(piece);
        hashing.update(&self.ahead).map_err(fail)?;
        self.read += self.ahead.len() as u64;
        if self.read.is_multiple_of(page_cache::STEP) {
            page_cache::forget(&self.file, self.read);
        }
        if self.read > self.size {
            return Err(self.damaged("they grew while they were read".to_owned()));
        }
        if self.ahead.is_empty() {
            let found = self.hashing.take().map(Hashing::finish);
            let found = found.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()));
            let found = found.map_err(|error| StoreError::io("read", &self.path, error))?;
            if found != self.digest {
                return Err(self.damaged(format!(
                    "they have {} bytes and the digest {found}",
                    self.read
                )));
            }
        }
        Ok(())
    }

    /// From here on nothing more leaves, however often it is asked for.
    fn damaged(&mut self, detail: String) -> StoreError {
        self.damage = Some(detail.clone());
        StoreError::BlobDamaged {
            kind: self.kind,
            digest: self.digest,
            path: self.path.clone(),
            detail,
        }
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(detail) = self.damage.clone() {
            return Err(self.damaged(detail).into());
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
                return Err(error.into());
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

/// A blob whose bytes had the right digest when it was opened, to be read at any place and from several threads.
#[derive(Debug)]
pub struct CheckedBlob {
    file: File,
    size: u64,
}

impl ReadAt for CheckedBlob {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(&self.file, buffer, offset)
    }
}

fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// Never through a link: a link is not what the store wrote.
const NOFOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
