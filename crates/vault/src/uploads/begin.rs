//! Announcing an upload, and saying how long it is; refused before a byte is written if there is no room for it.

use std::io;

use bundle::Sha256;
use store::spool::Opened;
use store::{Folder, Unwatched};

use super::append::Finish;
use super::sent::check_path;
use super::{Piece, Upload, UploadError, UploadId, must_find};
use crate::column::number;
use crate::error::Result;
use crate::project::Project;
use crate::source::file_time;
use crate::sql;
use crate::vault::{Act, Vault};

/// The longest [`Sending::meta`], in bytes.
const META: usize = 16 << 10;

/// What is said of a file before it is sent. Names and times stand in the record as they were given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sending<'a> {
    /// Its name, or its path from the folder that is sent, `/`-separated.
    pub path: &'a str,
    /// How long it is; may also be said later.
    pub length: Option<u64>,
    /// When it was last written to: seconds since 1970, and nanoseconds forward from there.
    pub modified: Option<(i64, u32)>,
    /// The digest of the whole, to be compared when all has arrived.
    pub sha256: Option<Sha256>,
    /// Anything that the sender wants to read again. It stands in no record.
    pub meta: &'a str,
}

/// How much may come in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Room {
    /// The most bytes of one upload; none is no limit.
    pub most: Option<u64>,
    /// So many bytes stay free, so that the record can always be written.
    pub reserve: u64,
}

impl Vault {
    /// Begins an upload into a case.
    ///
    /// # Errors
    /// `project_closed`, `actor_missing`, `upload_invalid`, `upload_too_large`, `disk_reserve`; for an empty file also
    /// `upload_digest`.
    pub fn begin_upload(
        &self,
        project: &Project,
        sending: &Sending<'_>,
        room: Room,
        act: &Act,
    ) -> Result<Upload> {
        self.must_be_allowed(project, act)?;
        check_path(sending.path)?;
        if sending.meta.len() > META {
            let (what, rule) = (
                "what is said of the file",
                "it must not have more than 16384 bytes",
            );
            return Err(UploadError::Invalid { what, rule }.into());
        }
        let modified = match sending.modified {
            None => String::new(),
            Some((seconds, nanoseconds)) => {
                file_time(seconds, nanoseconds).ok_or(UploadError::Invalid {
                    what: "the time of the file",
                    rule: "it must be in the years 0 to 9999",
                })?
            }
        };
        room.must_hold(sending.length)?;
        self.must_have_space(sending.length.unwrap_or(0), room.reserve)?;
        self.root().made(self.root().uploads())?;
        let id = UploadId::of(&self.entropy().bits128()?);
        let now = self.clock().now().to_string();
        let upload = self.db().write(act.origin(), |tx| {
            let mark = store::spool::Mark::start();
            tx.prepare_cached(sql::UPLOAD_INSERT)?.execute((
                id.as_str(),
                &project.id,
                sending.path,
                &modified,
                sending.meta,
                sending.length.map(number),
                sending.sha256.map(|digest| digest.as_bytes().to_vec()),
                &mark.sha256,
                &now,
            ))?;
            tx.changed("upload", id.as_str(), &project.id)?;
            must_find(tx, &id)
        })?;
        if sending.length == Some(0) {
            return self.append(&id, Piece::at(0), &mut io::empty(), room, &Unwatched);
        }
        Ok(upload)
    }

    /// Says how long an upload is that was begun without that. With all of it here, it is whole.
    ///
    /// # Errors
    /// `upload_unknown`, `upload_busy`, `upload_too_large`, `upload_length` if it was said before otherwise or if more has
    /// arrived, `upload_digest`.
    pub fn declare_length(&self, id: &UploadId, length: u64, room: Room) -> Result<Upload> {
        room.must_hold(Some(length))?;
        let (mut upload, opened) = self.open_spool(id)?;
        let wrong = |declared, found| UploadError::Length {
            id: id.clone(),
            declared,
            found: Some(found),
        };
        match upload.length {
            Some(said) if said == length => return Ok(upload),
            Some(said) => return Err(wrong(said, length).into()),
            None if upload.offset() > length => return Err(wrong(length, upload.offset()).into()),
            None => upload.length = Some(length),
        }
        let Opened::Held(mut spool) = opened else {
            return Err(self.not_held(id, &opened));
        };
        self.keep(&upload, &mut spool, Finish::IfWhole)
    }

    /// Refuses what would leave less than the reserve, here and where the store is.
    pub(super) fn must_have_space(&self, bytes: u64, reserve: u64) -> Result<()> {
        let needed = bytes.saturating_add(reserve);
        for path in [
            self.root().uploads(),
            self.root().folder(Folder::TermiteRuntime),
        ] {
            let free = store::available(&path)?;
            if free < needed {
                return Err(UploadError::DiskReserve { path, free, needed }.into());
            }
        }
        Ok(())
    }
}

impl Room {
    /// Refuses a length above the limit.
    pub(super) fn must_hold(self, length: Option<u64>) -> Result<(), UploadError> {
        match (self.most, length) {
            (Some(most), Some(bytes)) if bytes > most => {
                Err(UploadError::TooLarge { most, length })
            }
            _ => Ok(()),
        }
    }
}
