//! Uploads: files that arrive in pieces, from browsers and other machines, before they become items.
//!
//! The bytes lie in the uploads folder under the upload's id; the row says how many of them are on the disk for certain,
//! and where their sums stand. Only what the row says was acknowledged. A whole upload is captured as a file is: its
//! bytes move into the store, and the entry, the item and the word "taken" are one transaction.

mod append;
mod begin;
mod discard;
mod error;
mod id;
mod pin;
mod row;
mod sent;
mod stage;
mod sweep;
mod take;

use std::path::PathBuf;

use bundle::Sha256;
use rusqlite::Connection;
use store::spool::Mark;

pub use append::Piece;
pub use begin::{Room, Sending};
pub use error::{RefusedUpload, UploadError, WhyRefused};
pub use id::UploadId;
pub(crate) use row::{mark_taken, taken_in};
pub(crate) use sent::Sent;
pub use sweep::SweptUploads;

use crate::column::number;
use crate::error::Result;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// An upload as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its place in the list: pass it on as `after`.
    pub seq: u64,
    /// Its id, which also is its file name.
    pub id: UploadId,
    /// The id of the case.
    pub project_id: String,
    /// The path that the sender gave, `/`-separated; mostly only a name.
    pub path: String,
    /// When the sender says that the file was last written to; empty if they do not.
    pub modified_utc: String,
    /// What else the sender said, as they want to read it again.
    pub meta: String,
    /// How long it will be, once that is known.
    pub length: Option<u64>,
    /// The digest that the sender expects of the whole.
    pub expected: Option<Sha256>,
    /// The digest of the whole, once all has arrived.
    pub sha256: Option<Sha256>,
    /// When it was begun.
    pub created_utc: String,
    /// When something arrived last, or it was taken.
    pub touched_utc: String,
    /// The run that it is kept for.
    pub run_id: Option<String>,
    /// What became of it.
    pub taken: Option<Taken>,
    mark: Mark,
}

/// What an upload became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The number of the item: a new one, or the one that was seen again.
    pub item: u64,
    /// The hash of its CAPTURE.
    pub capture: Sha256,
    /// The first item that had the same bytes then.
    pub same_as: Option<u64>,
    /// Whether it was the very same file again.
    pub sighting: bool,
}

impl Upload {
    /// So many bytes are on the disk: from here the sender goes on.
    pub const fn offset(&self) -> u64 {
        self.mark.offset
    }

    /// Whether all has arrived.
    pub const fn is_whole(&self) -> bool {
        self.sha256.is_some()
    }
}

impl Vault {
    /// An upload.
    ///
    /// # Errors
    /// `upload_unknown`.
    pub fn upload(&self, id: &UploadId) -> Result<Upload> {
        self.db().read(|connection| must_find(connection, id))
    }

    /// Uploads of a case after `after`, oldest first, at most `limit`; those that became items are among them for a while.
    pub fn uploads(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<Upload>> {
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::UPLOAD_LIST)?;
            let fields = (&project.id, number(after), number(limit));
            let rows = statement.query_map(fields, row::read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Where the bytes of an upload lie until they are taken.
    pub(crate) fn spool_path(&self, id: &UploadId) -> PathBuf {
        self.root().uploads().join(id.as_str())
    }
}

fn must_find(connection: &Connection, id: &UploadId) -> Result<Upload> {
    Ok(row::find(connection, id)?.ok_or_else(|| UploadError::Unknown(id.clone()))?)
}
