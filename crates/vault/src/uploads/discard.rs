//! Throwing uploads away: the row first, then the bytes. What is cut short in between is swept away later.

use bundle::Sha256;
use store::BlobKind;
use store::spool::{Opened, Whole};

use super::{RefusedUpload, Upload, UploadError, UploadId, WhyRefused};
use crate::error::Result;
use crate::sql;
use crate::vault::{Act, Vault};

/// What became of an upload that was to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Discarded {
    /// It is gone, with so many bytes.
    Gone(u64),
    /// It was changed meanwhile: it stays.
    Changed,
    /// Somebody holds it.
    Busy,
}

impl Vault {
    /// Throws an upload away that nothing needs any more.
    ///
    /// # Errors
    /// `upload_unknown`, `upload_busy`, `upload_unavailable` if it is kept for a run or became an item.
    pub fn terminate_upload(&self, id: &UploadId, act: &Act) -> Result<()> {
        let upload = self.upload(id)?;
        let why = match (&upload.taken, &upload.run_id) {
            (Some(taken), _) => Some(WhyRefused::Taken(taken.item)),
            (None, Some(_)) => Some(WhyRefused::Pinned),
            (None, None) => None,
        };
        if let Some(why) = why {
            let id = id.clone();
            return Err(UploadError::Unavailable(vec![RefusedUpload { id, why }]).into());
        }
        match self.discard(&upload, act)? {
            Discarded::Gone(_) => Ok(()),
            Discarded::Changed | Discarded::Busy => Err(UploadError::Busy(id.clone()).into()),
        }
    }

    /// Removes row and bytes, if the row is still as it was seen.
    pub(super) fn discard(&self, upload: &Upload, act: &Act) -> Result<Discarded> {
        let path = self.spool_path(&upload.id);
        let held = match Whole::open(&path)? {
            Opened::Busy => return Ok(Discarded::Busy),
            Opened::Held(whole) => Some(whole),
            Opened::Lost => None,
        };
        // Moved into the store, and never named by an entry: then they must go from there.
        let moved = match (&held, upload.sha256, upload.taken) {
            (Some(whole), ..) if whole.size() == upload.offset() => None,
            (_, digest, None) => digest,
            (_, _, Some(_)) => None,
        };
        let gone = self.db().write(act.origin(), |tx| {
            let seen = (
                upload.id.as_str(),
                &upload.touched_utc,
                &upload.run_id,
                upload.is_whole(),
            );
            let gone = tx.prepare_cached(sql::UPLOAD_DELETE)?.execute(seen)?;
            if gone == 0 {
                return Ok(false);
            }
            if let Some(digest) = moved {
                tx.prepare_cached(sql::ERASURE_INSERT)?
                    .execute((&upload.project_id, digest.as_bytes()))?;
            }
            tx.changed("upload", upload.id.as_str(), &upload.project_id)?;
            Ok::<_, crate::VaultError>(true)
        })?;
        if !gone {
            return Ok(Discarded::Changed);
        }
        let bytes = held.map(Whole::remove).transpose()?.unwrap_or(0);
        if moved.is_some() {
            self.finish_erasures()?;
        }
        Ok(Discarded::Gone(bytes))
    }

    /// Whether bytes in the store are those of an upload that was moved there and not named by an entry yet.
    pub(crate) fn upload_rests_on(&self, kind: BlobKind, digest: &Sha256) -> Result<bool> {
        if kind != BlobKind::Raw {
            return Ok(false);
        }
        let waiting: Vec<(String, u64)> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::UPLOADS_OF_BYTES)?;
            let rows = statement.query_map((digest.as_bytes(),), |row| {
                Ok((row.get(0)?, crate::column::unsigned(row, 1)?))
            })?;
            Ok::<_, crate::VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        Ok(waiting.iter().any(|(id, size)| {
            let found = std::fs::symlink_metadata(self.root().uploads().join(id));
            !found.is_ok_and(|found| found.len() == *size)
        }))
    }
}
