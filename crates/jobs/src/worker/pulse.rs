//! Signs of life while a run is carried out, however long its steps are.

use std::thread;
use std::time::Duration;

use super::Floor;
use crate::error::{JobsError, Result};
use crate::stop::Stop;
use crate::task::Task;

/// How often progress is written and cancels are noticed.
const PULSE: Duration = Duration::from_millis(250);

impl Floor<'_> {
    /// Does something while a thread of its own keeps the lease, writes progress and learns of cancels.
    pub(super) fn with_pulse<T>(
        &self,
        task: &Task<'_>,
        act: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let done = Stop::new();
        thread::scope(|scope| {
            let pulse = thread::Builder::new()
                .name("worker-pulse".to_owned())
                .spawn_scoped(scope, || self.beat_until(task, &done))
                .map_err(JobsError::NoThread)?;
            let _done = done.ask_at_end(pulse.thread());
            act()
        })
    }

    fn beat_until(&self, task: &Task<'_>, done: &Stop) {
        // Where leases are short, so are the times between.
        let pulse = PULSE.min(self.settings.heartbeat);
        while !done.asked() && !task.is_lost() {
            match task.pulse(self.settings.heartbeat) {
                Err(error) if !error.is_lease_lost() => self.work.trouble(&error),
                _ => {}
            }
            thread::park_timeout(pulse);
        }
    }
}
