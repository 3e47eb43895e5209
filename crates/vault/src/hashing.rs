//! Reading many files and hashing each, on all cores, in memory that does not grow with them.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use bundle::Sha256;
use bundle::digest::Hasher;
use rustix::fs::{Advice, OFlags, fadvise};
use store::{StoreError, Watch};

use crate::error::Result;

/// What is read at once, in bytes.
const PIECE: usize = 1 << 20;
/// Never through a link.
const NOFOLLOW: i32 = OFlags::NOFOLLOW.bits().cast_signed();

/// Whether the bytes may come from the system's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// From wherever they are.
    Anywhere,
    /// From the disk, as far as the system can be asked for that: they were written just now.
    Disk,
}

/// Many files to be read.
pub(crate) struct Files<'a> {
    /// How many.
    pub count: usize,
    /// Their bytes in all, for the progress.
    pub total: u64,
    /// Where each lies.
    pub path: &'a (dyn Fn(usize) -> PathBuf + Sync),
    /// Where the bytes come from.
    pub from: From,
}

impl Files<'_> {
    /// Reads all of them; `heard` is told of each, from several threads. Returns how many bytes were read.
    pub fn hash(
        &self,
        watch: &dyn Watch,
        heard: &(dyn Fn(usize, io::Result<(Sha256, u64)>) + Sync),
    ) -> Result<u64> {
        let next = AtomicUsize::new(0);
        let meter = Meter {
            watch,
            done: AtomicU64::new(0),
            total: self.total,
        };
        let work = || {
            let mut piece = vec![0; PIECE];
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= self.count || watch.canceled() {
                    return;
                }
                let hashed = hash(&(self.path)(index), self.from, &mut piece, &meter);
                if watch.canceled() {
                    return;
                }
                heard(index, hashed);
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 1..threads.min(self.count) {
                scope.spawn(work);
            }
            work();
        });
        watch.go_on()?;
        Ok(meter.done.into_inner())
    }
}

struct Meter<'a> {
    watch: &'a dyn Watch,
    done: AtomicU64,
    total: u64,
}

/// Digest and length of one file; less of it when the work is no longer wanted.
fn hash(path: &Path, from: From, piece: &mut [u8], meter: &Meter<'_>) -> io::Result<(Sha256, u64)> {
    let mut file = File::options()
        .read(true)
        .custom_flags(NOFOLLOW)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    // Hints only: where they are not understood the bytes come all the same.
    if from == From::Disk {
        let _ = fadvise(&file, 0, None, Advice::DontNeed);
    }
    let _ = fadvise(&file, 0, None, Advice::Sequential);
    let (mut hasher, mut length) = (Hasher::new(), 0);
    loop {
        let got = match file.read(piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            got => got?,
        };
        if got == 0 || meter.watch.canceled() {
            return Ok((hasher.finish(), length));
        }
        hasher.update(piece.get(..got).unwrap_or_default());
        length += got as u64;
        let done = meter.done.fetch_add(got as u64, Ordering::Relaxed) + got as u64;
        meter.watch.progress(done, Some(meter.total));
    }
}

/// Digest and length of one file.
pub(crate) fn hash_file(path: &Path, from: From, watch: &dyn Watch) -> Result<(Sha256, u64)> {
    let meter = Meter {
        watch,
        done: AtomicU64::new(0),
        total: 0,
    };
    let hashed = hash(path, from, &mut vec![0; PIECE], &meter);
    watch.go_on()?;
    Ok(hashed.map_err(|error| StoreError::io("read", path, error))?)
}
