//! Proving a backup: every digest, every entry of the record, every byte that it names. Nothing in it is touched.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bundle::Sha256;
use store::{DataRoot, Database, Watch};

use super::BackupError;
use super::copy::Wanted;
use super::list::read_list;
use super::manifest::{Manifest, Role};
use crate::column::{digest, number};
use crate::doctor::{Checkup, Finding, examine_copy};
use crate::error::{Result, VaultError};
use crate::hashing::{Files, From};
use crate::machine::Machine;
use crate::sql;
use crate::vault::Vault;

/// What a backup holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupCheck {
    /// What was found; it is good if no error is among it.
    pub checkup: Checkup,
    /// Digest of `backup.json`.
    pub manifest_sha256: Sha256,
    /// When it was made, by the clock of the computer that made it.
    pub created_utc: String,
    /// Stored files.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// Sealed packages.
    pub bundles: u64,
}

/// Checks a backup.
///
/// # Errors
/// `not_a_data_root` when it is no backup, `backup_damaged` when its list cannot be read, `canceled`.
pub fn check_backup(path: &Path, machine: Machine, watch: &dyn Watch) -> Result<BackupCheck> {
    let backup = DataRoot::open_backup(path)?;
    let nothing = || BackupError::Damaged {
        path: backup.backup_manifest(),
        detail: "it is gone".to_owned(),
    };
    let (manifest, manifest_sha256) = Manifest::of(&backup)?.ok_or_else(nothing)?;
    let mut checkup = Checkup::default();
    let whole = files(&backup, &manifest, &mut checkup, watch)?;
    let database = manifest
        .must(Role::Database(Database::Termite), &backup)?
        .path(&backup);
    let list = manifest.must(Role::Blobs, &backup)?.path(&backup);
    if whole(&list) && whole(&database) {
        let mut listed: Vec<Wanted> = Vec::new();
        read_list(&list, &mut |wanted| {
            listed.push(wanted);
            Ok(())
        })?;
        let root = DataRoot::open_backup(path)?;
        let vault = Vault::over_copy(root, &database, machine)?;
        chains(&vault, &manifest, &backup, &mut checkup)?;
        checkup.take(examine_copy(&vault, &listed, true, watch)?);
    }
    let bundles = manifest
        .files
        .iter()
        .filter(|file| file.role == Role::Bundle);
    Ok(BackupCheck {
        checkup,
        manifest_sha256,
        bundles: bundles.count() as u64,
        created_utc: manifest.created_utc,
        blobs: manifest.blobs,
        blob_bytes: manifest.blob_bytes,
    })
}

/// Hashes every file that is no blob. Tells afterwards which ones are whole.
fn files(
    backup: &DataRoot,
    manifest: &Manifest,
    checkup: &mut Checkup,
    watch: &dyn Watch,
) -> Result<impl Fn(&Path) -> bool + use<>> {
    let path = |index: usize| match manifest.files.get(index) {
        Some(file) => file.path(backup),
        None => PathBuf::new(),
    };
    let damaged: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
    let files = Files {
        count: manifest.files.len(),
        total: manifest.files.iter().map(|file| file.bytes).sum(),
        path: &path,
        from: From::Anywhere,
    };
    let read = files.hash(watch, &|index, hashed| {
        let expected = manifest.files.get(index).map(|file| file.sha256);
        let what = match hashed {
            Ok((found, _)) if Some(found) == expected => return,
            Ok((found, _)) => format!("the file of the backup has the SHA-256 {found}"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                "the file of the backup is missing".to_owned()
            }
            Err(error) => format!("the file of the backup cannot be read: {error}"),
        };
        damaged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((index, what));
    })?;
    checkup.counts.bytes_read += read;
    let mut damaged = damaged.into_inner().unwrap_or_else(PoisonError::into_inner);
    damaged.sort_unstable();
    let mut paths = Vec::new();
    for (index, what) in damaged {
        checkup.add(Finding::new("backup_damaged", what).at(&path(index)));
        paths.push(path(index));
    }
    Ok(move |path: &Path| !paths.iter().any(|damaged| damaged == path))
}

/// The record in the database is the one that the list speaks of.
fn chains(
    vault: &Vault,
    manifest: &Manifest,
    backup: &DataRoot,
    checkup: &mut Checkup,
) -> Result<()> {
    for chain in &manifest.chains {
        let found: Option<Sha256> = vault.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::EVENT_HASH_OF_CHAIN)?;
            let mut rows = statement.query((chain.chain.as_bytes(), number(chain.size)))?;
            Ok::<_, VaultError>(rows.next()?.map(|row| digest(row, 0)).transpose()?)
        })?;
        if found != Some(chain.head) {
            let what = format!(
                "the record {} does not end with the entry {} that the list names",
                chain.chain.short(),
                chain.size
            );
            checkup.add(Finding::new("backup_damaged", what).at(&backup.backup_manifest()));
        }
    }
    Ok(())
}
