//! The file of a bundle on its way to the disk: written on one thread, hashed on another, placed only when whole.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use bundle::Sha256;
use bundle::digest::Hasher;
use bundle::seal::{Evidence, Plan, Signing, Written, write};
use bundle::verify::Progress;
use store::durable::{EarlySync, TempFile};
use store::{StoreError, Watch, durable};

use crate::error::Result;

/// What is handed from thread to thread at once, in bytes.
const PIECE: usize = 1 << 20;
/// Pieces between two threads: memory stays flat.
const UNDER_WAY: usize = 8;

/// A written bundle that has no name yet.
pub(crate) struct BundleFile {
    temp: TempFile,
    written: Written,
    pub sha256: Sha256,
}

impl BundleFile {
    pub(crate) fn write(
        folder: &Path,
        plan: &Plan,
        evidence: &dyn Evidence,
        signing: &Signing<'_>,
        watch: &dyn Watch,
    ) -> Result<Self> {
        let mut temp = TempFile::create_in(folder)?;
        let named = |error| StoreError::io("write to", folder, error);
        let early = EarlySync::of(temp.file()).map_err(named)?;
        let mut file = Named {
            file: temp.file_mut(),
            folder,
            early,
            end: 0,
        };
        let (written, sha256) = tee(&mut file, plan, evidence, signing, watch)?;
        file.early.finish().map_err(named)?;
        temp.set_mode(0o440)?;
        temp.sync()?;
        Ok(Self {
            temp,
            written,
            sha256,
        })
    }

    /// Gives it its name. The same bytes may lie there already, from an attempt that was cut short.
    pub(crate) fn place(mut self, target: &Path) -> Result<(Written, Sha256)> {
        self.temp.place_over(target)?;
        durable::sync_folder(target.parent().unwrap_or(target))?;
        Ok((self.written, self.sha256))
    }
}

/// A file whose errors say where it lies, and which goes to the disk while it is written.
struct Named<'a> {
    file: &'a mut File,
    folder: &'a Path,
    early: EarlySync,
    end: u64,
}

impl Write for Named<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| StoreError::io("write to", self.folder, error))?;
        self.end += bytes.len() as u64;
        self.early.written(self.end);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a bundle to `out` and hashes it beside.
pub(crate) fn tee(
    out: &mut (dyn Write + Send),
    plan: &Plan,
    evidence: &dyn Evidence,
    signing: &Signing<'_>,
    watch: &dyn Watch,
) -> Result<(Written, Sha256)> {
    let progress = Watched {
        watch,
        done: AtomicU64::new(0),
        total: plan.content_bytes(),
    };
    thread::scope(|scope| {
        let (pieces, to_write) = sync_channel::<Vec<u8>>(UNDER_WAY);
        let (written, to_hash) = sync_channel::<Vec<u8>>(UNDER_WAY);
        let (empty, spare) = sync_channel::<Vec<u8>>(2 * UNDER_WAY + 2);
        let writing = scope.spawn(move || {
            for piece in to_write {
                out.write_all(&piece)?;
                let _ = written.send(piece);
            }
            Ok(())
        });
        let hashing = scope.spawn(move || {
            let mut hasher = Hasher::new();
            for piece in to_hash {
                hasher.update(&piece);
                let _ = empty.try_send(piece);
            }
            hasher.finish()
        });
        let mut tee = Tee {
            pieces,
            spare,
            buffer: Vec::with_capacity(PIECE),
        };
        let done = write(plan, evidence, signing, &mut tee, &progress).and_then(|done| {
            tee.hand_on()?;
            Ok(done)
        });
        drop(tee);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        // What stopped the writing is the cause of what stopped the rest.
        let ended = writing.join().map_err(gone).flatten();
        ended.map_err(|error| StoreError::io("write", "the package", error))?;
        let hashed = hashing.join().map_err(gone);
        Ok((
            done?,
            hashed.map_err(|error| StoreError::io("hash", "the package", error))?,
        ))
    })
}

/// Gathers what is written into large pieces, for others to write and hash.
struct Tee {
    pieces: SyncSender<Vec<u8>>,
    spare: Receiver<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Tee {
    fn hand_on(&mut self) -> io::Result<()> {
        let mut next = self
            .spare
            .try_recv()
            .unwrap_or_else(|_| Vec::with_capacity(PIECE));
        next.clear();
        let piece = std::mem::replace(&mut self.buffer, next);
        self.pieces
            .send(piece)
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A [`Watch`] as the sealer's [`Progress`].
struct Watched<'a> {
    watch: &'a dyn Watch,
    done: AtomicU64,
    total: u64,
}

impl Progress for Watched<'_> {
    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        // What stands around the contents is little, and not known before.
        self.watch.progress(done.min(self.total), Some(self.total));
    }

    fn canceled(&self) -> bool {
        self.watch.canceled()
    }
}
