//! Removing bytes that the ledger says were erased. The entry came first; this can be done again at any time.

use std::time::Duration;

use bundle::Sha256;
use store::{BlobKind, Origin, RequestId};

use crate::error::{Result, VaultError};
use crate::ledger::digest;
use crate::sql;
use crate::vault::Vault;

/// What finishing erasures did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erasures {
    /// Digests whose bytes were removed now.
    pub removed: u64,
    /// Digests whose bytes still lie in the store, since somebody is storing: to be tried again.
    pub left: u64,
}

/// The folders that an item's bytes and its text lie in. What seals name is never erased.
const KINDS: [BlobKind; 2] = [BlobKind::Raw, BlobKind::Extract];

impl Vault {
    /// Removes the bytes of erasures that were cut short after their entry. Asked at every start; costs nothing when there
    /// are none.
    ///
    /// # Errors
    /// What the store says when something cannot be removed.
    pub fn finish_erasures(&self) -> Result<Erasures> {
        self.remove_erased(Duration::ZERO)
    }

    /// The same, waiting for others who are storing something.
    pub(crate) fn remove_erased(&self, wait: Duration) -> Result<Erasures> {
        let pending = self.erasures()?;
        if pending.is_empty() {
            return Ok(Erasures::default());
        }
        // From here on nobody can find bytes that are about to go.
        let Some(_alone) = self.blobs().hold_alone(wait)? else {
            return Ok(Erasures {
                removed: 0,
                left: pending.len() as u64,
            });
        };
        let mut done = Erasures::default();
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

    /// Removes the bytes, then forgets that they were to be removed. False if they are wanted: by another case, or since
    /// they were captured again.
    fn remove_one(&self, digest: &Sha256) -> Result<bool> {
        let wanted: bool = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::BLOB_WANTED)?;
            Ok::<_, VaultError>(statement.query_row((digest.as_bytes(),), |row| row.get(0))?)
        })?;
        if !wanted {
            for kind in KINDS {
                self.blobs().remove(kind, *digest)?;
            }
        }
        let origin = Origin::Request {
            id: RequestId::from("erase"),
        };
        self.db().write(&origin, |tx| {
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
