//! The file of the index: opened when it is needed, emptied in place when it is no good, filled by one at a time.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use store::lock::FileLock;
use store::{Access, Database, Db, StoreError, Watch};

use super::sql::SEARCH;
use crate::error::{Result, VaultError};
use crate::reading::Limit;
use crate::vault::Vault;

/// How long between two tries to be the one who fills it.
const PAUSE: Duration = Duration::from_millis(10);

/// The right to fill the index, or to empty it.
pub(super) struct Filling(#[expect(dead_code, reason = "held, not read")] FileLock);

impl Vault {
    /// The index as it is; none if there is none that can be used.
    pub(super) fn index_db(&self) -> Result<Option<Arc<Db>>> {
        let mut open = self.index_slot();
        if let Some(db) = &*open {
            return Ok(Some(Arc::clone(db)));
        }
        match Db::open(self.root(), Database::Search, &SEARCH) {
            Ok(db) => Ok(Some(Arc::clone(open.insert(Arc::new(db))))),
            Err(error) if is_no_good(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The index for whoever may fill it: one that is damaged, of another program or of a later version is emptied.
    /// The second answer is true if that was done.
    pub(super) fn index_db_for(&self, _filling: &Filling) -> Result<(Arc<Db>, bool)> {
        if let Some(db) = self.index_db()? {
            return Ok((db, false));
        }
        let (db, anew) = Db::open_derived(self.root(), Database::Search, &SEARCH)?;
        Ok((Arc::clone(self.index_slot().insert(Arc::new(db))), anew))
    }

    /// Empties an index whose damage was met while it was used.
    pub(super) fn empty_index(&self, _filling: &Filling) -> Result<()> {
        let mut open = self.index_slot();
        *open = None;
        let db = Db::open_emptied(self.root(), Database::Search, &SEARCH)?;
        *open = Some(Arc::new(db));
        Ok(())
    }

    /// Becomes the one who fills the index. None if somebody else is it until the limit, or the limit is now; a root that
    /// is only read has nobody.
    pub(super) fn may_fill(&self, watch: &dyn Watch, limit: Limit) -> Result<Option<Filling>> {
        if self.root().access() == Access::Read {
            return Ok(None);
        }
        let path = self.root().search_lock();
        loop {
            if let Some(lock) = FileLock::try_take(&path)? {
                return Ok(Some(Filling(lock)));
            }
            if watch.canceled() || self.is_over(limit) {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
    }

    /// Whether an error says that the index, and not the ledger, must be made anew.
    pub(super) fn index_is_damaged(&self, error: &VaultError) -> bool {
        let VaultError::Store(error) = error else {
            return false;
        };
        let path = self.root().search_db();
        let kind = matches!(
            error,
            StoreError::DatabaseCorrupt { .. } | StoreError::DatabaseFailed { .. }
        );
        kind && error.place() == Some(&path)
    }

    fn index_slot(&self) -> MutexGuard<'_, Option<Arc<Db>>> {
        self.index_cell()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_no_good(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::DatabaseCorrupt { .. }
            | StoreError::DatabaseNewer { .. }
            | StoreError::DatabaseOlder { .. }
            | StoreError::DatabaseFailed { .. }
            | StoreError::NotADataRoot { .. }
    )
}
