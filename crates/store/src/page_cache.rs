//! What the system keeps in memory of files. A blob of many GiB that is written or read from end to end once would push
//! everything else out of it, and count against a container's limit; on virtual machines that hand unused memory back to
//! their host, fresh pages also cost more than the disk does.

use std::fs::File;
use std::num::NonZeroU64;

use rustix::fs::{Advice, fadvise};

/// How many bytes of a file are worth a call.
pub(crate) const STEP: u64 = 32 << 20;

/// Lets the system forget the beginning of a file, as far as it lies on the disk already.
pub(crate) fn forget(file: &File, end: u64) {
    // Only advice: nothing depends on it.
    let _ = fadvise(file, 0, NonZeroU64::new(end), Advice::DontNeed);
}
