//! Removing what the ledger says was erased: bytes from the store, words from the search index. The entry came first; this
//! can be done again at any time.

use std::time::Duration;

use bundle::Sha256;
use store::{BlobKind, Origin, RequestId, Unwatched};

use crate::column::digest;
use crate::error::{Result, VaultError};
use crate::sql;
use crate::vault::Vault;

/// What finishing erasures did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erasures {
    /// Digests whose bytes were removed now.
    pub removed: u64,
    /// Digests whose bytes still lie in the store and cases whose index was not brought up to date, since somebody is storing
    /// or filling the index: to be tried again.
    pub left: u64,
}

/// How long the search index may take to catch up.
const PATIENCE: Duration = Duration::from_secs(2);
/// The folders that an item's bytes and its text lie in. What seals name is never erased.
const KINDS: [BlobKind; 2] = [BlobKind::Raw, BlobKind::Extract];

impl Vault {
    /// Removes what erasures that were cut short after their entry left. Asked at every start; costs nothing when there are
    /// none.
    ///
    /// # Errors
    /// What the store says when something cannot be removed.
    pub fn finish_erasures(&self) -> Result<Erasures> {
        self.remove_erased(Duration::ZERO)
    }

    /// The same, waiting for others who are storing something.
    pub(crate) fn remove_erased(&self, wait: Duration) -> Result<Erasures> {
        let mut done = Erasures {
            removed: 0,
            left: self.forget()?,
        };
        let pending = self.erasures()?;
        if pending.is_empty() {
            return Ok(done);
        }
        // From here on nobody can find bytes that are about to go.
        let Some(_alone) = self.blobs().hold_alone(wait)? else {
            done.left += pending.len() as u64;
            return Ok(done);
        };
        for digest in self.erasures()? {
            if self.remove_one(&digest)? {
                done.removed += 1;
            }
        }
        Ok(done)
    }

    fn erasures(&self) -> Result<Vec<Sha256>> {
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::ERASURE_LIST)?;
            let rows = statement.query_map((), |row| digest(row, 0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Lets the search index of each case catch up with its withdrawals. Returns how many cases it could not.
    fn forget(&self) -> Result<u64> {
        let pending: Vec<String> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::ERASURE_PROJECTS)?;
            let rows = statement.query_map((), |row| row.get(0))?;
            Ok::<_, VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        if pending.is_empty() {
            return Ok(0);
        }
        let mut left = 0;
        for project in self.projects()? {
            if !pending.contains(&project.id) {
                continue;
            }
            let size = self.ledger_size(&project)?;
            let missing = self.missing(&project)?.entries;
            // An index that has nothing of the case has nothing to forget.
            let forgotten = missing >= size || {
                let index = self.index(&project, &Unwatched, self.within(PATIENCE))?;
                index.missing.entries == 0
            };
            if forgotten {
                self.db().write(&origin(), |tx| {
                    tx.prepare_cached(sql::ERASURE_FORGOTTEN)?
                        .execute((&project.id,))?;
                    Ok::<_, VaultError>(())
                })?;
            } else {
                left += 1;
            }
        }
        Ok(left)
    }

    /// Removes the bytes, then forgets that they were to be removed. False if they are wanted: by another case, by an
    /// upload, or since they were captured again.
    fn remove_one(&self, digest: &Sha256) -> Result<bool> {
        let wanted: bool = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::BLOB_WANTED)?;
            Ok::<_, VaultError>(statement.query_row((digest.as_bytes(),), |row| row.get(0))?)
        })?;
        let wanted = wanted || self.upload_rests_on(BlobKind::Raw, digest)?;
        if !wanted {
            for kind in KINDS {
                self.blobs().remove(kind, *digest)?;
            }
        }
        self.db().write(&origin(), |tx| {
            for kind in KINDS.iter().filter(|_| !wanted) {
                let fields = (digest.as_bytes(), kind.as_str());
                tx.prepare_cached(sql::BLOB_DELETE)?.execute(fields)?;
            }
            tx.prepare_cached(sql::ERASURE_DELETE)?
                .execute((digest.as_bytes(),))?;
            Ok::<_, VaultError>(())
        })?;
        Ok(!wanted)
    }
}

fn origin() -> Origin {
    Origin::Request {
        id: RequestId::from("erase"),
    }
}
