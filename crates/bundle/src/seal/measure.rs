//! What the lines say, learned in one pass: digests, sizes and CRCs of the members they give, and the blobs they name.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};

use crate::digest::{Hasher, Sha256};
use crate::format::body::{Fact, Told, Withdrawal, aux_digests};
use crate::format::document;
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::format::op::DeltaWriter;
use crate::seal::SealError;
use crate::zip::Folder;

/// Digest, size and CRC-32 of bytes that were produced but not kept.
#[derive(Clone)]
pub(super) struct Measured {
    pub sha256: Sha256,
    pub size: u64,
    pub crc32: u32,
}

#[derive(Default)]
pub(super) struct Meter {
    hasher: Hasher,
    crc: crc32fast::Hasher,
    size: u64,
}

impl Meter {
    pub(super) fn finish(self) -> Measured {
        Measured {
            sha256: self.hasher.finish(),
            size: self.size,
            crc32: self.crc.finalize(),
        }
    }
}

impl Write for Meter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Digests and named blobs, learned from the lines once.
#[derive(Default)]
pub(super) struct FirstPass {
    provenance: Meter,
    documents: Meter,
    delta: Meter,
    delta_writer: DeltaWriter,
    buffer: Vec<u8>,
    named: BTreeSet<(Folder, Sha256)>,
    erased: HashSet<Sha256>,
    pub count: u64,
}

impl FirstPass {
    pub(super) fn event(&mut self, line: &Line) -> Result<(), SealError> {
        let flush = |buffer: &mut Vec<u8>, meter: &mut Meter| {
            let written = meter.write_all(buffer);
            buffer.clear();
            written
        };
        line.event.write_line(&mut self.buffer);
        flush(&mut self.buffer, &mut self.provenance)?;
        if document::write_line(&line.event, &mut self.buffer) {
            self.count += 1;
        }
        flush(&mut self.buffer, &mut self.documents)?;
        let fact = fact_of(line)?;
        if let Some(fact) = &fact {
            self.delta_writer.write(line, fact, None, &mut self.buffer);
        }
        flush(&mut self.buffer, &mut self.delta)?;
        self.blobs(line, fact.as_ref())
    }

    fn blobs(&mut self, line: &Line, fact: Option<&Fact>) -> Result<(), SealError> {
        let Some(content) = line.content() else {
            return Ok(());
        };
        let seq = line.event.payload.seq;
        let wrong = |e: crate::canon::ShapeError| SealError::Ledger {
            seq,
            detail: e.to_string(),
        };
        let mut name = |folder, digest| {
            self.erased.remove(&digest);
            self.named.insert((folder, digest));
        };
        for digest in aux_digests(content).map_err(wrong)? {
            name(Folder::Aux, digest);
        }
        match fact.map(|fact| (fact, &fact.told_by)) {
            Some((fact, Told::Capture { .. })) => name(Folder::Raw, fact.raw_sha256),
            Some((
                _,
                Told::Extract {
                    extract_sha256: Some(digest),
                    ..
                },
            )) => name(Folder::Extract, *digest),
            _ => {}
        }
        if line.event.kind == EventType::Withdraw {
            self.erased
                .extend(Withdrawal::read(content).map_err(wrong)?.erased);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> (Measured, Measured, Measured, Vec<(Folder, Sha256)>) {
        let erased = self.erased;
        let named = self
            .named
            .into_iter()
            .filter(|(_, digest)| !erased.contains(digest))
            .collect();
        (
            self.provenance.finish(),
            self.documents.finish(),
            self.delta.finish(),
            named,
        )
    }
}

pub(super) fn fact_of(line: &Line) -> Result<Option<Fact>, SealError> {
    let Some(content) = line.content() else {
        return Ok(None);
    };
    Fact::read(&line.event.kind, content).map_err(|e| SealError::Ledger {
        seq: line.event.payload.seq,
        detail: e.to_string(),
    })
}
