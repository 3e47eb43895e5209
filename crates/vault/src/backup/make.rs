//! Making a backup while others work.

use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::canon::Object;
use store::{Blobs, DataRoot, Folder, Watch};

use super::BackupError;
use super::making::Making;
use super::manifest::{ChainAt, Manifest};
use super::others::remove_former;
use crate::column::{digest, number};
use crate::error::{Result, VaultError};
use crate::house::HouseEvent;
use crate::keys::KeyFileState;
use crate::sql;
use crate::vault::{Act, Vault};

/// What became of a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupReport {
    /// The folder.
    pub path: PathBuf,
    /// Digest of `backup.json`, by which everything else is known.
    pub manifest_sha256: Option<Sha256>,
    /// Entries of the record of all cases.
    pub entries: u64,
    /// Items of all cases.
    pub items: u64,
    /// Stored files that were copied, and their bytes.
    pub copied: u64,
    /// Their bytes.
    pub copied_bytes: u64,
    /// Stored files that an earlier run had copied.
    pub kept: u64,
    /// Sealed packages in the backup.
    pub bundles: u64,
    /// Whether it holds the signing keys.
    pub with_keys: bool,
    /// What could not be copied, in sentences.
    pub problems: Vec<String>,
    /// Why the backup could not be put on record; none if it was.
    pub unrecorded: Option<String>,
}

impl Vault {
    /// Makes a backup, or brings one up to date: what is there already is not copied again. Others may go on working.
    ///
    /// Until the list `backup.json` is exchanged at the end, the backup that was there before can be restored.
    pub fn backup(
        &self,
        to: &Path,
        with_keys: bool,
        act: Option<&Act>,
        watch: &dyn Watch,
    ) -> Result<BackupReport> {
        let inside = std::path::absolute(to).is_ok_and(|path| self.holds(&path));
        if inside {
            return Err(BackupError::Inside(to.to_owned()).into());
        }
        let keys = if with_keys {
            self.locked_keys()?
        } else {
            Vec::new()
        };
        let backup = DataRoot::create_backup(to)?;
        let _alone = backup.hold_alone(Folder::TermiteRuntime)?;
        self.must_go_on_from(&backup)?;
        let mut making = Making {
            vault: self,
            blobs: Blobs::open(&backup)?,
            backup: &backup,
            watch,
            report: BackupReport {
                path: backup.path().to_owned(),
                with_keys,
                ..BackupReport::default()
            },
            files: Vec::new(),
        };
        making.sweep()?;
        let manifest = making.everything(&keys)?;
        let sha256 = manifest.write(&backup)?;
        remove_former(&backup, &manifest)?;
        let mut report = making.report;
        report.manifest_sha256 = Some(sha256);
        report.unrecorded = match act {
            None => Some("the data can only be read, so nothing is recorded".to_owned()),
            Some(act) => {
                let recorded = self.record_backup(&manifest, &sha256, &report, act);
                recorded.err().map(|error| error.to_string())
            }
        };
        Ok(report)
    }

    /// A private key leaves only locked.
    fn locked_keys(&self) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for key in self.own_keys()? {
            match self.key_file_state(&key)? {
                KeyFileState::Locked => paths.push(self.key_path(&key)),
                KeyFileState::Missing => {}
                KeyFileState::Open | KeyFileState::Unusable => {
                    return Err(BackupError::KeysUnlocked(key.toolchain_id).into());
                }
            }
        }
        Ok(paths)
    }

    /// A backup of other data, or of newer data, is not written over.
    fn must_go_on_from(&self, backup: &DataRoot) -> Result<()> {
        let Some((before, _)) = Manifest::of(backup)? else {
            return Ok(());
        };
        let other = |detail: String| BackupError::Other {
            path: backup.path().to_owned(),
            detail,
        };
        for ChainAt { chain, size, head } in &before.chains {
            let found: Option<Sha256> = self.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::EVENT_HASH_OF_CHAIN)?;
                let mut rows = statement.query((chain.as_bytes(), number(*size)))?;
                Ok::<_, VaultError>(rows.next()?.map(|row| digest(row, 0)).transpose()?)
            })?;
            if found != Some(*head) {
                let detail = format!(
                    "entry {size} of its record {} is not in this one",
                    chain.short()
                );
                return Err(other(detail).into());
            }
        }
        Ok(())
    }

    fn record_backup(
        &self,
        manifest: &Manifest,
        sha256: &Sha256,
        report: &BackupReport,
        act: &Act,
    ) -> Result<()> {
        let content = Object::new()
            .with("backup", manifest.id.as_str())
            .with("backup_sha256", *sha256)
            .with("entries", manifest.entries)
            .with("items", manifest.items)
            .with("blobs", manifest.blobs)
            .with("bytes", manifest.blob_bytes)
            .with("complete", report.problems.is_empty());
        let place = report.path.as_os_str().as_encoded_bytes();
        let source = bundle::format::text::clean(place).add_to(Object::new(), "place");
        self.record_in_house(HouseEvent::Backup, content, source, act)
    }
}
