//! Taking: whole uploads become items. Whatever cuts it short, an upload is there to be taken again, or its item is.

use std::collections::BTreeSet;

use store::{StoreError, Watch, blobs, spool};

use super::pin::{run_of, usable};
use super::stage::Stager;
use super::{Upload, UploadId, row};
use crate::capture::{Arrival, CaptureReport, Intake, ItemOutcome, Recorder};
use crate::error::{Result, VaultError};
use crate::items;
use crate::project::Project;
use crate::vault::{Act, Vault};

/// Bytes of a group: large ones are acknowledged soon and alone.
const GROUP_BYTES: u64 = 64 << 20;

impl Vault {
    /// Captures whole uploads as one intake, as [`Vault::capture`] captures files. One that was taken before yields its
    /// item again, so that asking twice captures once. In order of paths; `on_item` hears of each after it is stored.
    ///
    /// What was stored before an error or a cancel stays stored, and was said to be.
    ///
    /// # Errors
    /// `upload_unavailable`, naming all that are unknown, unfinished or kept for another run: then none is taken.
    /// `upload_busy`, `project_closed`, `actor_missing`, and what the store says.
    pub fn capture_uploads(
        &self,
        project: &Project,
        ids: &[UploadId],
        intake: &Intake,
        act: &Act,
        watch: &dyn Watch,
        on_item: &mut (dyn FnMut(&ItemOutcome) + Send),
    ) -> Result<CaptureReport> {
        self.must_be_allowed(project, act)?;
        let mut seen = BTreeSet::new();
        let ids: Vec<UploadId> = ids.iter().filter(|id| seen.insert(*id)).cloned().collect();
        let mut uploads = self
            .db()
            .read(|connection| usable(connection, project, &ids, run_of(act).as_deref(), true))?;
        uploads.sort_by(|a, b| (&a.path, a.seq).cmp(&(&b.path, b.seq)));
        let total = uploads.iter().map(Upload::offset).sum();
        let stager = Stager::new(self, total, watch)?;
        let mut recorder = Recorder::new(self, project, Arrival::Uploads, intake, act, on_item);
        let mut canceled = false;
        for group in groups(&uploads) {
            match stager.store(group) {
                Err(VaultError::Store(StoreError::Canceled)) => {
                    canceled = true;
                    break;
                }
                batch => recorder.record(batch?)?,
            }
            // Until here the bytes were also those of an upload.
            self.remove_taken(group)?;
        }
        let mut report = recorder.finish();
        report.canceled = canceled;
        if report.captured + report.duplicates > 0 {
            self.remember_head(project)?;
        }
        if report.intake.is_none() {
            report.intake = self.intake_of(project, &uploads)?;
        }
        Ok(report)
    }

    /// Removes the files of uploads whose bytes were in the store already, or were copied there.
    fn remove_taken(&self, group: &[Upload]) -> Result<()> {
        for upload in group {
            let taken = self
                .db()
                .read(|connection| row::find(connection, &upload.id))?;
            if taken.is_some_and(|upload| upload.taken.is_some()) {
                spool::remove(&self.spool_path(&upload.id))?;
            }
        }
        Ok(())
    }

    /// The intake of what others have taken: before, or meanwhile.
    fn intake_of(&self, project: &Project, uploads: &[Upload]) -> Result<Option<u64>> {
        self.db().read(|connection| {
            for upload in uploads {
                let now = row::find(connection, &upload.id)?;
                if let Some(taken) = now.and_then(|upload| upload.taken) {
                    return Ok(Some(items::get(connection, project, taken.item)?.intake));
                }
            }
            Ok(None)
        })
    }
}

/// Groups of uploads that are stored together.
fn groups(uploads: &[Upload]) -> impl Iterator<Item = &[Upload]> {
    let mut rest = uploads;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let mut length = 0;
        for upload in rest.iter().take(blobs::GROUP_MAX) {
            bytes += upload.offset();
            if length > 0 && bytes > GROUP_BYTES {
                break;
            }
            length += 1;
        }
        let (group, after) = rest.split_at(length);
        rest = after;
        (!group.is_empty()).then_some(group)
    })
}
