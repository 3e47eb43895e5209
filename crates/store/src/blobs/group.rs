//! Committing blobs in groups: many fsyncs in flight at once, then all the names, then one fsync a folder.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use bundle::Sha256;

use super::{BlobKind, Blobs, Staged};
use crate::durable::{self, Placed};
use crate::error::{Result, StoreError};
use crate::watch::Unwatched;

/// How many blobs a group should hold at most; each keeps a file open until the commit.
pub const GROUP_MAX: usize = 256;

/// How many files are forced to the disk at the same time.
const IN_FLIGHT: usize = 32;

/// How closely bytes that are there already are looked at before they are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recheck {
    /// Only the length: cheap, and finds what a crash of another program or a full disk leaves.
    #[default]
    Size,
    /// Every byte: finds rot as well.
    Content,
}

/// What became of a staged blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The bytes were not there before.
    New,
    /// The same bytes were there already.
    Duplicate,
    /// Other bytes stood under this digest; the right ones have taken their place.
    Healed,
}

/// A blob that is there and stays there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its kind.
    pub kind: BlobKind,
    /// The SHA-256 of its bytes.
    pub digest: Sha256,
    /// Its length in bytes.
    pub size: u64,
    /// The CRC-32 of its bytes.
    pub crc32: u32,
    /// What this commit did.
    pub outcome: Outcome,
}

pub(super) fn commit(blobs: &Blobs, staged: Vec<Staged>, recheck: Recheck) -> Result<Vec<Stored>> {
    let mut seen = Vec::with_capacity(staged.len());
    for one in &staged {
        seen.push(look(blobs, one, recheck)?);
    }
    let fresh: Vec<&Staged> = staged
        .iter()
        .zip(&seen)
        .filter(|(_, seen)| **seen != Outcome::Duplicate)
        .map(|(one, _)| one)
        .collect();
    sync_all(&fresh)?;
    let kinds: BTreeSet<BlobKind> = staged.iter().map(|one| one.kind).collect();
    let mut stored = Vec::with_capacity(staged.len());
    for (one, seen) in staged.into_iter().zip(seen) {
        stored.push(place(blobs, one, seen, recheck)?);
    }
    // Also for duplicates: whoever brought the name may not have forced the folder to the disk yet.
    for kind in kinds {
        durable::sync_folder(&blobs.shelf(kind))?;
    }
    Ok(stored)
}

/// What stands under the name now: nothing, the same, or something damaged.
fn look(blobs: &Blobs, staged: &Staged, recheck: Recheck) -> Result<Outcome> {
    let damaged = |error| match error {
        StoreError::BlobDamaged { .. } | StoreError::BlobMissing { .. } => Ok(Outcome::Healed),
        other => Err(other),
    };
    match blobs.size(staged.kind, staged.digest) {
        Err(error) => damaged(error),
        Ok(None) => Ok(Outcome::New),
        Ok(Some(size)) if size != staged.size => Ok(Outcome::Healed),
        Ok(Some(_)) if recheck == Recheck::Size => Ok(Outcome::Duplicate),
        Ok(Some(_)) => {
            let checked = blobs
                .open_blob(staged.kind, staged.digest)?
                .check(&Unwatched);
            checked.map(|_| Outcome::Duplicate).or_else(damaged)
        }
    }
}

fn place(blobs: &Blobs, mut staged: Staged, seen: Outcome, recheck: Recheck) -> Result<Stored> {
    let target = blobs.path(staged.kind, staged.digest);
    let outcome = match seen {
        Outcome::New => match staged.temp.place_new(&target)? {
            Placed::New => Outcome::New,
            // Somebody was faster. If those bytes are no good, ours take their place.
            Placed::Exists => match look(blobs, &staged, recheck)? {
                Outcome::Duplicate => Outcome::Duplicate,
                Outcome::New | Outcome::Healed => {
                    staged.temp.sync()?;
                    staged.temp.place_over(&target)?;
                    Outcome::Healed
                }
            },
        },
        Outcome::Healed => {
            staged.temp.place_over(&target)?;
            Outcome::Healed
        }
        Outcome::Duplicate => Outcome::Duplicate,
    };
    let Staged {
        kind,
        digest,
        size,
        crc32,
        ..
    } = staged;
    Ok(Stored {
        kind,
        digest,
        size,
        crc32,
        outcome,
    })
}

/// Forces the bytes of all to the disk; the first failure ends it.
fn sync_all(staged: &[&Staged]) -> Result<()> {
    if let [one] = staged {
        return one.temp.sync();
    }
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<StoreError>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..staged.len().min(IN_FLIGHT) {
            scope.spawn(|| {
                while let Some(one) = staged.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = one.temp.sync() {
                        next.store(staged.len(), Ordering::Relaxed);
                        failure
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .get_or_insert(error);
                    }
                }
            });
        }
    });
    failure
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .map_or(Ok(()), Err)
}
