//! A group of files, read side by side and written to temporary blobs.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use store::blobs::{BlobStream, BlobWriter, Staged};
use store::{BlobKind, StoreError, Unwatched};

use crate::meter::Meter;
use crate::source::{Found, Place, Problem, Reading, Sink, SourceError, read};
use crate::vault::Vault;

/// Files of a group at most: one folder sync serves them all.
const MOST: usize = store::blobs::GROUP_MAX;
/// Bytes of a group: large files are acknowledged soon and alone.
const MOST_BYTES: u64 = 64 << 20;
/// From this size on a file is written and hashed by threads of its own.
const LARGE: u64 = 8 << 20;
/// How many bytes of a file tell its type.
const HEAD: usize = 8 << 10;

/// A file whose bytes lie in a temporary blob.
pub(super) struct StagedFile {
    pub reading: Reading,
    pub staged: Staged,
    pub head: Vec<u8>,
}

/// A group of files in the order of the walk.
#[derive(Default)]
pub(super) struct Batch {
    found: Vec<Found>,
    bytes: u64,
    /// What became of each, once staged.
    pub results: Vec<Result<StagedFile, SourceError>>,
}

impl Batch {
    pub(super) fn add(&mut self, found: Found) {
        if let Found::File { size, .. } = &found {
            self.bytes += size;
        }
        self.found.push(found);
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MOST || self.bytes >= MOST_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Reads all files, on as many threads as there are cores; the results stay in order.
    pub(super) fn staged(mut self, vault: &Vault, meter: &Meter<'_>) -> Self {
        let found = std::mem::take(&mut self.found);
        let slots: Vec<Mutex<Slot>> = found
            .into_iter()
            .map(|found| Mutex::new(Slot::Waiting(found)))
            .collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Ok(mut slot) = slot.lock() {
                    slot.stage(vault, meter);
                }
            }
        };
        let threads = thread::available_parallelism()
            .map_or(1, usize::from)
            .min(slots.len());
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        let done = slots.into_iter().filter_map(|slot| slot.into_inner().ok());
        self.results = done.filter_map(Slot::into_result).collect();
        self
    }
}

enum Slot {
    Waiting(Found),
    Done(Result<StagedFile, SourceError>),
    Empty,
}

impl Slot {
    fn stage(&mut self, vault: &Vault, meter: &Meter<'_>) {
        *self = match std::mem::replace(self, Self::Empty) {
            Self::Waiting(Found::File { place, size }) => {
                Self::Done(stage(vault, &place, size, meter))
            }
            Self::Waiting(Found::Refused(error)) => Self::Done(Err(error)),
            other => other,
        };
    }

    fn into_result(self) -> Option<Result<StagedFile, SourceError>> {
        match self {
            Self::Done(result) => Some(result),
            Self::Waiting(_) | Self::Empty => None,
        }
    }
}

fn stage(
    vault: &Vault,
    place: &Place,
    size: u64,
    meter: &Meter<'_>,
) -> Result<StagedFile, SourceError> {
    let fail = |error: StoreError| SourceError {
        problem: Problem::Sink(error.into()),
        place: place.clone(),
    };
    let begin = || Writing::begin(vault, size);
    let mut sink = BlobSink {
        writing: begin().map_err(fail)?,
        begin: &begin,
        head: Vec::new(),
    };
    let mut seen = 0;
    let reading = read(place, &mut sink, &mut |done| {
        // A file that is begun again counts once.
        meter.advance(done.saturating_sub(seen));
        seen = seen.max(done);
        !meter.watch.canceled()
    })?;
    let staged = sink.writing.finish().map_err(fail)?;
    Ok(StagedFile {
        reading,
        staged,
        head: sink.head,
    })
}

/// Small files are written by the thread that reads them; a large one keeps several threads busy.
enum Writing {
    Here(BlobWriter),
    Behind(BlobStream),
}

impl Writing {
    fn begin(vault: &Vault, size: u64) -> Result<Self, StoreError> {
        let writer = vault.blobs().begin(BlobKind::Raw)?;
        if size >= LARGE {
            writer.into_stream().map(Self::Behind)
        } else {
            Ok(Self::Here(writer))
        }
    }

    fn finish(self) -> Result<Staged, StoreError> {
        match self {
            Self::Here(writer) => writer.finish(),
            Self::Behind(stream) => stream.finish()?.finish(),
        }
    }
}

struct BlobSink<'a> {
    writing: Writing,
    begin: &'a dyn Fn() -> Result<Writing, StoreError>,
    head: Vec<u8>,
}

impl BlobSink<'_> {
    fn see(&mut self, bytes: &[u8]) {
        let missing = HEAD.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(bytes.get(..missing.min(bytes.len())).unwrap_or_default());
    }
}

impl Sink for BlobSink<'_> {
    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.see(bytes);
        match &mut self.writing {
            Writing::Here(writer) => writer.write_piece(bytes)?,
            Writing::Behind(stream) => stream.write_piece(bytes)?,
        }
        Ok(())
    }

    fn take(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.see(bytes);
        match &mut self.writing {
            Writing::Here(writer) => writer.write_piece(bytes)?,
            Writing::Behind(stream) => stream.take_piece(bytes)?,
        }
        Ok(())
    }

    fn hole(&mut self, length: u64) -> io::Result<()> {
        let missing = HEAD.saturating_sub(self.head.len());
        let zeros = usize::try_from(length).unwrap_or(HEAD).min(missing);
        self.head.resize(self.head.len() + zeros, 0);
        match &mut self.writing {
            Writing::Here(writer) => writer.write_hole(length, &Unwatched)?,
            Writing::Behind(stream) => stream.write_hole(length)?,
        }
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        self.head.clear();
        self.writing = (self.begin)()?;
        Ok(())
    }
}
