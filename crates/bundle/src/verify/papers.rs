//! The small members of a bundle, whole.

use std::io::Read;

use crate::ReadAt;
use crate::format::member;
use crate::verify::VerifyError;
use crate::zip::{Archive, MemberError};

/// No such member of ours is larger.
const MOST: u64 = 16 << 20;

/// A small member as it was read.
#[derive(Debug, Clone, Default)]
pub(crate) enum Small {
    /// It is not there, or its data are damaged, which the digests say.
    #[default]
    Absent,
    /// Larger than anything that is read whole.
    TooLarge,
    /// Its bytes.
    Bytes(Vec<u8>),
}

impl Small {
    pub(crate) fn read<R: ReadAt + ?Sized>(
        archive: &Archive<'_, R>,
        name: &str,
    ) -> Result<Self, VerifyError> {
        let Some(entry) = archive.find(name).filter(|entry| entry.sound()) else {
            return Ok(Self::Absent);
        };
        if entry.size > MOST {
            return Ok(Self::TooLarge);
        }
        let mut bytes = Vec::new();
        match archive.reader(entry).read_to_end(&mut bytes) {
            Ok(_) => Ok(Self::Bytes(bytes)),
            Err(error) => match MemberError::from(error) {
                MemberError::Io(error) => Err(VerifyError::Io(error)),
                _ => Ok(Self::Absent),
            },
        }
    }

    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Absent | Self::TooLarge => None,
        }
    }

    /// What `read` makes of the bytes; what is too large cannot be read. Nothing if it is not there.
    pub(crate) fn map<T, E: From<String>>(
        &self,
        read: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        match self {
            Self::Absent => None,
            Self::TooLarge => Some(Err("larger than 16 MiB".to_owned().into())),
            Self::Bytes(bytes) => Some(read(bytes)),
        }
    }
}

/// The papers of a bundle, as they were read.
#[derive(Default)]
pub(crate) struct Papers {
    pub attestation: Small,
    pub signature: Small,
    pub build_envelope: Small,
    pub sbom_envelope: Small,
    pub sbom: Small,
    pub policy: Small,
}

impl Papers {
    pub(crate) fn read<R: ReadAt + ?Sized>(archive: &Archive<'_, R>) -> Result<Self, VerifyError> {
        Ok(Self {
            attestation: Small::read(archive, member::ATTESTATION)?,
            signature: Small::read(archive, member::SIGNATURE)?,
            build_envelope: Small::read(archive, member::ATTESTATION_DSSE)?,
            sbom_envelope: Small::read(archive, member::SBOM_DSSE)?,
            sbom: Small::read(archive, member::SBOM)?,
            policy: Small::read(archive, member::POLICY)?,
        })
    }
}
