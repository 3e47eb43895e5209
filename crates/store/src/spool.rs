//! Files that arrive in pieces: what is on the disk, and where the sums stood there, so that nothing is read twice.
//!
//! A spool file is written by one at a time, who holds its lock. What lies beyond the last [`Mark`] that somebody kept
//! was never acknowledged, and is cut off by the next who writes.

mod whole;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::digest::Hasher;

pub use whole::{Whole, remove};

use crate::blobs::Sums;
use crate::crash::{Act, point};
use crate::durable;
use crate::error::{Result, StoreError};

/// Its owner may write to it until it is whole; the others as the store has it, less what the umask takes.
const MODE: u32 = 0o640;
/// Never through a link: a link is not what was written here.
const NOFOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// How far a spool file has come: what is kept elsewhere once the bytes are on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// So many bytes.
    pub offset: u64,
    /// Where their SHA-256 stands: [`Hasher::state`].
    pub sha256: Vec<u8>,
    /// Their CRC-32.
    pub crc32: u32,
}

impl Mark {
    /// Nothing yet.
    pub fn start() -> Self {
        Self {
            offset: 0,
            sha256: Hasher::new().state(),
            crc32: 0,
        }
    }

    /// The digest of the bytes so far; none if the state is not one that this version writes.
    pub fn digest(&self) -> Option<Sha256> {
        Hasher::resume(&self.sha256).map(Hasher::finish)
    }
}

/// What opening a spool file comes to.
#[derive(Debug)]
pub enum Opened<T> {
    /// It is held now.
    Held(T),
    /// Somebody else holds it.
    Busy,
    /// Bytes that were acknowledged are not there any more.
    Lost,
}

/// A spool file that is held and written to.
#[derive(Debug)]
pub struct Spool {
    file: File,
    path: PathBuf,
    sums: Sums,
    offset: u64,
    /// Its name may not be on the disk yet.
    unnamed: bool,
}

impl Spool {
    /// Opens a spool file, or makes it, and cuts off what comes after the mark. The mark is asked for when the file is
    /// held: whoever held it before may have moved it.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`; and whatever `mark` returns.
    pub fn open<E: From<StoreError>>(
        path: &Path,
        mark: impl FnOnce() -> Result<Mark, E>,
    ) -> Result<Opened<Self>, E> {
        let fail = |operation| move |error| StoreError::io(operation, path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        point(Act::Create);
        let opened = options.mode(MODE).custom_flags(NOFOLLOW).open(path);
        let file = opened.map_err(fail("open"))?;
        if !held(&file, path)? {
            return Ok(Opened::Busy);
        }
        let mark = mark()?;
        let length = file.metadata().map_err(fail("look at"))?.len();
        if length < mark.offset {
            return Ok(Opened::Lost);
        }
        if length > mark.offset {
            file.set_len(mark.offset).map_err(fail("write"))?;
        }
        let sha256 = match Hasher::resume(&mark.sha256) {
            Some(hasher) => hasher,
            // Another version wrote it: then the bytes are read once more.
            None => hashed(&file, mark.offset).map_err(fail("read"))?,
        };
        Ok(Opened::Held(Self {
            sums: Sums::resume(sha256, mark.crc32, mark.offset),
            offset: mark.offset,
            unnamed: mark.offset == 0,
            file,
            path: path.to_owned(),
        }))
    }

    /// How many bytes are in the file.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Appends bytes. After an error the same bytes may be tried again.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn write_piece(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.write_all_at(bytes, self.offset);
        written.map_err(|error| StoreError::io("write", &self.path, error))?;
        self.sums.update(bytes);
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Forces everything to the disk. Only then may the mark be kept and its offset be acknowledged.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn sync(&mut self) -> Result<Mark> {
        point(Act::Written);
        durable::sync_file(&self.file, &self.path)?;
        if self.unnamed {
            durable::sync_folder(durable::parent(&self.path)?)?;
            self.unnamed = false;
        }
        let (sha256, crc32) = self.sums.state();
        Ok(Mark {
            offset: self.offset,
            sha256,
            crc32,
        })
    }
}

/// Locks a file without waiting; false if somebody else has it, or if it is not the one under its name any more.
fn held(file: &File, path: &Path) -> Result<bool> {
    let fail = |error| StoreError::io("lock", path, error);
    match file.try_lock() {
        Ok(()) => durable::still_there(file, path).map_err(fail),
        Err(TryLockError::WouldBlock) => Ok(false),
        // Where there are no locks, only one process uses the folder.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}

fn hashed(file: &File, length: u64) -> io::Result<Hasher> {
    let mut hasher = Hasher::new();
    let read = io::copy(&mut file.take(length), &mut hasher)?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(hasher)
}

#[cfg(test)]
mod tests;
