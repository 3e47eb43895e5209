//! Bytes that were found to be there must still be there when an entry names them. So whoever stores holds the store
//! together with others until the entry is written, and whoever removes holds it alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::thread;
use std::time::{Duration, Instant};

use super::Blobs;
use crate::error::{Result, StoreError};

/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// The store, held until this is dropped.
#[derive(Debug)]
pub struct Held {
    _locked: Option<File>,
}

impl Blobs {
    /// Holds the store together with others who store: meanwhile nothing is removed from it. Taken before
    /// [`Blobs::commit`], and kept until an entry names the bytes.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn hold(&self) -> Result<Held> {
        let file = self.lock_file()?;
        match file.lock_shared() {
            Err(error) if error.kind() != std::io::ErrorKind::Unsupported => {
                Err(StoreError::io("lock", &self.cas, error))
            }
            locked => Ok(Held {
                _locked: locked.is_ok().then_some(file),
            }),
        }
    }

    /// Holds the store alone, to remove from it; none if others held it for as long as `wait`.
    ///
    /// # Errors
    /// As [`Blobs::hold`].
    pub fn hold_alone(&self, wait: Duration) -> Result<Option<Held>> {
        let file = self.lock_file()?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Some(Held {
                        _locked: Some(file),
                    }));
                }
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Ok(None),
                // Where there are no locks, only one process uses the store.
                Err(TryLockError::Error(error))
                    if error.kind() == std::io::ErrorKind::Unsupported =>
                {
                    return Ok(Some(Held { _locked: None }));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::io("lock", &self.cas, error));
                }
            }
        }
    }

    fn lock_file(&self) -> Result<File> {
        self.must_write("write to")?;
        let path = self.cas.join(".lock");
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        opened.map_err(|error| StoreError::io("open", path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::DataRoot;

    #[test]
    fn nobody_removes_while_somebody_stores() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&DataRoot::create(folder.path()).unwrap()).unwrap();
        let (one, two) = (blobs.hold().unwrap(), blobs.hold().unwrap());
        let wait = Duration::from_millis(20);
        assert!(blobs.hold_alone(wait).unwrap().is_none());
        drop(one);
        assert!(blobs.hold_alone(wait).unwrap().is_none());
        drop(two);
        let alone = blobs.hold_alone(wait).unwrap();
        assert!(alone.is_some());
        assert!(blobs.hold_alone(wait).unwrap().is_none());
    }
}
