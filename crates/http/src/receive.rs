//! Bodies on their way in: as they come, never whole in memory.
//!
//! Whoever takes a body in reads until its end, so each has a thread of its own, which waits for its client; how many may
//! do so at once is bounded. Of an upload, what arrived before its client went away is kept.

use std::io::{self, ErrorKind, Read};
use std::sync::Arc;

use app::AppError;
use axum::body::Bytes;
use futures_util::{Stream, StreamExt};
use store::Unwatched;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use vault::{Piece, Room, Upload, UploadId};

use crate::problem::Problem;
use crate::server::Server;

/// Pieces between the connection and the disk.
const UNDER_WAY: usize = 8;

/// What passes from the connection to the disk: bytes, and at the end the word that nothing is missing.
enum Part {
    Bytes(Bytes),
    End,
}

/// How much this server takes.
pub(crate) fn room(server: &Server) -> Room {
    Room {
        most: server.settings.max_upload,
        reserve: server.settings.disk_reserve,
    }
}

/// Appends a body to an upload. `wrapped` may look at what is read, and refuse it at the end.
pub(crate) async fn append<W: Read + Send, E>(
    server: &Arc<Server>,
    id: UploadId,
    piece: Piece,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    wrapped: impl FnOnce(Arriving) -> W + Send + 'static,
) -> Result<Upload, Problem> {
    let at = Arc::clone(server);
    let keep = move |arriving| {
        let mut from = wrapped(arriving);
        let vault = at.desk.vault();
        Ok(vault.append(&id, piece, &mut from, room(&at), &Unwatched)?)
    };
    read(server, body, keep).await
}

/// Lets a thread read a body as it comes.
pub(crate) async fn read<T: Send + 'static, E>(
    server: &Server,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    work: impl FnOnce(Arriving) -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    let (parts, arriving) = channel(UNDER_WAY);
    let work = move || {
        work(Arriving {
            parts: arriving,
            part: Bytes::new(),
            ended: false,
        })
    };
    let (done, ()) = tokio::join!(server.uploads.run(work), feed(parts, body));
    done
}

async fn feed<E>(parts: Sender<Part>, mut body: impl Stream<Item = Result<Bytes, E>> + Unpin) {
    loop {
        let part = match body.next().await {
            Some(Ok(bytes)) => Part::Bytes(bytes),
            None => Part::End,
            // Broken off: without the last word the other side knows.
            Some(Err(_)) => return,
        };
        let last = matches!(part, Part::End);
        if parts.send(part).await.is_err() || last {
            return;
        }
    }
}

/// The body of a request as it comes in, for a thread that may wait for it.
pub(crate) struct Arriving {
    parts: Receiver<Part>,
    part: Bytes,
    ended: bool,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() && !self.ended {
            match self.parts.blocking_recv() {
                Some(Part::Bytes(bytes)) => self.part = bytes,
                Some(Part::End) => self.ended = true,
                None => return Err(ErrorKind::ConnectionAborted.into()),
            }
        }
        let length = self.part.len().min(buffer.len());
        let now = self.part.split_to(length);
        if let Some(room) = buffer.get_mut(..length) {
            room.copy_from_slice(&now);
        }
        Ok(length)
    }
}
