//! The members of a planned bundle in order, and the bytes of each.

use std::io::{self, Write};

use crate::digest::Sha256;
use crate::format::op::DeltaWriter;
use crate::format::{document, member};
use crate::seal::measure::fact_of;
use crate::seal::plan::{Papers, Plan};
use crate::seal::{Evidence, SealError};
use crate::zip::{Folder, Name};

/// A member about to be written.
pub(super) struct Member {
    pub name: String,
    pub size: u64,
    pub crc32: u32,
    pub(super) what: What,
}

#[derive(Clone, Copy)]
pub(super) enum What {
    Blob(Folder, Sha256),
    Pinned(Sha256),
    Small(&'static str),
    Manifest,
    Lines(Lines),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    Provenance,
    Documents,
    Delta,
}

impl Plan {
    /// All members in order of names.
    pub(super) fn members(&self, papers: &Papers) -> Vec<Member> {
        let blobs = self
            .blobs
            .iter()
            .map(|(folder, digest, size, crc32)| Member {
                name: Name::Blob(*folder, *digest).to_string(),
                size: *size,
                crc32: *crc32,
                what: What::Blob(*folder, *digest),
            });
        let small = papers.small.iter().map(|(name, bytes)| Member {
            name: (*name).to_owned(),
            size: bytes.len() as u64,
            crc32: crc32fast::hash(bytes),
            what: What::Small(name),
        });
        let pinned = [
            (member::POLICY, self.pins.policy_sha256),
            (member::SBOM, self.pins.sbom_sha256),
            (member::CARD, self.pins.card_sha256),
            (member::README, self.pins.readme_sha256),
        ];
        let pinned = pinned.into_iter().map(|(name, digest)| {
            let (size, crc32) = self.sizes.get(name).copied().unwrap_or_default();
            Member {
                name: name.to_owned(),
                size,
                crc32,
                what: What::Pinned(digest),
            }
        });
        let measured = [
            (member::MANIFEST, &papers.manifest, What::Manifest),
            (
                member::PROVENANCE,
                &self.provenance,
                What::Lines(Lines::Provenance),
            ),
            (
                member::DOCUMENTS,
                &self.documents,
                What::Lines(Lines::Documents),
            ),
            (member::DELTA, &self.delta, What::Lines(Lines::Delta)),
        ];
        let measured = measured.into_iter().map(|(name, measured, what)| Member {
            name: name.to_owned(),
            size: measured.size,
            crc32: measured.crc32,
            what,
        });
        let mut members: Vec<Member> = blobs.chain(small).chain(pinned).chain(measured).collect();
        members.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        members
    }

    pub(super) fn write_member(
        &self,
        member: &Member,
        papers: &Papers,
        evidence: &dyn Evidence,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        match member.what {
            What::Blob(folder, digest) => evidence.copy_blob(folder, &digest, sink),
            What::Pinned(digest) => evidence.copy_blob(Folder::Aux, &digest, sink),
            What::Small(name) => sink(
                papers
                    .small
                    .get(name)
                    .map(Vec::as_slice)
                    .unwrap_or_default(),
            ),
            What::Manifest => {
                let mut out = SinkWriter { sink, error: None };
                let written = self.write_manifest(&papers.head, &mut out);
                match out.error {
                    Some(error) => Err(error),
                    None => Ok(written?),
                }
            }
            What::Lines(which) => self.write_lines(which, evidence, sink),
        }
    }

    fn write_lines(
        &self,
        which: Lines,
        evidence: &dyn Evidence,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        let mut delta = DeltaWriter::new();
        let mut buffer = Vec::new();
        evidence.events(self.pins.first, self.seal.payload.seq, &mut |event| {
            let line = self.carry.apply(event)?;
            match which {
                Lines::Provenance => line.event.write_line(&mut buffer),
                Lines::Documents => {
                    document::write_line(&line.event, &mut buffer);
                }
                Lines::Delta => {
                    if let Some(fact) = fact_of(&line)? {
                        delta.write(&line, &fact, None, &mut buffer);
                    }
                }
            }
            if buffer.len() >= 1 << 18 {
                sink(&buffer)?;
                buffer.clear();
            }
            Ok(())
        })?;
        sink(&buffer)
    }
}

/// Lets the manifest's writer fail with the sink's own error.
struct SinkWriter<'a> {
    sink: &'a mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    error: Option<SealError>,
}

impl Write for SinkWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match (self.sink)(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                self.error = Some(error);
                Err(io::Error::other("the sink failed"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
