//! The content-addressed store: bytes under their SHA-256, in three flat folders.
//!
//! ```text
//! cas/blobs/sha256/<64 hex>      what was captured
//! cas/extracts/sha256/<64 hex>   text taken from it
//! cas/aux/sha256/<64 hex>        everything else that is sealed: policies, cards, what tools said
//! cas/tmp/                       files on their way there
//! cas/.lock                      held by who stores, and alone by who removes
//! ```
//!
//! A name stands there only when its bytes are on the disk, so bytes that are found need no second look to be durable.

mod adopt;
mod copy;
mod group;
mod hold;
mod kind;
mod list;
mod reader;
mod stream;
mod writer;

use std::fs;
use std::io;
use std::path::PathBuf;

use bundle::Sha256;

pub use group::{GROUP_MAX, Outcome, Recheck, Stored};
pub use hold::Held;
pub use kind::BlobKind;
pub use list::{Listed, Listing};
pub use reader::{BlobReader, CheckedBlob};
pub use stream::BlobStream;
pub(crate) use writer::Sums;
pub use writer::{BlobWriter, Staged};

use crate::durable::{self, Swept};
use crate::error::{Result, StoreError};
use crate::root::{Access, DataRoot, Folder};

/// The content-addressed store of one data root. Cheap to clone; every method may be called from any thread.
#[derive(Debug, Clone)]
pub struct Blobs {
    cas: PathBuf,
    access: Access,
}

impl Blobs {
    /// Opens it; for writing, makes the folders that are missing.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn open(root: &DataRoot) -> Result<Self> {
        let blobs = Self {
            cas: root.cas(),
            access: root.access(),
        };
        if blobs.access == Access::Write {
            root.ready(Folder::TermiteRuntime)?;
            durable::create_folder(&blobs.tmp())?;
            for kind in BlobKind::ALL {
                durable::create_folder(&blobs.shelf(kind))?;
            }
        }
        Ok(blobs)
    }

    /// Where the bytes lie, or would lie.
    pub fn path(&self, kind: BlobKind, digest: Sha256) -> PathBuf {
        self.shelf(kind).join(digest.to_string())
    }

    /// The length in bytes as the file system tells it; none if there is no such blob.
    ///
    /// # Errors
    /// `io`, `permission_denied`; `blob_damaged` if something else than a file stands there.
    pub fn size(&self, kind: BlobKind, digest: Sha256) -> Result<Option<u64>> {
        let path = self.path(kind, digest);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Err(StoreError::BlobDamaged {
                kind,
                digest,
                path,
                detail: "it is not a file".to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("look at", path, error)),
        }
    }

    /// Begins a blob whose bytes come piece by piece.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn begin(&self, kind: BlobKind) -> Result<BlobWriter> {
        self.must_write("write to")?;
        BlobWriter::begin(kind, &self.tmp())
    }

    /// Writes small bytes to a temporary file, to be committed with others.
    ///
    /// # Errors
    /// As [`Blobs::begin`].
    pub fn stage_bytes(&self, kind: BlobKind, bytes: &[u8]) -> Result<Staged> {
        let mut writer = self.begin(kind)?;
        writer.write_piece(bytes)?;
        writer.finish()
    }

    /// Stores small bytes durably, alone. Many small blobs go faster staged and committed as a group.
    ///
    /// # Errors
    /// As [`Blobs::begin`].
    pub fn put_bytes(&self, kind: BlobKind, bytes: &[u8]) -> Result<Stored> {
        let staged = self.stage_bytes(kind, bytes)?;
        let mut stored = self.commit(vec![staged], Recheck::Size)?;
        stored.pop().ok_or_else(|| {
            StoreError::io(
                "store",
                self.shelf(kind),
                io::ErrorKind::UnexpectedEof.into(),
            )
        })
    }

    /// Makes staged blobs durable and gives them their names: see [`Outcome`] for what became of each. The answers are
    /// in the order given. Once this returns `Ok`, all of them survive a power cut; on an error some may be there, and
    /// none may be acknowledged.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn commit(&self, staged: Vec<Staged>, recheck: Recheck) -> Result<Vec<Stored>> {
        self.must_write("write to")?;
        group::commit(self, staged, recheck)
    }

    /// Opens a blob to be read from beginning to end, hashed on the way.
    ///
    /// # Errors
    /// `blob_missing`, `io`, `permission_denied`.
    pub fn open_blob(&self, kind: BlobKind, digest: Sha256) -> Result<BlobReader> {
        BlobReader::open(kind, digest, self.path(kind, digest))
    }

    /// Removes a blob durably; false if there was none.
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn remove(&self, kind: BlobKind, digest: Sha256) -> Result<bool> {
        self.must_write("remove from")?;
        durable::remove(&self.path(kind, digest))
    }

    /// Everything in the folder of a kind, in no order.
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn list(&self, kind: BlobKind) -> Result<Listing> {
        Listing::of(&self.shelf(kind))
    }

    /// Removes what processes that are gone left half done. Nothing of it had been acknowledged.
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn sweep_tmp(&self) -> Result<Swept> {
        self.must_write("tidy up")?;
        durable::sweep(&self.tmp())
    }

    fn tmp(&self) -> PathBuf {
        self.cas.join("tmp")
    }

    fn shelf(&self, kind: BlobKind) -> PathBuf {
        self.cas.join(kind.folder()).join("sha256")
    }

    fn must_write(&self, operation: &'static str) -> Result<()> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(StoreError::ReadOnly {
                operation,
                path: self.cas.clone(),
            }),
        }
    }
}
