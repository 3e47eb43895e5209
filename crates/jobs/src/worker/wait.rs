//! Waiting for something to do.

use std::thread;
use std::time::Duration;

use store::db::ChangeWatch;

use crate::error::Result;
use crate::stop::Stop;

/// How often an idle worker asks whether anything was written: microseconds each time.
const GLANCE: Duration = Duration::from_millis(25);

/// Waits until somebody has written to the queue, the longest wait is over, or the worker is to stop.
pub(super) fn for_change(changes: &mut ChangeWatch, longest: Duration, stop: &Stop) -> Result<()> {
    let mut waited = Duration::ZERO;
    while waited < longest && !stop.asked() && !changes.moved()? {
        let glance = GLANCE.min(longest.saturating_sub(waited));
        thread::sleep(glance);
        waited += glance;
    }
    Ok(())
}
