//! What a backup is made of, piece by piece.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bundle::Sha256;
use store::durable::{self, TempFile};
use store::{BlobKind, Blobs, DataRoot, Database, Db, Folder, StoreError, Watch, db};

use super::copy::{Copier, Lost, Wanted};
use super::list::{BlobList, ListWriter};
use super::manifest::{ChainAt, Filed, Manifest, Role};
use super::others::{file_away, take};
use super::{BackupError, BackupReport};
use crate::column::{digest, unsigned};
use crate::doctor::{Severity, Silent, examine_copy};
use crate::error::{Result, VaultError};
use crate::hashing::{Files, From};
use crate::hex;
use crate::sql;
use crate::vault::Vault;

/// What is erased while a backup is made is found out afterwards; then the record is copied again.
const ATTEMPTS: usize = 3;

/// A backup being made.
pub(super) struct Making<'a> {
    pub vault: &'a Vault,
    pub backup: &'a DataRoot,
    pub blobs: Blobs,
    pub watch: &'a dyn Watch,
    pub report: BackupReport,
    pub files: Vec<Filed>,
}

impl Making<'_> {
    /// What an earlier run that was cut short left half done.
    pub fn sweep(&self) -> Result<()> {
        self.blobs.sweep_tmp()?;
        durable::sweep(self.backup.path())?;
        for role in [
            Role::Database(Database::Termite),
            Role::Database(Database::Ecology),
            Role::Database(Database::Jobs),
            Role::Blobs,
            Role::Bundle,
            Role::Key,
        ] {
            durable::sweep(&role.folder(self.backup))?;
        }
        Ok(())
    }

    pub fn everything(&mut self, keys: &[PathBuf]) -> Result<Manifest> {
        let mut attempt = 0;
        let (snapshot, list) = loop {
            attempt += 1;
            let snapshot = self.databases()?;
            let (list, absent) = self.copy_blobs(&snapshot)?;
            // What was erased meanwhile is not missing: the record is copied again, with the erasure in it.
            if absent.is_empty() || attempt == ATTEMPTS || !self.were_erased(&absent)? {
                break (snapshot, list);
            }
        };
        self.lacking(&snapshot)?;
        self.files.push(list.file.clone());
        self.bundles(&snapshot)?;
        for key in keys {
            self.take(Role::Key, key, None)?;
        }
        let settings = self.vault.root().settings();
        if settings.is_file() {
            self.backup.ready(Folder::UiRuntime)?;
            self.take(Role::Settings, &settings, None)?;
        }
        let chains = chains_of(&snapshot)?;
        let (entries, items) = counts_of(&snapshot)?;
        self.report.entries = entries;
        self.report.items = items;
        Ok(Manifest {
            id: hex(&self.vault.entropy().bits128()?),
            created_utc: self.vault.clock().now().to_string(),
            program: self.vault.machine().program_object(),
            chains,
            entries,
            items,
            blobs: list.count,
            blob_bytes: list.bytes,
            files: std::mem::take(&mut self.files),
        })
    }

    /// Each database as it is at one moment. The record comes first; bytes that it names are there.
    fn databases(&mut self) -> Result<Vault> {
        self.files.clear();
        for database in [Database::Termite, Database::Ecology, Database::Jobs] {
            let folder = self.backup.ready(database.folder())?;
            let mut temp = TempFile::create_in(&folder)?;
            let there = if database == Database::Termite {
                self.vault.db().copy_to(&mut temp, self.watch)?;
                true
            } else {
                db::copy_database(self.vault.root(), database, &mut temp, self.watch)?
            };
            if there {
                let role = Role::Database(database);
                let filed = file_away(self.backup, role, database.file_name(), temp, self.watch)?;
                self.files.push(filed);
            }
        }
        let copy = self.files.first().map(|filed| filed.path(self.backup));
        let snapshot = Vault::over_copy(
            DataRoot::create_backup(self.backup.path())?,
            &copy.unwrap_or_default(),
            self.vault.machine().clone(),
        )?;
        let damage = snapshot.db().integrity_check()?;
        match damage.first() {
            None => Ok(snapshot),
            Some(detail) => Err(StoreError::DatabaseCorrupt {
                path: Some(self.vault.db().path().to_owned()),
                detail: detail.clone(),
            }
            .into()),
        }
    }

    /// What the record names and is not in the backup, and what is wrong with the record itself: a backup of damage is
    /// better than none, and is never called good.
    fn lacking(&mut self, snapshot: &Vault) -> Result<()> {
        let checkup = examine_copy(snapshot, &[], false, &Silent(self.watch))?;
        let errors = checkup.findings.iter();
        for finding in errors.filter(|finding| finding.severity == Severity::Error) {
            self.report.problems.push(match &finding.place {
                Some(place) if finding.code == "ledger_damaged" => {
                    format!("{place} is damaged: {}", finding.what)
                }
                _ => finding.what.clone(),
            });
        }
        Ok(())
    }

    /// Copies what the record names and is not there yet, reads it back, and lists everything.
    fn copy_blobs(&mut self, snapshot: &Vault) -> Result<(BlobList, Vec<Wanted>)> {
        let total: u64 = snapshot.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::BLOB_TOTAL)?;
            Ok::<_, VaultError>(statement.query_row((), |row| unsigned(row, 0))?)
        })?;
        let mut copier = Copier::new(self.vault.blobs(), &self.blobs, total, self.watch);
        let mut list = ListWriter::new(self.backup)?;
        each_blob(snapshot.db(), &mut |wanted| {
            copier.add(wanted)?;
            list.add(wanted)
        })?;
        copier.flush()?;
        let mut absent = Vec::new();
        for lost in std::mem::take(&mut copier.lost) {
            match lost {
                Lost::Missing(wanted) => absent.push(wanted),
                Lost::Damaged((kind, digest, _), detail) => self.report.problems.push(format!(
                    "the {kind} bytes {digest} are damaged here: {detail}"
                )),
            }
        }
        let copied = std::mem::take(&mut copier.copied);
        self.report.kept = self.report.kept.max(copier.kept);
        self.report.copied += copied.len() as u64;
        self.report.copied_bytes += copied.iter().map(|(_, _, size)| size).sum::<u64>();
        read_back(&self.blobs, &copied, self.watch)?;
        Ok((list.end(self.watch)?, absent))
    }

    /// Whether the list of bytes, as it is now, knows none of them any more.
    fn were_erased(&self, absent: &[Wanted]) -> Result<bool> {
        for (kind, digest, _) in absent {
            let known: bool = self.vault.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::BLOB_FACTS)?;
                Ok::<_, VaultError>(statement.exists((digest.as_bytes(), kind.as_str()))?)
            })?;
            if known {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Everything that lies with the packages: what was sealed here is known, what came from elsewhere is hashed.
    fn bundles(&mut self, snapshot: &Vault) -> Result<()> {
        let mut sealed = BTreeMap::new();
        for project in snapshot.projects()? {
            for seal in snapshot.seals(&project, 0, u64::from(u32::MAX))? {
                if let (Some(name), Some(digest), Some(bytes)) =
                    (seal.file_name, seal.bundle_sha256, seal.bytes)
                {
                    sealed.insert(name, (digest, bytes));
                }
            }
        }
        let folder = self.vault.root().bundles_out();
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|error| StoreError::io("list", &folder, error))?,
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') || !path.is_file() {
                continue;
            }
            let facts = sealed.get(name.as_ref()).copied();
            if self.take(Role::Bundle, &path, facts)? {
                self.report.bundles += 1;
            }
        }
        Ok(())
    }

    /// False if the file is damaged, which is told and does not stop the others.
    fn take(&mut self, role: Role, path: &Path, sealed: Option<(Sha256, u64)>) -> Result<bool> {
        match take(self.backup, role, path, sealed, self.watch) {
            Ok((filed, _)) => {
                self.files.push(filed);
                Ok(true)
            }
            Err(VaultError::Backup(BackupError::Damaged { path, detail })) => {
                self.report
                    .problems
                    .push(format!("{} was not copied: {detail}", path.display()));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// The bytes that were written, from the disk.
fn read_back(blobs: &Blobs, copied: &[Wanted], watch: &dyn Watch) -> Result<()> {
    let path = |index: usize| match copied.get(index) {
        Some((kind, digest, _)) => blobs.path(*kind, *digest),
        None => PathBuf::new(),
    };
    let wrong: Mutex<Option<PathBuf>> = Mutex::new(None);
    let files = Files {
        count: copied.len(),
        total: copied.iter().map(|(_, _, size)| size).sum(),
        path: &path,
        from: From::Disk,
    };
    files.hash(watch, &|index, hashed| {
        let right = copied
            .get(index)
            .zip(hashed.ok())
            .is_some_and(|((_, digest, _), (found, _))| *digest == found);
        if !right {
            wrong
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert_with(|| path(index));
        }
    })?;
    match wrong.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(()),
        Some(path) => {
            // What is not right must not be taken for copied by the next run.
            durable::remove(&path)?;
            Err(BackupError::Differs(path).into())
        }
    }
}

/// Everything in the list of bytes.
fn each_blob(db: &Db, on_blob: &mut dyn FnMut(Wanted) -> Result<()>) -> Result<()> {
    db.read(|connection| {
        let mut statement = connection.prepare_cached(sql::BLOB_LIST)?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let kind = BlobKind::from_word(&row.get::<_, String>(1)?);
            if let Some(kind) = kind {
                on_blob((kind, digest(row, 0)?, unsigned(row, 2)?))?;
            }
        }
        Ok(())
    })
}

fn chains_of(snapshot: &Vault) -> Result<Vec<ChainAt>> {
    snapshot.db().read(|connection| {
        let mut statement = connection.prepare_cached(sql::CHAIN_HEADS)?;
        let rows = statement.query_map((), |row| {
            Ok(ChainAt {
                chain: digest(row, 0)?,
                size: unsigned(row, 1)?,
                head: digest(row, 2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Entries and items of all cases.
fn counts_of(snapshot: &Vault) -> Result<(u64, u64)> {
    snapshot.db().read(|connection| {
        let mut statement = connection.prepare_cached(sql::CHAIN_TOTALS)?;
        Ok(statement.query_row((), |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))?)
    })
}
