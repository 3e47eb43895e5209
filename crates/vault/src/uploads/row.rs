//! The row of an upload, as it is read and written.

use bundle::Sha256;
use bundle::format::text::clean;
use rusqlite::{Connection, OptionalExtension, Row};
use store::Tx;
use store::spool::Mark;

use super::{Taken, Upload, UploadError, UploadId};
use crate::capture::{ItemOutcome, ItemStatus};
use crate::column::{digest, number, opt_digest, unsigned};
use crate::error::Result;
use crate::project::Project;
use crate::sql;

pub(super) fn find(connection: &Connection, id: &UploadId) -> Result<Option<Upload>> {
    let mut statement = connection.prepare_cached(sql::UPLOAD_GET)?;
    Ok(statement.query_row((id.as_str(),), read).optional()?)
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Upload> {
    let id: String = row.get(1)?;
    let id = id.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
    })?;
    let taken = match opt_unsigned(row, 15)? {
        None => None,
        Some(item) => Some(Taken {
            item,
            capture: digest(row, 16)?,
            same_as: opt_unsigned(row, 17)?,
            sighting: row.get(18)?,
        }),
    };
    Ok(Upload {
        seq: unsigned(row, 0)?,
        id,
        project_id: row.get(2)?,
        path: row.get(3)?,
        modified_utc: row.get(4)?,
        meta: row.get(5)?,
        length: opt_unsigned(row, 6)?,
        expected: opt_digest(row, 7)?,
        mark: Mark {
            offset: unsigned(row, 8)?,
            sha256: row.get(9)?,
            crc32: row.get(10)?,
        },
        sha256: opt_digest(row, 11)?,
        created_utc: row.get(12)?,
        touched_utc: row.get(13)?,
        run_id: row.get(14)?,
        taken,
    })
}

fn opt_unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<u64>> {
    let value: Option<i64> = row.get(index)?;
    match value {
        None => Ok(None),
        Some(_) => unsigned(row, index).map(Some),
    }
}

/// Writes down how far an upload has come; its digest if that is all of it.
pub(super) fn write_mark(
    tx: &Tx<'_>,
    upload: &Upload,
    mark: &Mark,
    sha256: Option<Sha256>,
    now: &str,
) -> Result<()> {
    let changed = tx.prepare_cached(sql::UPLOAD_MARK)?.execute((
        upload.id.as_str(),
        number(mark.offset),
        &mark.sha256,
        mark.crc32,
        sha256.map(|digest| digest.as_bytes().to_vec()),
        upload.length.map(number),
        now,
    ))?;
    if changed == 0 {
        return Err(UploadError::Unknown(upload.id.clone()).into());
    }
    if sha256.is_some() {
        tx.changed("upload", upload.id.as_str(), &upload.project_id)?;
    }
    Ok(())
}

/// Writes down which item an upload became, in the transaction that makes the item.
pub(crate) fn mark_taken(
    tx: &Tx<'_>,
    project: &Project,
    id: &UploadId,
    outcome: &ItemOutcome,
    now: &str,
) -> Result<()> {
    let changed = tx.prepare_cached(sql::UPLOAD_TAKEN)?.execute((
        id.as_str(),
        outcome.item.map(number),
        outcome.id.map(|id| id.as_bytes().to_vec()),
        outcome.same_as.map(number),
        outcome.sighting,
        now,
        &project.id,
    ))?;
    // Thrown away meanwhile: then the item is not made either.
    if changed == 0 {
        return Err(UploadError::Unknown(id.clone()).into());
    }
    tx.changed("upload", id.as_str(), &project.id)?;
    Ok(())
}

/// What became of an upload, if it was taken before: the same answer as then.
pub(crate) fn taken_in(
    connection: &Connection,
    project: &Project,
    id: &UploadId,
) -> Result<Option<ItemOutcome>> {
    let upload = find(connection, id)?.filter(|upload| upload.project_id == project.id);
    Ok(upload.as_ref().and_then(outcome))
}

pub(super) fn outcome(upload: &Upload) -> Option<ItemOutcome> {
    let taken = upload.taken?;
    Some(ItemOutcome {
        path: clean(upload.path.as_bytes()).text,
        upload: Some(upload.id.clone()),
        item: Some(taken.item),
        id: Some(taken.capture),
        sha256: upload.sha256,
        bytes: Some(upload.offset()),
        status: if taken.same_as.is_some() {
            ItemStatus::Duplicate
        } else {
            ItemStatus::Captured
        },
        same_as: taken.same_as,
        sighting: taken.sighting,
        error: None,
    })
}
