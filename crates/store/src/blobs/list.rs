//! What lies in a folder of the store, for those who check it.

use std::fs::{self, DirEntry, ReadDir};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bundle::Sha256;

use crate::error::{Result, StoreError};

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A file under a digest. Whether its bytes have that digest is not looked at.
    Blob {
        /// Its name.
        digest: Sha256,
        /// Its length in bytes.
        size: u64,
        /// Its place on the disk, more or less: who reads many reads them in this order.
        inode: u64,
    },
    /// Something that the store did not put there.
    Foreign(PathBuf),
}

/// The things in one folder, read as they are asked for.
#[derive(Debug)]
pub struct Listing {
    folder: PathBuf,
    entries: Option<ReadDir>,
}

impl Listing {
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            entries => Some(entries.map_err(|error| StoreError::io("list", folder, error))?),
        };
        Ok(Self {
            folder: folder.to_owned(),
            entries,
        })
    }
}

impl Iterator for Listing {
    type Item = Result<Listed>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.as_mut()?.next()?;
        Some(
            entry
                .and_then(|entry| listed(&entry))
                .map_err(|error| StoreError::io("list", &self.folder, error)),
        )
    }
}

fn listed(entry: &DirEntry) -> io::Result<Listed> {
    let found = entry.metadata()?; // of the entry itself, not of what a link points to
    let digest = entry
        .file_name()
        .to_str()
        .and_then(|name| name.parse().ok());
    Ok(match digest.filter(|_| found.is_file()) {
        Some(digest) => Listed::Blob {
            digest,
            size: found.len(),
            inode: found.ino(),
        },
        None => Listed::Foreign(entry.path()),
    })
}
