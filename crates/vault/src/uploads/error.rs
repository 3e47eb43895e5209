//! Why an upload is refused, or not to be had.

use std::fmt;
use std::path::{Path, PathBuf};

use bundle::Sha256;

use super::UploadId;

/// A refusal about uploads. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// `upload_unknown`: there is no such upload, or not any more.
    #[error("there is no upload {0}")]
    Unknown(UploadId),
    /// `upload_invalid`: what was said of the file cannot be recorded.
    #[error("{what}: {rule}")]
    Invalid {
        /// What was said.
        what: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// `upload_offset`: the sender goes on at another place than the one that was acknowledged.
    #[error("the upload {id} goes on at {right}, not at {given}")]
    Offset {
        /// The upload.
        id: UploadId,
        /// Where it goes on.
        right: u64,
        /// Where the sender wanted to.
        given: u64,
    },
    /// `upload_busy`: somebody else is sending it, or is taking it.
    #[error("the upload {0} is in use by another request")]
    Busy(UploadId),
    /// `upload_too_large`: more than one upload may have.
    #[error("an upload may have {most} bytes, and this one has {}", size(*length))]
    TooLarge {
        /// The limit.
        most: u64,
        /// How long it is; none if that is only known to be more.
        length: Option<u64>,
    },
    /// `upload_length`: it is not as long as was said.
    #[error("the upload {id} was said to have {declared} bytes, and {}", other(*found))]
    Length {
        /// The upload.
        id: UploadId,
        /// What was said.
        declared: u64,
        /// What was said later, or has arrived; none if it is only known to be more.
        found: Option<u64>,
    },
    /// `upload_digest`: what arrived is not what was sent. Nothing of it is kept.
    #[error("what arrived has the SHA-256 {found}, not {expected}; nothing of it was kept")]
    Digest {
        /// What the sender said.
        expected: Sha256,
        /// What arrived.
        found: Sha256,
    },
    /// `upload_broken`: the sender stopped half way.
    #[error("the upload {id} broke off; {offset} bytes of it are kept: {detail}")]
    Broken {
        /// The upload.
        id: UploadId,
        /// Where it goes on.
        offset: u64,
        /// What was said by whatever broke.
        detail: String,
    },
    /// `upload_lost`: bytes that had arrived are not there any more.
    #[error("the bytes of the upload {id} are not there any more")]
    Lost {
        /// The upload.
        id: UploadId,
        /// Where they should lie.
        path: PathBuf,
    },
    /// `upload_unavailable`: some of the uploads cannot be used.
    #[error("{}", refused(.0))]
    Unavailable(Vec<RefusedUpload>),
    /// `disk_reserve`: less space than what is kept free for the record.
    #[error("only {free} bytes are free at {}, and {needed} must be", path.display())]
    DiskReserve {
        /// Where.
        path: PathBuf,
        /// What is free.
        free: u64,
        /// What is needed, the reserve included.
        needed: u64,
    },
}

/// An upload that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedUpload {
    /// Which.
    pub id: UploadId,
    /// Why not.
    pub why: WhyRefused,
}

/// Why an upload cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyRefused {
    /// There is none of this id in this case.
    Unknown,
    /// Not all of it has arrived.
    Unfinished {
        /// What has.
        offset: u64,
        /// How long it will be, if that is known.
        length: Option<u64>,
    },
    /// It became an item already.
    Taken(u64),
    /// It is kept for another run.
    Pinned,
}

impl UploadError {
    /// The stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "upload_unknown",
            Self::Invalid { .. } => "upload_invalid",
            Self::Offset { .. } => "upload_offset",
            Self::Busy(_) => "upload_busy",
            Self::TooLarge { .. } => "upload_too_large",
            Self::Length { .. } => "upload_length",
            Self::Digest { .. } => "upload_digest",
            Self::Broken { .. } => "upload_broken",
            Self::Lost { .. } => "upload_lost",
            Self::Unavailable(_) => "upload_unavailable",
            Self::DiskReserve { .. } => "disk_reserve",
        }
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Lost { path, .. } | Self::DiskReserve { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Whether the environment failed, as opposed to something being refused.
    pub const fn is_environment(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::DiskReserve { .. })
    }
}

impl fmt::Display for RefusedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        match self.why {
            WhyRefused::Unknown => write!(f, "{id} is unknown"),
            WhyRefused::Unfinished {
                offset,
                length: Some(length),
            } => write!(f, "{id} has not arrived yet ({offset} of {length} bytes)"),
            WhyRefused::Unfinished {
                offset,
                length: None,
            } => write!(f, "{id} has not arrived yet ({offset} bytes so far)"),
            WhyRefused::Taken(item) => write!(f, "{id} is item {item} already"),
            WhyRefused::Pinned => write!(f, "{id} is kept for another run"),
        }
    }
}

fn refused(all: &[RefusedUpload]) -> String {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    format!("these uploads cannot be used: {}", all.join("; "))
}

fn size(length: Option<u64>) -> String {
    length.map_or_else(|| "more".to_owned(), |length| length.to_string())
}

fn other(found: Option<u64>) -> String {
    found.map_or_else(
        || "more arrived".to_owned(),
        |found| format!("now it is {found}"),
    )
}
