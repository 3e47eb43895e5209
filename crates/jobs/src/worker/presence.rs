//! Showing that the worker is there.

use std::fs;
use std::path::Path;
use std::thread;

use store::StoreError;

use super::Floor;
use crate::error::JobsError;
use crate::stop::Stop;

impl Floor<'_> {
    /// Shows that the worker is there, until it has ended; then that it has.
    pub(super) fn show(&self, ended: &Stop) {
        while !ended.asked() {
            self.tell(self.queue.seen(&self.presence));
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
