//! What nobody comes back for goes: half uploads, whole ones that nobody takes, rows of those that were taken.

use std::fs;
use std::io;
use std::path::Path;

use store::spool::{Opened, Whole};
use store::{Origin, RequestId, RunId, StoreError, UtcTime};

use super::discard::Discarded;
use super::{Upload, UploadId, row};
use crate::error::{Result, VaultError};
use crate::person::{Actor, By};
use crate::sql;
use crate::vault::{Act, Vault};

const DAY: i64 = 86_400 * 1_000_000;
/// What is kept for a run, or was taken, is kept for a week after nobody knows the run any more.
const WEEK: i64 = 7 * DAY;

/// What a sweep took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweptUploads {
    /// Uploads that nobody came back for.
    pub uploads: u64,
    /// Rows of uploads that are items since long.
    pub taken: u64,
    /// Files without an upload, as a crash leaves them.
    pub leftovers: u64,
    /// The bytes of all.
    pub bytes: u64,
}

impl Vault {
    /// Throws away, as of `now`: uploads to which nothing came for a day, half or whole; those kept for a run that is not
    /// known any more, and the rows of those that became items, after a week; files of no upload after a day.
    pub fn sweep_uploads(
        &self,
        now: UtcTime,
        run_is_known: &dyn Fn(&RunId) -> bool,
    ) -> Result<SweptUploads> {
        let mut swept = SweptUploads::default();
        let act = Act::new(
            Actor::not_stated(By::Unattended),
            Origin::Request {
                id: RequestId::from("sweep uploads"),
            },
        );
        let (day, week) = (now.plus_micros(-DAY), now.plus_micros(-WEEK).to_string());
        for upload in self.uploads_before(&day.to_string())? {
            let wanted = upload
                .run_id
                .as_deref()
                .is_some_and(|run| run_is_known(&RunId::from(run)));
            let patient = upload.run_id.is_some() || upload.taken.is_some();
            if wanted || (patient && upload.touched_utc >= week) {
                continue;
            }
            if let Discarded::Gone(bytes) = self.discard(&upload, &act)? {
                swept.bytes += bytes;
                match upload.taken {
                    Some(_) => swept.taken += 1,
                    None => swept.uploads += 1,
                }
            }
        }
        self.sweep_leftovers(day, &mut swept)?;
        Ok(swept)
    }

    fn uploads_before(&self, time: &str) -> Result<Vec<Upload>> {
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::UPLOADS_BEFORE)?;
            let rows = statement.query_map((time,), row::read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Files that have no row, or whose row says that they were taken. Only old ones: the folder is chosen by a setting,
    /// and two data roots may by mistake have chosen the same.
    fn sweep_leftovers(&self, oldest: UtcTime, swept: &mut SweptUploads) -> Result<()> {
        let folder = self.root().uploads();
        let fail = |error| StoreError::io("list", &folder, error);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(fail)?,
        };
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let Some(id) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            if is_older(&entry.path(), oldest)
                && let Some(bytes) = self.remove_leftover(&id)?
            {
                swept.leftovers += 1;
                swept.bytes += bytes;
            }
        }
        let probes = store::durable::sweep(&folder)?;
        swept.leftovers += probes.files;
        Ok(())
    }

    fn remove_leftover(&self, id: &UploadId) -> Result<Option<u64>> {
        let Opened::Held(file) = Whole::open(&self.spool_path(id))? else {
            return Ok(None);
        };
        let upload = self.db().read(|connection| row::find(connection, id));
        match upload? {
            Some(upload) if upload.taken.is_none() => Ok(None),
            _ => Ok::<_, VaultError>(Some(file.remove()?)),
        }
    }
}

fn is_older(path: &Path, oldest: UtcTime) -> bool {
    let Ok(written) = fs::symlink_metadata(path).and_then(|found| found.modified()) else {
        return false;
    };
    let since = written.duration_since(std::time::UNIX_EPOCH);
    since.is_ok_and(|since| {
        i64::try_from(since.as_micros()).is_ok_and(|at| at < oldest.unix_micros())
    })
}
