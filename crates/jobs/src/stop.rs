//! Asking a worker to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;

/// A request to stop that any number of threads share: asked once, it stays asked.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether somebody has asked.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Stop {
    /// Asks when the returned value goes out of scope, even by a panic, and wakes the thread that is to hear of it: else
    /// whoever waits for that thread would wait for ever.
    pub(crate) fn ask_at_end(&self, thread: &Thread) -> AskAtEnd {
        AskAtEnd(self.clone(), thread.clone())
    }
}

/// See [`Stop::ask_at_end`].
#[derive(Debug)]
pub(crate) struct AskAtEnd(Stop, Thread);

impl Drop for AskAtEnd {
    fn drop(&mut self) {
        self.0.ask();
        self.1.unpark();
    }
}
