//! Pieces with a checksum of their own: kept whole or not at all.

use std::io::{self, ErrorKind, Read};

use app::{AppError, Fault};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bundle::digest::Hasher;
use sha1::{Digest, Sha1};

use super::CHECKSUM;
use crate::answer::header;
use crate::receive::Arriving;

/// The checksum of one piece.
pub(super) enum Checksum {
    Sha1(Sha1, Vec<u8>),
    Sha256(Hasher, Vec<u8>),
}

impl Checksum {
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, AppError> {
        let Some(given) = header(headers, &CHECKSUM) else {
            return Ok(None);
        };
        let (name, digest) = given.split_once(' ').unwrap_or((given, ""));
        match (name, STANDARD.decode(digest)) {
            ("sha1", Ok(digest)) => Ok(Some(Self::Sha1(Sha1::new(), digest))),
            ("sha256", Ok(digest)) => Ok(Some(Self::Sha256(Hasher::new(), digest))),
            _ => Err(Fault::RequestMalformed
                .error()
                .saying("Upload-Checksum is sha1 or sha256 and a digest in base64.")),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    fn fits(&self) -> bool {
        match self {
            Self::Sha1(hasher, digest) => hasher.clone().finalize().as_slice() == digest,
            Self::Sha256(hasher, digest) => hasher.clone().finish().as_bytes() == digest.as_slice(),
        }
    }
}

/// Refuses at the end what does not have its checksum.
pub(super) struct Checked {
    pub from: Arriving,
    pub checksum: Checksum,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.from.read(buffer)?;
        self.checksum.update(buffer.get(..got).unwrap_or_default());
        if got == 0 && !buffer.is_empty() && !self.checksum.fits() {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(got)
    }
}
