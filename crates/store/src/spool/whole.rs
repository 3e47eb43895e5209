//! A spool file to which nothing more comes.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{NOFOLLOW, Opened, held};
use crate::crash::{Act, point};
use crate::error::{Result, StoreError};

/// A spool file that is held, to be moved into the store or removed.
#[derive(Debug)]
pub struct Whole {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

impl Whole {
    /// Holds a spool file of whatever length.
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn open(path: &Path) -> Result<Opened<Self>> {
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(NOFOLLOW)
            .open(path);
        let file = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Opened::Lost),
            opened => opened.map_err(|error| StoreError::io("open", path, error))?,
        };
        if !held(&file, path)? {
            return Ok(Opened::Busy);
        }
        let found = file.metadata();
        let size = found.map_err(|error| StoreError::io("look at", path, error))?;
        Ok(Opened::Held(Self {
            size: size.len(),
            file,
            path: path.to_owned(),
        }))
    }

    /// Its length in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its first bytes, so many at most.
    ///
    /// # Errors
    /// `io`.
    pub fn head(&self, most: usize) -> Result<Vec<u8>> {
        let mut head = vec![0; usize::try_from(self.size).unwrap_or(most).min(most)];
        let read = self.file.read_exact_at(&mut head, 0);
        read.map_err(|error| StoreError::io("read", &self.path, error))?;
        Ok(head)
    }

    /// Removes it.
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn remove(self) -> Result<u64> {
        remove(&self.path)?;
        Ok(self.size)
    }
}

/// Removes a spool file that nobody needs any more, if it is there. The folder is not forced to the disk: a name that
/// comes back is swept away.
///
/// # Errors
/// `io`, `permission_denied`, `read_only`.
pub fn remove(path: &Path) -> Result<()> {
    point(Act::Remove);
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        gone => gone.map_err(|error| StoreError::io("remove", path, error)),
    }
}
