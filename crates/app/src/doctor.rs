//! Examining a data root.

use std::time::Duration;

use store::{Access, DataRoot, Watch};
use vault::doctor::{Checkup, DoctorOptions};

use crate::config::Config;
use crate::desk::machine;
use crate::error::AppError;

/// How many bytes should be free on each disk, unless something else is said.
pub const DISK_RESERVE: u64 = 512 << 20;

/// Somebody else's transaction is waited for no longer than this; that it lasts is a finding.
const BUSY: Duration = Duration::from_secs(5);

/// Examines a data root, and mends it if that is asked for. What is found is no error.
pub fn doctor(
    config: &Config,
    read_data: bool,
    repair: bool,
    watch: &dyn Watch,
) -> Result<Checkup, AppError> {
    let options = DoctorOptions {
        read_data,
        repair,
        reserve: config.disk_reserve(),
    };
    let access = if repair { Access::Write } else { Access::Read };
    let root = DataRoot::open(config.data_dir(), access)?.with_busy_timeout(BUSY);
    Ok(vault::doctor::doctor(root, machine(), &options, watch)?)
}
