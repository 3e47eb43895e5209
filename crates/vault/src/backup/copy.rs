//! Copying blobs from one store to another in groups, several at a time, each hashed on its way.

use std::fs::File;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bundle::Sha256;
use store::blobs::{GROUP_MAX, Recheck, Staged};
use store::{BlobKind, Blobs, StoreError, Watch};

use crate::doctor::Silent;
use crate::error::Result;

/// Bytes of a group: one that is cut short loses no more work than this.
const GROUP_BYTES: u64 = 64 << 20;

/// A blob to be copied.
pub(super) type Wanted = (BlobKind, Sha256, u64);

/// What became of one that was not copied.
pub(super) enum Lost {
    /// There is nothing to copy.
    Missing(Wanted),
    /// There are other bytes.
    Damaged(Wanted, String),
}

/// Copies from one store to another.
pub(super) struct Copier<'a> {
    pub from: &'a Blobs,
    pub to: &'a Blobs,
    pub watch: &'a dyn Watch,
    /// Bytes done and to be done, for the progress.
    pub done: u64,
    pub total: u64,
    group: Vec<Wanted>,
    group_bytes: u64,
    /// What was copied.
    pub copied: Vec<Wanted>,
    /// What was there already.
    pub kept: u64,
    pub lost: Vec<Lost>,
}

impl<'a> Copier<'a> {
    pub fn new(from: &'a Blobs, to: &'a Blobs, total: u64, watch: &'a dyn Watch) -> Self {
        Self {
            from,
            to,
            watch,
            done: 0,
            total,
            group: Vec::new(),
            group_bytes: 0,
            copied: Vec::new(),
            kept: 0,
            lost: Vec::new(),
        }
    }

    /// Copies it now or with others, unless bytes of that length are there.
    pub fn add(&mut self, wanted: Wanted) -> Result<()> {
        let (kind, digest, size) = wanted;
        self.watch.go_on()?;
        if matches!(self.to.size(kind, digest), Ok(Some(found)) if found == size) {
            self.kept += 1;
            self.advance(size);
            return Ok(());
        }
        self.group.push(wanted);
        self.group_bytes += size;
        if self.group.len() >= GROUP_MAX || self.group_bytes >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Copies what waits.
    pub fn flush(&mut self) -> Result<()> {
        let group = std::mem::take(&mut self.group);
        self.group_bytes = 0;
        let slots: Vec<Mutex<Option<Result<Staged, StoreError>>>> =
            group.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let (Some(wanted), Some(slot)) = (group.get(index), slots.get(index)) else {
                    return;
                };
                let staged = self.stage(*wanted);
                if let Ok(mut slot) = slot.lock() {
                    *slot = Some(staged);
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 1..threads.min(group.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut ready = Vec::with_capacity(group.len());
        let results = slots
            .into_iter()
            .map(|slot| slot.into_inner().ok().flatten());
        for (wanted, staged) in group.into_iter().zip(results) {
            let (kind, digest, size) = wanted;
            match staged {
                Some(Ok(staged)) if staged.digest == digest => {
                    ready.push(staged);
                    self.copied.push(wanted);
                }
                Some(Ok(staged)) => {
                    let detail = format!(
                        "they have {} bytes and the digest {}",
                        staged.size, staged.digest
                    );
                    self.lost.push(Lost::Damaged(wanted, detail));
                }
                Some(Err(StoreError::BlobMissing { .. })) => self.lost.push(Lost::Missing(wanted)),
                Some(Err(
                    error @ StoreError::Io {
                        operation: "read", ..
                    },
                )) => {
                    self.lost.push(Lost::Damaged(wanted, error.to_string()));
                }
                Some(Err(error)) => return Err(error.into()),
                None => {
                    let path = self.from.path(kind, digest);
                    return Err(StoreError::io("read", path, io::ErrorKind::Other.into()).into());
                }
            }
            self.advance(size);
        }
        self.to.commit(ready, Recheck::Content)?;
        Ok(())
    }

    fn stage(&self, (kind, digest, size): Wanted) -> Result<Staged, StoreError> {
        self.watch.go_on()?;
        let path = self.from.path(kind, digest);
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::BlobMissing { kind, digest, path });
            }
            file => file.map_err(|error| StoreError::io("read", &path, error))?,
        };
        let mut writer = self.to.begin(kind)?;
        writer.fill_from(&mut file, &path, Some(size), &Silent(self.watch))?;
        writer.finish()
    }

    fn advance(&mut self, bytes: u64) {
        self.done += bytes;
        self.watch.progress(self.done, Some(self.total));
    }
}
