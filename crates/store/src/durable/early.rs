//! Forcing a long file to the disk while it is still being written, so that the end need not wait for all of it.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use crate::page_cache::{STEP, forget};

/// A thread that forces what was written so far to the disk, and then lets the system forget it.
///
/// It is only a head start: what counts is the fsync of the whole file at the end.
#[derive(Debug)]
pub struct EarlySync {
    ask: SyncSender<u64>,
    thread: JoinHandle<io::Result<()>>,
    asked: u64,
}

impl EarlySync {
    /// # Errors
    /// When no thread can be had.
    pub fn of(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (ask, asked) = sync_channel::<u64>(1);
        let work = move || asked.iter().try_for_each(|end| force(&file, end));
        let thread = Builder::new().name("early sync".to_owned()).spawn(work)?;
        Ok(Self {
            ask,
            thread,
            asked: 0,
        })
    }

    /// So many bytes of the file are written. Never waits.
    pub fn written(&mut self, end: u64) {
        if end >= self.asked.saturating_add(STEP) && self.ask.try_send(end).is_ok() {
            self.asked = end;
        }
    }

    /// Waits until what was asked for is done. The system tells each failure of the disk once: it must not be lost.
    ///
    /// # Errors
    /// Those of `fdatasync`.
    pub fn finish(self) -> io::Result<()> {
        drop(self.ask);
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }
}

fn force(file: &File, end: u64) -> io::Result<()> {
    if !cfg!(feature = "no-fsync") {
        file.sync_data()?;
    }
    forget(file, end);
    Ok(())
}
