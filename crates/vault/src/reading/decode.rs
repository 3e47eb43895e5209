//! The texts of a group of items, decoded side by side into temporary blobs.

use std::io::{self, Read, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use store::blobs::{BlobReader, BlobWriter, Staged};
use store::{BlobKind, Blobs, StoreError};

use crate::items::{Item, ItemState};
use crate::meter::Meter;
use crate::vault::Vault;

/// What reading one item gave.
pub(super) struct Decoded {
    pub item: Item,
    pub found: Found,
}

/// What is in an item.
pub(super) enum Found {
    /// A text.
    Text(Text),
    /// Nothing that this version can read.
    NoText,
    /// Its bytes are missing, damaged or on a failing disk.
    Unreadable(StoreError),
    /// The text could not be stored: no fault of the item.
    Unwritable(StoreError),
    /// Somebody asked to stop.
    Unfinished,
}

/// A text in a temporary blob.
pub(super) struct Text {
    pub staged: Staged,
    pub extractor: String,
    pub version: &'static str,
}

/// Reads all items, on as many threads as there are cores; the answers stay in order.
pub(super) fn decode_all(vault: &Vault, items: Vec<Item>, meter: &Meter<'_>) -> Vec<Decoded> {
    let slots: Vec<Mutex<Found>> = items
        .iter()
        .map(|_| Mutex::new(Found::Unfinished))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(slot)) = (items.get(index), slots.get(index)) else {
                return;
            };
            let found = decode(vault.blobs(), item, meter);
            if let Ok(mut slot) = slot.lock() {
                *slot = found;
            }
        }
    };
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(items.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let found = slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or(Found::Unfinished));
    let decoded = items.into_iter().zip(found);
    decoded
        .map(|(item, found)| Decoded { item, found })
        .collect()
}

fn decode(blobs: &Blobs, item: &Item, meter: &Meter<'_>) -> Found {
    if meter.watch.canceled() {
        return Found::Unfinished;
    }
    if item.state != ItemState::Present || !extract::kind::is_plain_text(&item.media_type) {
        meter.advance(item.size);
        return Found::NoText;
    }
    let path = |kind| blobs.path(kind, item.raw_sha256);
    let reader = match blobs.open_blob(BlobKind::Raw, item.raw_sha256) {
        Ok(reader) => reader,
        Err(error) => return Found::Unreadable(error),
    };
    let writer = None;
    let mut sink = Sink { blobs, writer };
    match extract::plain_text(Metered { reader, meter }, &item.media_type, &mut sink) {
        // The sink makes no blob before the first byte: an empty text is none.
        Ok(outcome) => match sink.writer.map(BlobWriter::finish) {
            None => Found::NoText,
            Some(Err(error)) => Found::Unwritable(error),
            Some(Ok(staged)) => Found::Text(Text {
                staged,
                extractor: outcome.extractor,
                version: outcome.version,
            }),
        },
        Err(extract::Error::Type(_) | extract::Error::NotText(_)) => Found::NoText,
        Err(extract::Error::Read(error)) => {
            match StoreError::io("read", path(BlobKind::Raw), error) {
                StoreError::Canceled => Found::Unfinished,
                error => Found::Unreadable(error),
            }
        }
        Err(extract::Error::Write(error)) => {
            Found::Unwritable(StoreError::io("write", path(BlobKind::Extract), error))
        }
    }
}

/// A blob on its way out, with progress; it fails once somebody asks to stop.
struct Metered<'a> {
    reader: BlobReader,
    meter: &'a Meter<'a>,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.meter.watch.go_on()?;
        let read = self.reader.read(buffer)?;
        self.meter.advance(read as u64);
        Ok(read)
    }
}

/// A blob that comes into being with its first byte.
struct Sink<'a> {
    blobs: &'a Blobs,
    writer: Option<BlobWriter>,
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(self.blobs.begin(BlobKind::Extract)?),
        };
        writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
