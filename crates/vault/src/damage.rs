//! Which items of a package have lost their bytes: asked once sealing has stumbled over the first of them.

use std::collections::{BTreeSet, HashMap};

use bundle::Sha256;
use store::{BlobKind, StoreError, Unwatched, Watch};

use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::holdings::chosen_items;
use crate::items::{Item, ItemState};
use crate::ledger::chain_of;
use crate::project::Project;
use crate::vault::Vault;

/// How many rows are read at once.
const PAGE: u64 = 1000;

/// An item whose bytes are not what was captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostBytes {
    /// Its number.
    pub item: u64,
    /// Its name.
    pub name: String,
    /// There are none, as opposed to others.
    pub missing: bool,
}

/// Which items a package holds.
pub(crate) struct Within<'a> {
    /// The first and last entry.
    pub events: (u64, u64),
    /// Of an excerpt, the chosen ones; a package of the series holds all.
    pub chosen: Option<&'a BTreeSet<u64>>,
}

impl Within<'_> {
    fn holds(&self, item: &Item) -> bool {
        let (first, last) = self.events;
        (first..=last).contains(&item.seq)
            && self.chosen.is_none_or(|chosen| chosen.contains(&item.item))
    }
}

impl Vault {
    /// The error with every item of a package that has lost its bytes, if that is what it is about: all can then be
    /// brought back at once.
    pub(crate) fn name_all_lost(
        &self,
        project: &Project,
        within: &Within<'_>,
        error: VaultError,
        watch: &dyn Watch,
    ) -> VaultError {
        let about_one = matches!(
            &error,
            VaultError::Store(
                StoreError::BlobMissing {
                    kind: BlobKind::Raw,
                    ..
                } | StoreError::BlobDamaged {
                    kind: BlobKind::Raw,
                    ..
                }
            )
        );
        if !about_one {
            return error;
        }
        match self.lost_bytes(project, within, watch) {
            Ok(items) if !items.is_empty() => VaultError::BytesLost {
                items,
                folder: self.root().cas(),
            },
            _ => error,
        }
    }

    /// The same for a package that stands in the ledger.
    pub(crate) fn name_all_lost_of(
        &self,
        project: &Project,
        seal: &SealedBundle,
        error: VaultError,
        watch: &dyn Watch,
    ) -> VaultError {
        let chosen = self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?.id;
            chosen_items(connection, chain, seal)
        });
        let Ok(chosen) = chosen else {
            return error;
        };
        let within = Within {
            events: (seal.first, seal.seq),
            chosen: chosen.as_ref(),
        };
        self.name_all_lost(project, &within, error, watch)
    }

    fn lost_bytes(
        &self,
        project: &Project,
        within: &Within<'_>,
        watch: &dyn Watch,
    ) -> Result<Vec<LostBytes>> {
        let mut lost = Vec::new();
        let mut known = HashMap::new();
        let mut after = 0;
        loop {
            let items = self.items(project, after, PAGE)?;
            let Some(end) = items.last() else {
                return Ok(lost);
            };
            after = end.item;
            for item in items {
                watch.go_on()?;
                if item.state == ItemState::Erased || !within.holds(&item) {
                    continue;
                }
                let found = match known.get(&item.raw_sha256) {
                    Some(found) => *found,
                    None => self.how_lost(item.raw_sha256)?,
                };
                known.insert(item.raw_sha256, found);
                if let Some(missing) = found {
                    lost.push(LostBytes {
                        item: item.item,
                        name: item.name,
                        missing,
                    });
                }
            }
        }
    }

    /// None if the bytes are there and whole; else whether there are none.
    fn how_lost(&self, digest: Sha256) -> Result<Option<bool>> {
        let opened = self.blobs().open_blob(BlobKind::Raw, digest);
        match opened.and_then(|blob| blob.check(&Unwatched)) {
            Ok(_) => Ok(None),
            Err(StoreError::BlobMissing { .. }) => Ok(Some(true)),
            Err(StoreError::BlobDamaged { .. }) => Ok(Some(false)),
            Err(error) => Err(error.into()),
        }
    }
}
