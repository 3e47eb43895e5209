//! Keeping uploads for a run, from the moment that it is asked for until it takes them.

use rusqlite::Connection;
use store::{Origin, RunId};

use super::{RefusedUpload, Upload, UploadError, UploadId, WhyRefused, must_find, row};
use crate::error::Result;
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

impl Vault {
    /// Fails if some of these uploads of a case cannot be taken.
    ///
    /// # Errors
    /// `upload_unavailable`, naming all that are unknown, unfinished, taken, or kept for a run.
    pub fn check_uploads(&self, project: &Project, ids: &[UploadId]) -> Result<()> {
        self.db()
            .read(|connection| usable(connection, project, ids, None, false).map(drop))
    }

    /// Keeps whole uploads of a case for a run: all of them or none. Asked again for the same run it changes nothing.
    ///
    /// # Errors
    /// `upload_unavailable`, naming all that are unknown, unfinished, taken, or kept for another run.
    pub fn pin_uploads(
        &self,
        project: &Project,
        run: &RunId,
        ids: &[UploadId],
        act: &Act,
    ) -> Result<Vec<Upload>> {
        let run = run.to_string();
        self.db().write(act.origin(), |tx| {
            usable(tx, project, ids, Some(&run), false)?;
            let mut pinned = Vec::with_capacity(ids.len());
            for id in ids {
                tx.prepare_cached(sql::UPLOAD_PIN)?
                    .execute((id.as_str(), &run))?;
                tx.changed("upload", id.as_str(), &project.id)?;
                pinned.push(must_find(tx, id)?);
            }
            Ok(pinned)
        })
    }

    /// Keeps no upload for a run any more: it was given up before it began. Returns how many there were.
    pub fn unpin_uploads(&self, run: &RunId) -> Result<u64> {
        self.write_as("upload", |tx| {
            let changed = tx
                .prepare_cached(sql::UPLOAD_UNPIN)?
                .execute((run.to_string(),))?;
            Ok(changed as u64)
        })
    }
}

/// The run on whose behalf something is done.
pub(super) fn run_of(act: &Act) -> Option<String> {
    match act.origin() {
        Origin::Run { run_id, .. } => Some(run_id.to_string()),
        Origin::Request { .. } => None,
    }
}

/// All these uploads, if all of them can be used by a run, or by a request that is none.
pub(super) fn usable(
    connection: &Connection,
    project: &Project,
    ids: &[UploadId],
    run: Option<&str>,
    taken_too: bool,
) -> Result<Vec<Upload>> {
    let mut found = Vec::with_capacity(ids.len());
    let mut refused = Vec::new();
    for id in ids {
        // One of another case is as unknown as one that never was.
        let upload = row::find(connection, id)?.filter(|upload| upload.project_id == project.id);
        match upload.ok_or(WhyRefused::Unknown).and_then(|upload| {
            let why = why_not(&upload, run, taken_too);
            why.map_or(Ok(upload), Err)
        }) {
            Ok(upload) => found.push(upload),
            Err(why) => refused.push(RefusedUpload {
                id: id.clone(),
                why,
            }),
        }
    }
    if refused.is_empty() {
        Ok(found)
    } else {
        Err(UploadError::Unavailable(refused).into())
    }
}

fn why_not(upload: &Upload, run: Option<&str>, taken_too: bool) -> Option<WhyRefused> {
    let ours = upload.run_id.is_some() && upload.run_id.as_deref() == run;
    match upload.taken {
        Some(_) if taken_too || ours => return None,
        Some(taken) => return Some(WhyRefused::Taken(taken.item)),
        None => {}
    }
    if !upload.is_whole() {
        return Some(WhyRefused::Unfinished {
            offset: upload.offset(),
            length: upload.length,
        });
    }
    (upload.run_id.is_some() && !ours).then_some(WhyRefused::Pinned)
}
