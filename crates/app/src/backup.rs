//! Backups, restoring them, and saying that a database is an older one.

use std::path::Path;

use store::{Access, DataRoot, Folder, Watch};
use vault::backup::{BackupCheck, BackupReport, Continued, RestoreReport};
use vault::{Act, By, Vault};

use crate::config::Config;
use crate::desk::{Desk, machine};
use crate::error::AppError;

/// Makes a backup or brings one up to date. A root that can only be read is backed up too, and nothing is recorded.
pub fn backup(
    config: &Config,
    to: &Path,
    with_keys: bool,
    actor: Option<&str>,
    watch: &dyn Watch,
) -> Result<BackupReport, AppError> {
    let (desk, act) = match Desk::open_there(config.data_dir()) {
        Ok(desk) => {
            let act = desk.act(actor, By::Cli)?;
            (desk, Some(act))
        }
        Err(error) if error.code == "read_only" => (Desk::open_to_read(config.data_dir())?, None),
        Err(error) => return Err(error),
    };
    Ok(desk.vault().backup(to, with_keys, act.as_ref(), watch)?)
}

/// Proves a backup. What is found is no error, and nothing in the backup is touched.
pub fn check_backup(path: &Path, watch: &dyn Watch) -> Result<BackupCheck, AppError> {
    Ok(vault::backup::check_backup(path, machine(), watch)?)
}

/// Restores a backup into an empty data root.
pub fn restore(
    config: &Config,
    from: &Path,
    reason: &str,
    actor: Option<&str>,
    watch: &dyn Watch,
) -> Result<RestoreReport, AppError> {
    let root = DataRoot::create(config.data_dir())?;
    let act = |vault: &Vault| vault.act(actor, By::Cli);
    Ok(vault::backup::restore(
        root,
        from,
        machine(),
        reason,
        &act,
        watch,
    )?)
}

/// Puts on record that the database here is an older one, or a copy, put here on purpose.
pub fn adopt_older(
    config: &Config,
    reason: &str,
    actor: Option<&str>,
) -> Result<Continued, AppError> {
    let root = DataRoot::open(config.data_dir(), Access::Write)?;
    let _alone = root.hold_alone(Folder::TermiteRuntime)?;
    let (vault, _) = Vault::open(root, machine())?;
    let act: Act = vault.act(actor, By::Cli)?;
    Ok(vault.adopt_older(reason, &act)?)
}
