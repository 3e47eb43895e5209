//! Showing that the worker is there.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::thread;

use store::{RunId, StoreError};

use super::Floor;
use crate::error::JobsError;
use crate::stop::Stop;

impl Floor<'_> {
    /// What the worker does now, for the next sign of life.
    pub(super) fn says(&self, doing: Option<&RunId>) {
        let mut now = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        *now = doing.cloned();
    }

    /// Shows that the worker is there, until it has ended; then that it has.
    pub(super) fn show(&self, ended: &Stop) {
        while !ended.asked() {
            let doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
            let doing = doing.clone();
            self.tell(self.queue.seen(&self.presence, doing.as_ref()));
            if let Some(path) = &self.settings.heartbeat_file {
                self.tell(self.touch(path));
            }
            thread::park_timeout(self.settings.heartbeat);
        }
        self.tell(self.queue.gone(&self.presence));
    }

    /// Writes the time into the file: whoever watches looks at its content or at the time it was written.
    fn touch(&self, path: &Path) -> Result<(), JobsError> {
        let line = format!("{}\n", self.queue.utc());
        fs::write(path, line).map_err(|error| StoreError::io("write", path, error).into())
    }

    fn tell(&self, told: Result<(), JobsError>) {
        if let Err(error) = told {
            self.work.trouble(&error);
        }
    }
}
