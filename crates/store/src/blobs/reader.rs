//! A blob on its way out: hashed as it leaves, with its place in every error.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use bundle::{ReadAt, Sha256};

use super::BlobKind;
use crate::error::{Result, StoreError};
use crate::hashed::Hashed;
use crate::watch::Watch;

/// A blob read from beginning to end ([`Hashed`]). When it is not what it should be, `read` fails before its last piece
/// with an [`io::Error`] that carries `blob_damaged` ([`StoreError::io`] takes it out).
#[derive(Debug)]
pub struct BlobReader {
    kind: BlobKind,
    path: PathBuf,
    bytes: Hashed,
}

impl BlobReader {
    pub(super) fn open(kind: BlobKind, digest: Sha256, path: PathBuf) -> Result<Self> {
        let opened = File::options()
            .read(true)
            .custom_flags(NOFOLLOW)
            .open(&path)
            .and_then(|file| {
                if file.metadata()?.is_file() {
                    Hashed::new(file, digest)
                } else {
                    Err(ErrorKind::InvalidData.into())
                }
            });
        match opened {
            Ok(bytes) => Ok(Self { kind, path, bytes }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(StoreError::BlobMissing { kind, digest, path })
            }
            Err(error) if error.kind() == ErrorKind::InvalidData || is_link(&error) => {
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
        self.bytes.size()
    }

    /// The digest that it must have.
    pub const fn digest(&self) -> Sha256 {
        self.bytes.expected()
    }

    /// Reads it all once and, if the digest agrees, hands out a blob that can be read at any place. Progress counts
    /// bytes; it can be canceled every 128 KiB.
    ///
    /// # Errors
    /// `blob_damaged`, `io`, `canceled`.
    pub fn check(self, watch: &dyn Watch) -> Result<CheckedBlob> {
        let (kind, digest, size) = (self.kind, self.digest(), self.size());
        let checked = self.bytes.checked(|read| {
            watch.progress(read, Some(size));
            watch.go_on().map_err(io::Error::from)
        });
        let file = checked.map_err(|error| named(kind, digest, &self.path, error))?;
        Ok(CheckedBlob { file, size })
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer);
        Ok(read.map_err(|error| named(self.kind, self.digest(), &self.path, error))?)
    }
}

/// What went wrong, with the blob that it is about.
fn named(kind: BlobKind, digest: Sha256, path: &Path, error: io::Error) -> StoreError {
    if error.kind() == ErrorKind::InvalidData {
        return StoreError::BlobDamaged {
            kind,
            digest,
            path: path.to_owned(),
            detail: error.to_string(),
        };
    }
    StoreError::io("read", path, error)
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
