//! Live: what changed, as server-sent events, told by one watcher for all who listen. Events carry ids, never content.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use app::AppError;
use store::db::{Change, Db};
use tokio::sync::watch;

use crate::server::Server;

/// How often the databases are asked whether anything happened: some microseconds each.
const GLANCE: Duration = Duration::from_millis(25);
/// So many changes are read at once.
const PAGE: u32 = 500;

/// How far somebody has heard: the last change of each database. As text it is the id of an event: `v12.j40`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    record: i64,
    runs: i64,
}

impl Heard {
    /// What an event's id says; none if it says nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (record, runs) = text.strip_prefix('v')?.split_once(".j")?;
        Some(Self {
            record: record.parse().ok().filter(|seq| *seq >= 0)?,
            runs: runs.parse().ok().filter(|seq| *seq >= 0)?,
        })
    }

    /// Everything up to now.
    pub(crate) fn all(server: &Server) -> Result<Self, AppError> {
        let newest =
            |db: &Db| Ok::<_, AppError>(db.change_range()?.map_or(0, |(_, newest)| newest));
        Ok(Self {
            record: newest(server.desk.vault().db())?,
            runs: newest(server.runs.queue().db())?,
        })
    }

    /// Whether everything that came after it is still there to be told.
    pub(crate) fn is_good(self, server: &Server) -> Result<bool, AppError> {
        let told = |db: &Db, seq: i64| {
            let range = db.change_range()?;
            let good = range.map_or(seq == 0, |(oldest, newest)| {
                seq + 1 >= oldest && seq <= newest
            });
            Ok::<_, AppError>(good)
        };
        Ok(told(server.desk.vault().db(), self.record)?
            && told(server.runs.queue().db(), self.runs)?)
    }

    /// What came after it, with the id of each, and moves on.
    pub(crate) fn next(&mut self, server: &Server) -> Result<VecDeque<(Self, Change)>, AppError> {
        let mut news = VecDeque::new();
        for change in server.desk.vault().db().changes_after(self.record, PAGE)? {
            self.record = change.seq;
            news.push_back((*self, change));
        }
        for change in server.runs.queue().db().changes_after(self.runs, PAGE)? {
            self.runs = change.seq;
            news.push_back((*self, change));
        }
        Ok(news)
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}.j{}", self.record, self.runs)
    }
}

/// Tells all who listen that something changed, wherever: in this process or in another.
#[derive(Debug)]
pub(crate) struct Bell {
    rung: watch::Sender<u64>,
    stop: AtomicBool,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            rung: watch::Sender::new(0),
            stop: AtomicBool::new(false),
        }
    }
}

impl Bell {
    /// Hears it from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.rung.subscribe()
    }

    /// Whether the server ends, and with it all that is told.
    pub(crate) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Lets everybody go.
    pub(crate) fn end(&self) {
        self.stop.store(true, Ordering::Release);
        self.ring();
    }

    fn ring(&self) {
        self.rung.send_modify(|count| *count += 1);
    }
}

/// Starts the watcher; it ends with the bell.
pub(crate) fn watch(server: &Arc<Server>) -> Result<(), AppError> {
    let mut record = server.desk.vault().db().watch_changes()?;
    let mut runs = server.runs.queue().db().watch_changes()?;
    let server = Arc::clone(server);
    let look = move || {
        while !server.bell.is_over() {
            // What cannot be asked now is asked again; whoever listens reads for themselves.
            let moved = [record.moved(), runs.moved()];
            if moved.iter().any(|moved| !matches!(moved, Ok(false))) {
                server.bell.ring();
            }
            thread::sleep(GLANCE);
        }
    };
    thread::Builder::new()
        .name("changes".to_owned())
        .spawn(look)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let heard = Heard {
            record: 12,
            runs: 40,
        };
        assert_eq!(heard.to_string(), "v12.j40");
        assert_eq!(Heard::parse("v12.j40"), Some(heard));
        for wrong in ["", "v1", "12.40", "v-1.j1", "v1.jx", "v1.j1.g1"] {
            assert_eq!(Heard::parse(wrong), None, "{wrong}");
        }
    }
}
