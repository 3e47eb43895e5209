//! The next bytes of an upload: written, hashed on the way, and acknowledged only once they are on the disk.

use std::io::{self, Read};

use store::spool::{Mark, Opened, Spool};
use store::{StoreError, Watch};

use super::row::write_mark;
use super::{Room, Upload, UploadError, UploadId, must_find};
use crate::error::{Result, VaultError};
use crate::vault::Vault;

/// What is read at once, in bytes.
const PIECE: usize = 1 << 20;
/// After so many bytes they are forced to the disk and written down …
const KEEP_BYTES: u64 = 8 << 20;
/// … or after so many milliseconds.
const KEEP_MS: u64 = 1000;

/// The next bytes of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where they begin. It must be where the upload stands.
    pub offset: u64,
    /// Nothing of it is kept unless it comes to its end without an error: for a piece with a checksum of its own, which a
    /// reader that compares it refuses at the end.
    pub whole: bool,
}

impl Piece {
    /// Bytes of which everything is kept that arrives.
    pub const fn at(offset: u64) -> Self {
        Self {
            offset,
            whole: false,
        }
    }

    /// Bytes that are kept all or none.
    pub const fn whole_at(offset: u64) -> Self {
        Self {
            offset,
            whole: true,
        }
    }
}

/// What is done once the bytes are on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// Nothing: more comes.
    No,
    /// If that is all, it is whole.
    IfWhole,
}

impl Vault {
    /// Appends what `from` gives, until it ends. When this returns `Ok`, all of it is on the disk and stays there; with
    /// the last byte the upload is whole. When the sender breaks off, what arrived is kept.
    ///
    /// # Errors
    /// `upload_unknown`, `upload_offset`, `upload_busy`, `upload_lost`, `upload_length`, `upload_too_large`,
    /// `upload_broken`, `upload_digest`, `disk_reserve`, `canceled`, `io`, `disk_full`.
    pub fn append(
        &self,
        id: &UploadId,
        piece: Piece,
        from: &mut dyn Read,
        room: Room,
        watch: &dyn Watch,
    ) -> Result<Upload> {
        let (upload, opened) = self.open_spool(id)?;
        let mut spool = match opened {
            Opened::Held(spool) if !upload.is_whole() => spool,
            opened if !upload.is_whole() => return Err(self.not_held(id, &opened)),
            _ => return past_the_end(piece, from, &upload),
        };
        must_go_on(piece, &upload)?;
        let rest = upload.length.map_or(0, |length| length - upload.offset());
        self.must_have_space(rest, room.reserve)?;
        let mut arriving = Arriving {
            vault: self,
            kept: upload.offset(),
            kept_at: self.clock().monotonic_ms(),
            upload,
            piece,
            room,
        };
        match arriving.receive(&mut spool, from, watch)? {
            End::Reached => self.keep(&arriving.upload, &mut spool, Finish::IfWhole),
            End::Broken(_) if piece.whole => {
                Err(arriving.broken_off(None, "the piece was refused"))
            }
            End::Broken(error) => {
                let kept = self.keep(&arriving.upload, &mut spool, Finish::No)?;
                Err(arriving.broken_off(Some(kept.offset()), &error.to_string()))
            }
            End::Canceled => {
                if !piece.whole {
                    self.keep(&arriving.upload, &mut spool, Finish::No)?;
                }
                Err(StoreError::Canceled.into())
            }
        }
    }

    /// The row and the file of an upload. The row is read when the file is held: nobody else moves it from then on.
    pub(super) fn open_spool(&self, id: &UploadId) -> Result<(Upload, Opened<Spool>)> {
        let upload = self.upload(id)?;
        if upload.is_whole() {
            // Nothing is written to it any more, and its bytes may lie in the store by now.
            return Ok((upload, Opened::Lost));
        }
        let mut held = None;
        let opened = Spool::open(&self.spool_path(id), || {
            let upload = self.upload(id)?;
            let mark = upload.mark.clone();
            held = Some(upload);
            Ok::<_, VaultError>(mark)
        })?;
        Ok((held.unwrap_or(upload), opened))
    }

    pub(super) fn not_held(&self, id: &UploadId, opened: &Opened<Spool>) -> VaultError {
        let id = id.clone();
        match opened {
            Opened::Busy => UploadError::Busy(id).into(),
            Opened::Held(_) | Opened::Lost => UploadError::Lost {
                path: self.spool_path(&id),
                id,
            }
            .into(),
        }
    }

    /// Forces the bytes to the disk, then writes down how far they have come: only then are they acknowledged.
    pub(super) fn keep(
        &self,
        upload: &Upload,
        spool: &mut Spool,
        finish: Finish,
    ) -> Result<Upload> {
        let mark = spool.sync()?;
        let is_whole = finish == Finish::IfWhole && upload.length == Some(mark.offset);
        let digest = mark.digest().filter(|_| is_whole);
        let wrong = match (upload.expected, digest) {
            (Some(expected), Some(found)) if expected != found => Some((expected, found)),
            _ => None,
        };
        // It can never become what was sent: it begins anew.
        let (mark, digest) = match wrong {
            Some(_) => (Mark::start(), None),
            None => (mark, digest),
        };
        let now = self.clock().now().to_string();
        let kept = self.write_as("upload", |tx| {
            write_mark(tx, upload, &mark, digest, &now)?;
            must_find(tx, &upload.id)
        })?;
        match wrong {
            Some((expected, found)) => Err(UploadError::Digest { expected, found }.into()),
            None => Ok(kept),
        }
    }
}

enum End {
    Reached,
    Broken(io::Error),
    Canceled,
}

/// A piece on its way in.
struct Arriving<'a> {
    vault: &'a Vault,
    upload: Upload,
    piece: Piece,
    room: Room,
    /// So many bytes are acknowledged, since then.
    kept: u64,
    kept_at: u64,
}

impl Arriving<'_> {
    fn receive(
        &mut self,
        spool: &mut Spool,
        from: &mut dyn Read,
        watch: &dyn Watch,
    ) -> Result<End> {
        let mut buffer = vec![0; PIECE];
        loop {
            if watch.canceled() {
                return Ok(End::Canceled);
            }
            let got = match from.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Ok(End::Broken(error)),
                Ok(0) => return Ok(End::Reached),
                Ok(got) => got,
            };
            let end = spool.offset() + got as u64;
            if self.upload.length.is_some_and(|length| end > length) {
                return Err(too_much(&self.upload).into());
            }
            if let Some(most) = self.room.most.filter(|most| end > *most) {
                return Err(UploadError::TooLarge { most, length: None }.into());
            }
            spool.write_piece(buffer.get(..got).unwrap_or_default())?;
            watch.progress(end, self.upload.length);
            self.keep_now_and_then(spool)?;
        }
    }

    fn keep_now_and_then(&mut self, spool: &mut Spool) -> Result<()> {
        let now = self.vault.clock().monotonic_ms();
        let due =
            spool.offset() - self.kept >= KEEP_BYTES || now.saturating_sub(self.kept_at) >= KEEP_MS;
        if self.piece.whole || !due {
            return Ok(());
        }
        self.vault.keep(&self.upload, spool, Finish::No)?;
        (self.kept, self.kept_at) = (spool.offset(), now);
        // What arrived is kept; the rest comes when there is space again.
        self.vault.must_have_space(0, self.room.reserve)
    }

    fn broken_off(&self, offset: Option<u64>, detail: &str) -> VaultError {
        UploadError::Broken {
            id: self.upload.id.clone(),
            offset: offset.unwrap_or(self.piece.offset),
            detail: detail.to_owned(),
        }
        .into()
    }
}

fn must_go_on(piece: Piece, upload: &Upload) -> Result<(), UploadError> {
    if piece.offset == upload.offset() {
        return Ok(());
    }
    Err(UploadError::Offset {
        id: upload.id.clone(),
        right: upload.offset(),
        given: piece.offset,
    })
}

/// A whole upload takes nothing more; to ask it for its end is no mistake.
fn past_the_end(piece: Piece, from: &mut dyn Read, upload: &Upload) -> Result<Upload> {
    must_go_on(piece, upload)?;
    match from.read(&mut [0]) {
        Ok(0) | Err(_) => Ok(upload.clone()),
        Ok(_) => Err(too_much(upload).into()),
    }
}

fn too_much(upload: &Upload) -> UploadError {
    UploadError::Length {
        id: upload.id.clone(),
        declared: upload.length.unwrap_or(upload.offset()),
        found: None,
    }
}
