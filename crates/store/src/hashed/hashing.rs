//! The digest of a file that is read: of a large one a thread of its own computes it, so that whoever reads can write
//! meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use bundle::Sha256;
use bundle::digest::Hasher;

/// From this size on, in bytes.
const LARGE: u64 = 8 << 20;
/// Pieces that wait: memory stays flat.
const UNDER_WAY: usize = 32;

/// A digest under way.
#[derive(Debug)]
pub(super) enum Hashing {
    Here(Hasher),
    Beside(SyncSender<Arc<Vec<u8>>>, JoinHandle<Sha256>),
}

impl Hashing {
    /// For a file of so many bytes.
    pub(super) fn of(size: u64) -> io::Result<Self> {
        if size < LARGE {
            return Ok(Self::Here(Hasher::new()));
        }
        let (sender, pieces) = sync_channel::<Arc<Vec<u8>>>(UNDER_WAY);
        let work = move || {
            let mut hasher = Hasher::new();
            for piece in pieces {
                hasher.update(&piece);
            }
            hasher.finish()
        };
        let thread = Builder::new().name("digest".to_owned()).spawn(work)?;
        Ok(Self::Beside(sender, thread))
    }

    pub(super) fn update(&mut self, piece: &Arc<Vec<u8>>) -> io::Result<()> {
        match self {
            Self::Here(hasher) => hasher.update(piece),
            Self::Beside(pieces, _) => pieces.send(Arc::clone(piece)).map_err(gone)?,
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<Sha256> {
        match self {
            Self::Here(hasher) => Ok(hasher.finish()),
            Self::Beside(pieces, thread) => {
                drop(pieces);
                thread.join().map_err(gone)
            }
        }
    }
}

fn gone<T>(_: T) -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}
