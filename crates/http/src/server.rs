//! What every route has at hand.

use std::sync::Arc;

use app::{AppError, Desk, Runs};

use crate::access::Token;
use crate::events::Bell;
use crate::log::{Answered, Counts};
use crate::pool::Pool;
use crate::session::Sessions;

/// So many bodies come in at once; others wait.
const UPLOADS: usize = 256;

/// How a server behaves.
pub struct Settings {
    /// The names that it answers to, with the port: `127.0.0.1:8787`.
    pub hosts: Vec<String>,
    /// Its own addresses as browsers name them: `http://127.0.0.1:8787`.
    pub origins: Vec<String>,
    /// The administrator's token; without one everybody who reaches the server may act.
    pub token: Option<Token>,
    /// The largest upload in bytes; none is no limit.
    pub max_upload: Option<u64>,
    /// So many bytes stay free on every disk, so that the record can always be written.
    pub disk_reserve: u64,
    /// Hears of every request that was answered.
    pub told: Box<dyn Fn(&Answered) + Send + Sync>,
    /// How many threads answer queries, and how many move bytes.
    pub threads: usize,
}

/// The state shared by all routes.
pub struct Server {
    pub(crate) desk: Arc<Desk>,
    pub(crate) runs: Arc<Runs>,
    pub(crate) settings: Settings,
    /// For answers that take milliseconds.
    pub(crate) queries: Pool,
    /// For work that takes as long as its bytes do.
    pub(crate) bytes: Pool,
    /// For what comes in: each waits for its client.
    pub(crate) uploads: Pool,
    pub(crate) sessions: Sessions,
    pub(crate) counts: Counts,
    pub(crate) bell: Bell,
    pub(crate) started: std::time::Instant,
}

impl Server {
    /// Over an open data root and its queue.
    ///
    /// # Errors
    /// `io` when the system has no randomness.
    pub fn new(runs: Arc<Runs>, settings: Settings) -> Result<Arc<Self>, AppError> {
        let threads = settings.threads.max(1);
        Ok(Arc::new(Self {
            desk: Arc::clone(runs.desk()),
            runs,
            queries: Pool::new(threads, threads * 64),
            bytes: Pool::new(threads, threads * 256),
            uploads: Pool::new(UPLOADS, 4 * UPLOADS),
            sessions: Sessions::new()?,
            counts: Counts::default(),
            bell: Bell::default(),
            started: std::time::Instant::now(),
            settings,
        }))
    }
}
