//! Which items have lost their bytes: asked once sealing has stumbled over the first of them.

use std::collections::HashMap;

use bundle::Sha256;
use store::{BlobKind, StoreError, Unwatched, Watch};

use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::items::ItemState;
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

impl Vault {
    /// The error with every item of the package that has lost its bytes, if that is what it is about: all can then be
    /// brought back at once.
    pub(crate) fn name_all_lost(
        &self,
        project: &Project,
        seal: &SealedBundle,
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
        // Only a package of the series holds all items up to itself.
        if !about_one || seal.number.is_none() {
            return error;
        }
        match self.lost_bytes(project, (seal.first, seal.seq), watch) {
            Ok(items) if !items.is_empty() => VaultError::BytesLost {
                items,
                folder: self.root().cas(),
            },
            _ => error,
        }
    }

    fn lost_bytes(
        &self,
        project: &Project,
        (first, last): (u64, u64),
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
                if item.state == ItemState::Erased || !(first..=last).contains(&item.seq) {
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
