//! The bytes are looked for before the SEAL is written: a package that cannot be finished is not begun. Whether they are
//! the right ones is known only once they are read.

use std::collections::BTreeSet;

use bundle::seal::Plan;
use store::{BlobKind, StoreError, Watch};

use super::pin::SealDraft;
use crate::damage::Within;
use crate::error::Result;
use crate::evidence::kind_of;
use crate::project::Project;
use crate::vault::Vault;

impl Vault {
    /// Every blob of the plan is there with its length; else all items that have lost their bytes are named.
    pub(super) fn must_be_there(
        &self,
        project: &Project,
        plan: &Plan,
        draft: &SealDraft,
        watch: &dyn Watch,
    ) -> Result<()> {
        let mut first = None;
        for (folder, digest, size) in plan.blobs() {
            let kind = kind_of(folder);
            let path = || self.blobs().path(kind, digest);
            let error = match self.blobs().size(kind, digest) {
                Ok(Some(found)) if found == size => continue,
                Ok(Some(found)) => StoreError::BlobDamaged {
                    kind,
                    digest,
                    path: path(),
                    detail: format!("it has {found} bytes, not {size}"),
                },
                Ok(None) => StoreError::BlobMissing {
                    kind,
                    digest,
                    path: path(),
                },
                Err(error) => error,
            };
            // Bytes of items come before texts: those can be named all at once.
            if first.is_none() || kind == BlobKind::Raw {
                first = Some(error);
            }
            if kind == BlobKind::Raw {
                break;
            }
        }
        let Some(error) = first else {
            return Ok(());
        };
        let chosen: Option<BTreeSet<u64>> = draft.items.clone().map(BTreeSet::from_iter);
        let within = Within {
            events: (draft.pins.first, draft.event.payload.seq),
            chosen: chosen.as_ref(),
        };
        Err(self.name_all_lost(project, &within, error.into(), watch))
    }
}
