//! Writing a bundle from a SEAL event: the same event always gives the same bytes.
//!
//! Everything comes from the ledger and the blobs that the event pins; nothing from the clock, the machine or the
//! program's version. Lines are produced twice, first to learn digests and sizes, then to write them: memory stays flat.

mod carry;
mod measure;
mod members;
mod plan;
mod readme;
mod signing;

use std::error::Error;
use std::io::{self, Write};

use crate::digest::Sha256;
use crate::format::event::Event;
use crate::format::line::LineError;
use crate::merkle::Frontier;
use crate::verify::Progress;
use crate::zip::{ArchiveWriter, Folder, WriteError};

pub use plan::Plan;
pub use readme::{About, readme};
pub use signing::{Signatures, Signing};

/// Where a sealer takes everything from.
pub trait Evidence {
    /// Gives the events of the chain from `first` to `last`, in order.
    fn events(
        &self,
        first: u64,
        last: u64,
        on_event: &mut dyn FnMut(Event) -> Result<(), SealError>,
    ) -> Result<(), SealError>;

    /// The hash tree over the first `size` events.
    fn tree_at(&self, size: u64) -> Result<Frontier, SealError>;

    /// Id of the project, and its title before event `seq`.
    fn project(&self, seq: u64) -> Result<(String, String), SealError>;

    /// Size and CRC-32 of a blob.
    fn blob(&self, folder: Folder, digest: &Sha256) -> Result<(u64, u32), SealError>;

    /// Hands out the bytes of a blob; fails if they are not the ones of its digest.
    fn copy_blob(
        &self,
        folder: Folder,
        digest: &Sha256,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    ) -> Result<(), SealError>;
}

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The ledger or a blob could not be had; the cause is the store's.
    #[error("{0}")]
    Evidence(Box<dyn Error + Send + Sync>),
    /// The ledger says something that no ledger of ours says.
    #[error("entry {seq}: {detail}")]
    Ledger {
        /// Which entry.
        seq: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// A signature kept from the first sealing does not fit what was put together now.
    #[error("the {0} signature kept with the seal does not fit")]
    Signature(&'static str),
    /// The caller asked to stop.
    #[error("stopped")]
    Canceled,
    /// The bundle could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl SealError {
    /// Wraps what went wrong in the store.
    pub fn evidence(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Evidence(Box::new(error))
    }

    fn line(seq: u64, error: &LineError) -> Self {
        Self::Ledger {
            seq,
            detail: error.to_string(),
        }
    }
}

impl From<io::Error> for SealError {
    fn from(error: io::Error) -> Self {
        Self::Write(WriteError::Io(error))
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Digest of the manifest.
    pub manifest_sha256: Sha256,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The three signatures, to be kept with the seal.
    pub signatures: Signatures,
}

/// Writes the bundle of a plan. The digest of the file is the business of `out`.
pub fn write<W: Write>(
    plan: &Plan,
    evidence: &dyn Evidence,
    signing: &Signing<'_>,
    out: W,
    progress: &dyn Progress,
) -> Result<Written, SealError> {
    let papers = plan.papers(signing)?;
    let mut archive = ArchiveWriter::new(out);
    for member in plan.members(&papers) {
        if progress.canceled() {
            return Err(SealError::Canceled);
        }
        archive.start(&member.name, member.size, member.crc32)?;
        plan.write_member(&member, &papers, evidence, &mut |bytes| {
            archive.write_all(bytes)?;
            progress.advance(bytes.len() as u64);
            if progress.canceled() {
                Err(SealError::Canceled)
            } else {
                Ok(())
            }
        })?;
    }
    let (_, bytes) = archive.finish()?;
    Ok(Written {
        manifest_sha256: papers.manifest_sha256,
        bytes,
        signatures: papers.signatures,
    })
}
