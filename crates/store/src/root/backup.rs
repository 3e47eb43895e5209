//! Folders that are backups: laid out as a data root is, with a list of everything in the parent, and never worked in.

use std::fs;
use std::path::Path;

use super::{Access, DataRoot, Folder, holds_something};
use crate::db::Database;
use crate::durable;
use crate::error::{Result, StoreError};

impl DataRoot {
    /// The folder of a backup, laid out as a data root is, to be filled; made if it is missing. Only its manifest lies
    /// in the parent of the five folders.
    ///
    /// # Errors
    /// `not_a_data_root` when the folder holds something else; `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn create_backup(path: &Path) -> Result<Self> {
        let root = Self::at(path, Access::Write)?;
        let begun = Folder::ALL
            .into_iter()
            .any(|folder| root.folder(folder).exists());
        let known = root.backup_manifest().exists() || (begun && !root.has_database());
        if !known && (begun || holds_something(&root.path)?) {
            return Err(StoreError::NotADataRoot {
                path: root.path,
                detail: "it holds something else than a backup",
            });
        }
        durable::create_folder(&root.path)?;
        Ok(root)
    }

    /// The folder of a backup, to be read. Nothing in it is touched.
    ///
    /// # Errors
    /// `not_a_data_root` when it has no manifest.
    pub fn open_backup(path: &Path) -> Result<Self> {
        let root = Self::at(path, Access::Read)?;
        if !root.backup_manifest().is_file() {
            return Err(StoreError::NotADataRoot {
                path: root.path,
                detail: "it has no backup.json, so it is no finished backup",
            });
        }
        Ok(root)
    }

    /// Whether any database lies in it, empty files apart.
    pub fn has_database(&self) -> bool {
        let paths = Database::ALL.map(|database| self.database(database));
        paths
            .iter()
            .any(|path| fs::metadata(path).is_ok_and(|found| found.len() > 0))
    }

    /// A backup is not worked in: its history would go on without saying that it comes from a backup.
    pub(super) fn refuse_backup(&self) -> Result<()> {
        if self.backup_manifest().exists() {
            return Err(StoreError::IsABackup {
                path: self.path.clone(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_not_worked_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        let backup = DataRoot::create_backup(&path).unwrap();
        assert_eq!(
            DataRoot::open_backup(&path).unwrap_err().code(),
            "not_a_data_root"
        );
        backup.ready(Folder::TermiteRuntime).unwrap();
        DataRoot::create_backup(&path).unwrap(); // one that was begun is gone on with
        fs::write(backup.backup_manifest(), "{}").unwrap();
        DataRoot::open_backup(&path).unwrap();
        for refused in [
            DataRoot::create(&path),
            DataRoot::open(&path, Access::Read),
            DataRoot::open(&path, Access::Write),
        ] {
            assert_eq!(refused.unwrap_err().code(), "is_a_backup");
        }
        let root = folder.path().join("root");
        let made = DataRoot::create(&root).unwrap();
        fs::write(made.termite_db(), "something").unwrap();
        assert_eq!(
            DataRoot::create_backup(&root).unwrap_err().code(),
            "not_a_data_root"
        );
    }
}
