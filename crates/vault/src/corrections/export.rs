//! Copies of originals that leave.

use std::path::Path;

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::clean;
use store::BlobKind;
use store::blobs::BlobReader;

use super::Recorded;
use crate::error::{Result, VaultError};
use crate::items::{Item, ItemState};
use crate::ledger::Draft;
use crate::project::Project;
use crate::vault::{Act, Vault};

impl Vault {
    /// The bytes of an item, hashed as they leave; the last of them only leave once the digest agrees. One that was
    /// withdrawn can still be read, as long as its bytes were not erased.
    ///
    /// # Errors
    /// `item_erased`, `item_unknown`, `blob_missing`; `blob_damaged` while it is read.
    pub fn original(&self, project: &Project, item: &Item) -> Result<BlobReader> {
        // As it is now: the item at hand may have been erased meanwhile, while another case has the same bytes.
        match self.item(project, item.item)?.state {
            ItemState::Erased => Err(VaultError::ItemErased(item.item)),
            ItemState::Present | ItemState::Withdrawn => {
                Ok(self.blobs().open_blob(BlobKind::Raw, item.raw_sha256)?)
            }
        }
    }

    /// Puts on record that a copy of an original left. Where it went stays on this machine.
    ///
    /// # Errors
    /// `item_erased`, `item_unknown`, `actor_missing`.
    pub fn record_export(
        &self,
        project: &Project,
        item: u64,
        to: &Path,
        act: &Act,
    ) -> Result<Recorded> {
        let (recorded, ()) = self.record_about(project, item, act, |about| {
            let content = about
                .content()
                .with("what", "original")
                .with("raw_sha256", about.item.raw_sha256);
            let path = clean(to.as_os_str().as_encoded_bytes());
            let machine = path.add_to(self.machine().owner_object(), "absolute_path");
            let draft = Draft::new(EventType::Export, content)
                .source(Object::new())
                .machine(machine);
            Ok((draft, ()))
        })?;
        Ok(recorded)
    }
}
