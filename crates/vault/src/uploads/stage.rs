//! The bytes of whole uploads on their way into the store: moved where that is possible, else copied and hashed again.

use std::thread;
use std::time::{Duration, Instant};

use bundle::Sha256;
use bundle::format::text::clean;
use store::blobs::{Outcome, Recheck, Staged, Stored};
use store::spool::{Opened, Whole};
use store::{BlobKind, Watch};

use super::{Sent, Upload, UploadError, row};
use crate::capture::{ItemError, ItemOutcome, Known, Ready, StoredBatch};
use crate::error::{NEXT_STEPS, Result};
use crate::meter::Meter;
use crate::vault::Vault;

/// How many bytes of a file tell its type.
const HEAD: usize = 8 << 10;
/// How long somebody else may hold an upload that is to be taken: they take it too, or look at it.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// Where the bytes of an upload are.
enum Bytes {
    /// On their way.
    Staged(Staged),
    /// In the store since before a crash: no entry names them yet.
    Moved(Stored),
    /// Nowhere, or not what arrived.
    Lost,
}

/// What becomes of one upload of a group.
enum Slot {
    Done(ItemOutcome),
    Waits(Bytes, Vec<u8>),
}

/// Stores groups of uploads.
pub(super) struct Stager<'a> {
    vault: &'a Vault,
    /// Whether the spool folder and the store are on one mount.
    moves: bool,
    meter: Meter<'a>,
}

impl<'a> Stager<'a> {
    pub fn new(vault: &'a Vault, total: u64, watch: &'a dyn Watch) -> Result<Self> {
        let uploads = vault.root().made(vault.root().uploads())?;
        Ok(Self {
            vault,
            moves: vault.blobs().can_move_from(&uploads)?,
            meter: Meter::new(watch, total),
        })
    }

    /// Stores a group of whole uploads.
    pub fn store(&self, group: &[Upload]) -> Result<StoredBatch> {
        // From here on nothing that is in the store goes.
        let held = self.vault.blobs().hold()?;
        let mut slots = Vec::with_capacity(group.len());
        for upload in group {
            self.meter.watch.go_on()?;
            slots.push(self.look(upload)?);
            self.meter.advance(upload.offset());
        }
        let mut staged = Vec::new();
        let mut waiting = Vec::new();
        let mut order = Vec::with_capacity(group.len());
        for (slot, upload) in slots.into_iter().zip(group) {
            match slot {
                Slot::Done(outcome) => order.push(Some(outcome)),
                Slot::Waits(Bytes::Lost, _) => order.push(Some(self.lost(upload))),
                Slot::Waits(Bytes::Moved(stored), head) => {
                    order.push(None);
                    waiting.push((upload, head, Some(stored)));
                }
                Slot::Waits(Bytes::Staged(bytes), head) => {
                    order.push(None);
                    waiting.push((upload, head, None));
                    staged.push(bytes);
                }
            }
        }
        let mut stored = self
            .vault
            .blobs()
            .commit(staged, Recheck::Content)?
            .into_iter();
        let ready = waiting.into_iter().filter_map(|(upload, head, moved)| {
            let stored = moved.or_else(|| stored.next())?;
            let sent = Sent::of(upload);
            let name = clean(sent.name().as_bytes()).text;
            Some(Ready {
                media_type: extract::detect(&head, Some(&name), stored.size).to_string(),
                known: Known::Sent(sent),
                stored,
            })
        });
        Ok(StoredBatch {
            ready: ready.collect(),
            order,
            held,
        })
    }

    fn look(&self, upload: &Upload) -> Result<Slot> {
        let Some(digest) = upload.sha256 else {
            return Ok(Slot::Waits(Bytes::Lost, Vec::new()));
        };
        let path = self.vault.spool_path(&upload.id);
        let whole = match held(&path)? {
            Opened::Busy => return Err(UploadError::Busy(upload.id.clone()).into()),
            Opened::Held(whole) if whole.size() == upload.offset() => whole,
            Opened::Held(_) | Opened::Lost => return self.moved(upload, digest),
        };
        let head = whole.head(HEAD)?;
        let bytes = self.stage(upload, digest, whole)?;
        Ok(Slot::Waits(bytes, head))
    }

    fn stage(&self, upload: &Upload, digest: Sha256, whole: Whole) -> Result<Bytes> {
        let blobs = self.vault.blobs();
        if self.moves {
            let staged = blobs.adopt(BlobKind::Raw, whole, digest, upload.mark.crc32)?;
            return Ok(Bytes::Staged(staged));
        }
        let quiet = Quiet(self.meter.watch);
        let staged = blobs.adopt_copy(BlobKind::Raw, &whole, &quiet)?;
        // What arrived was acknowledged under this digest; the disk gives something else now.
        Ok(if staged.digest == digest {
            Bytes::Staged(staged)
        } else {
            Bytes::Lost
        })
    }

    /// There is no file: it was taken meanwhile, or moved before a crash and named by no entry yet.
    fn moved(&self, upload: &Upload, digest: Sha256) -> Result<Slot> {
        let now = self.vault.upload(&upload.id)?;
        if let Some(taken) = row::outcome(&now) {
            return Ok(Slot::Done(taken));
        }
        let blobs = self.vault.blobs();
        if !matches!(blobs.size(BlobKind::Raw, digest), Ok(Some(size)) if size == upload.offset()) {
            return Ok(Slot::Waits(Bytes::Lost, Vec::new()));
        }
        let reader = blobs.open_blob(BlobKind::Raw, digest)?;
        let Ok(checked) = reader.check(self.meter.watch) else {
            return Ok(Slot::Waits(Bytes::Lost, Vec::new()));
        };
        let length = usize::try_from(upload.offset()).unwrap_or(HEAD).min(HEAD);
        let mut head = vec![0; length];
        bundle::ReadAt::read_exact_at(&checked, &mut head, 0).map_err(|error| {
            store::StoreError::io("read", blobs.path(BlobKind::Raw, digest), error)
        })?;
        let stored = Stored {
            kind: BlobKind::Raw,
            digest,
            size: upload.offset(),
            crc32: upload.mark.crc32,
            outcome: Outcome::Duplicate,
        };
        Ok(Slot::Waits(Bytes::Moved(stored), head))
    }

    fn lost(&self, upload: &Upload) -> ItemOutcome {
        let error = UploadError::Lost {
            id: upload.id.clone(),
            path: self.vault.spool_path(&upload.id),
        };
        let next = NEXT_STEPS.iter().find(|(word, ..)| *word == error.code());
        let error = ItemError {
            code: error.code(),
            message: error.to_string(),
            next: next.map_or("", |(_, _, next)| *next),
        };
        ItemOutcome {
            upload: Some(upload.id.clone()),
            ..ItemOutcome::failed(clean(upload.path.as_bytes()).text, error)
        }
    }
}

/// Holds the file of an upload, waiting for others for a while.
fn held(path: &std::path::Path) -> Result<Opened<Whole>> {
    let start = Instant::now();
    loop {
        match Whole::open(path)? {
            Opened::Busy if start.elapsed() < PATIENCE => thread::sleep(PAUSE),
            opened => return Ok(opened),
        }
    }
}

/// Cancels, and tells nothing: the progress is that of all uploads.
struct Quiet<'a>(&'a dyn Watch);

impl Watch for Quiet<'_> {
    fn progress(&self, _done: u64, _total: Option<u64>) {}

    fn canceled(&self) -> bool {
        self.0.canceled()
    }
}
