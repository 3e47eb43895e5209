//! Restoring a backup into an empty data root.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bundle::Sha256;
use store::durable::{self, TempFile};
use store::{Blobs, DataRoot, Database, Folder, FolderLock, Watch};

use super::BackupError;
use super::copy::{Copier, Lost};
use super::go_on::{Continued, Origin};
use super::list::read_list;
use super::manifest::{Filed, Manifest, Role};
use super::others::copy;
use crate::error::Result;
use crate::hashing::{From, hash_file};
use crate::heads;
use crate::machine::Machine;
use crate::vault::{Act, Vault};

/// What became of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// When the backup was made.
    pub created_utc: String,
    /// Digest of its list.
    pub manifest_sha256: Sha256,
    /// Entries of the record of all cases.
    pub entries: u64,
    /// Items.
    pub items: u64,
    /// Stored files that were brought back.
    pub blobs: u64,
    /// Sealed packages that were brought back.
    pub bundles: u64,
    /// Whether signing keys were in the backup.
    pub with_keys: bool,
    /// What was put on record.
    pub continued: Continued,
    /// What could not be brought back, in sentences.
    pub problems: Vec<String>,
}

/// Restores a backup into a data root without any database, and puts on record that its records go on from a backup.
/// One that was cut short is gone on with by the same call; until it is done the data root cannot be worked in.
///
/// # Errors
/// `root_not_empty`, `backup_damaged`, `root_in_use`, `canceled`.
pub fn restore(
    root: DataRoot,
    from: &Path,
    machine: Machine,
    reason: &str,
    act: &dyn Fn(&Vault) -> Result<Act>,
    watch: &dyn Watch,
) -> Result<RestoreReport> {
    let backup = DataRoot::open_backup(from)?;
    let nothing = || BackupError::Damaged {
        path: backup.backup_manifest(),
        detail: "it is gone".to_owned(),
    };
    let (manifest, manifest_sha256) = Manifest::of(&backup)?.ok_or_else(nothing)?;
    let state = state_of(&root, &manifest, watch)?;
    if state == State::Used {
        return Err(BackupError::NotEmpty(root.path().to_owned()).into());
    }
    let alone = root.hold_alone(Folder::TermiteRuntime)?;
    let mut restoring = Restoring {
        root: &root,
        backup: &backup,
        manifest: &manifest,
        watch,
        problems: Vec::new(),
        blobs: 0,
        bundles: 0,
    };
    if state == State::Empty {
        restoring.everything()?;
    }
    let Restoring {
        problems,
        blobs,
        bundles,
        ..
    } = restoring;
    let vault = Vault::open(root, machine)?.0;
    let origin = Origin {
        manifest_sha256,
        place: backup.path(),
    };
    let act = act(&vault)?;
    // Cut short after its last step it has said everything already.
    let continued = match vault.check_heads() {
        Ok(()) if state == State::Placed => Continued::default(),
        _ => vault.go_on(reason, Some(&origin), &act)?,
    };
    drop::<Arc<FolderLock>>(alone);
    Ok(RestoreReport {
        with_keys: manifest.of_role(Role::Key).is_some(),
        created_utc: manifest.created_utc,
        manifest_sha256,
        entries: manifest.entries,
        items: manifest.items,
        blobs,
        bundles,
        continued,
        problems,
    })
}

/// What lies at a data root that is to be restored to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No database, but for those that were put there before a restore was cut short.
    Empty,
    /// Everything, but for the entry that says so.
    Placed,
    /// Something else.
    Used,
}

fn state_of(root: &DataRoot, manifest: &Manifest, watch: &dyn Watch) -> Result<State> {
    for database in [Database::Termite, Database::Jobs, Database::Ecology] {
        let path = root.database(database);
        if std::fs::metadata(&path).map_or(true, |found| found.len() == 0) {
            continue;
        }
        if database == Database::Termite {
            let waits = heads::waits_for_entry(root)?;
            return Ok(if waits { State::Placed } else { State::Used });
        }
        let expected = manifest.of_role(Role::Database(database));
        let (found, _) = hash_file(&path, From::Anywhere, watch)?;
        if expected.map(|filed| filed.sha256) != Some(found) {
            return Ok(State::Used);
        }
    }
    Ok(State::Empty)
}

struct Restoring<'a> {
    root: &'a DataRoot,
    backup: &'a DataRoot,
    manifest: &'a Manifest,
    watch: &'a dyn Watch,
    problems: Vec<String>,
    blobs: u64,
    bundles: u64,
}

impl Restoring<'_> {
    fn everything(&mut self) -> Result<()> {
        self.blobs()?;
        self.others()?;
        self.databases()
    }

    fn blobs(&mut self) -> Result<()> {
        let from = Blobs::open(self.backup)?;
        let to = Blobs::open(self.root)?;
        let total = self.manifest.blob_bytes;
        let mut copier = Copier::new(&from, &to, total, self.watch);
        let list = self.manifest.must(Role::Blobs, self.backup)?;
        let checked = self.checked(list)?;
        read_list(&checked, &mut |wanted| copier.add(wanted))?;
        copier.flush()?;
        for lost in &copier.lost {
            self.problems.push(match lost {
                Lost::Missing((kind, digest, _)) => {
                    format!("the {kind} bytes {digest} are missing in the backup")
                }
                Lost::Damaged((kind, digest, _), detail) => {
                    format!("the {kind} bytes {digest} are damaged in the backup: {detail}")
                }
            });
        }
        self.blobs = copier.kept + copier.copied.len() as u64;
        Ok(())
    }

    /// A file that must be right before anything is believed of it.
    fn checked(&self, filed: &Filed) -> Result<PathBuf> {
        let path = filed.path(self.backup);
        let (found, _) = hash_file(&path, From::Anywhere, self.watch)?;
        if found == filed.sha256 {
            return Ok(path);
        }
        Err(damaged(&path, &found).into())
    }

    /// Packages, keys, settings. What lies there already stays.
    fn others(&mut self) -> Result<()> {
        for filed in &self.manifest.files {
            let mode = match filed.role {
                Role::Bundle => 0o440,
                Role::Key | Role::Settings => 0o600,
                Role::Database(_) | Role::Blobs => continue,
            };
            let folder = self.root.made(filed.role.folder(self.root))?;
            let target = folder.join(&filed.name);
            match self.fetch(filed, &folder) {
                Ok(temp) => {
                    temp.publish(&target, mode)?;
                    self.bundles += u64::from(filed.role == Role::Bundle);
                }
                Err(crate::VaultError::Store(store::StoreError::Canceled)) => {
                    return Err(store::StoreError::Canceled.into());
                }
                Err(error) => self.problems.push(error.to_string()),
            }
        }
        Ok(())
    }

    /// The databases, that of the record last. Before it is there, what is remembered beside the keys expects one entry
    /// more: so nobody can work with it before that entry says that it was restored.
    fn databases(&self) -> Result<()> {
        for database in [Database::Jobs, Database::Ecology, Database::Termite] {
            let Some(filed) = self.manifest.of_role(Role::Database(database)) else {
                continue;
            };
            let folder = self.root.ready(database.folder())?;
            let temp = self.fetch(filed, &folder)?;
            if database == Database::Termite {
                for chain in &self.manifest.chains {
                    heads::expect_more(self.root, &chain.chain, chain.size)?;
                }
            }
            temp.publish(&self.root.database(database), 0o600)?;
            durable::sync_folder(&folder)?;
        }
        self.manifest
            .must(Role::Database(Database::Termite), self.backup)?;
        Ok(())
    }

    /// A file of the backup under a temporary name in a folder of the data root, if its bytes are right.
    fn fetch(&self, filed: &Filed, folder: &Path) -> Result<TempFile> {
        let path = filed.path(self.backup);
        let mut temp = TempFile::create_in(folder)?;
        let found = copy(&path, &mut temp, self.watch)?;
        if found == filed.sha256 {
            Ok(temp)
        } else {
            Err(damaged(&path, &found).into())
        }
    }
}

fn damaged(path: &Path, found: &Sha256) -> BackupError {
    BackupError::Damaged {
        path: path.to_owned(),
        detail: format!("it has the SHA-256 {found}"),
    }
}
