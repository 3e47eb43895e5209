//! What the data root lies on: file system, free space, rights, leftovers of a crash.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use store::durable::{self, Swept};
use store::{Access, DataRoot, Database, Folder, Watch};

use super::{Finding, Patient, Severity};
use crate::error::{Result, VaultError};

/// The folders whose files only this user should see.
const PRIVATE: [Folder; 3] = [
    Folder::TermiteRuntime,
    Folder::EcologyRuntime,
    Folder::UiRuntime,
];

/// The rights of those who are neither the owner nor of the group.
const EVERYBODY: u32 = 0o007;

impl Patient {
    pub(super) fn surroundings(&mut self, root: &DataRoot, watch: &dyn Watch) -> Result<()> {
        let folders: Vec<Folder> = Folder::ALL
            .into_iter()
            .filter(|folder| root.folder(*folder).is_dir())
            .collect();
        let mut told = Vec::new();
        for folder in &folders {
            watch.go_on()?;
            self.disk(root, *folder, &mut told)?;
        }
        for folder in PRIVATE {
            self.rights(&root.folder(folder), 0o700);
        }
        for database in Database::ALL {
            self.rights(&root.database(database), 0o600);
        }
        self.leftovers(root)
    }

    /// `told` holds what was said of the same disk already.
    fn disk(&mut self, root: &DataRoot, folder: Folder, told: &mut Vec<u64>) -> Result<()> {
        let path = root.folder(folder);
        let asked = || -> Result<_> {
            let device = fs::metadata(&path)
                .map_err(|error| store::StoreError::io("look at", &path, error))?;
            Ok((
                root.filesystem(folder)?,
                root.is_read_only(folder)?,
                root.available(folder)?,
                device.dev(),
            ))
        };
        let (filesystem, read_only, available, device) = match asked() {
            Ok(told) => told,
            Err(error) => {
                self.checkup
                    .add(Finding::of_error(&error, Severity::Error)?);
                return Ok(());
            }
        };
        if told.contains(&device) {
            return Ok(());
        }
        told.push(device);
        if filesystem.is_network() {
            let what =
                format!("the data lies on {filesystem}, where only one process may work with it");
            self.checkup
                .add(Finding::new("network_filesystem", what).at(&path));
        }
        if read_only {
            let what = "the data lies on a read-only mount; nothing is recorded";
            self.checkup.add(Finding::new("read_only", what).at(&path));
        } else if available < self.reserve {
            let what = format!(
                "{available} bytes are free; {} should be, so that the record can always be written",
                self.reserve
            );
            self.checkup
                .add(Finding::new("disk_reserve", what).at(&path));
        }
        Ok(())
    }

    /// Group rights may be meant, as on volumes of containers; rights of everybody are not.
    fn rights(&mut self, path: &Path, right: u32) {
        let Ok(found) = fs::metadata(path) else {
            return;
        };
        let mode = found.permissions().mode() & 0o777;
        if mode & EVERYBODY == 0 {
            return;
        }
        let what = format!(
            "everybody on this machine can get at it (mode {mode:04o}, {right:04o} is right)"
        );
        let finding = Finding::new("folder_exposed", what).at(path);
        let finding = self.with_mode(finding, path, mode & !EVERYBODY);
        self.checkup.add(finding);
    }

    /// Takes rights away, where that is asked for and allowed.
    pub(super) fn with_mode(&self, finding: Finding, path: &Path, mode: u32) -> Finding {
        if !self.repair {
            return finding;
        }
        match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
            Ok(()) => finding.mended(true),
            Err(error) => {
                let error: VaultError =
                    store::StoreError::io("change the mode of", path, error).into();
                Finding {
                    next: format!("{error}: {}", error.next_step()),
                    ..finding
                }
            }
        }
    }

    fn leftovers(&mut self, root: &DataRoot) -> Result<()> {
        let places: [PathBuf; 6] = [
            root.cas().join("tmp"),
            root.bundles_out(),
            root.keys(),
            root.folder(Folder::TermiteRuntime),
            root.folder(Folder::EcologyRuntime),
            root.folder(Folder::UiRuntime),
        ];
        for place in places {
            let asked = if self.repair && root.access() == Access::Write {
                durable::sweep(&place)
            } else {
                durable::leftovers(&place)
            };
            match asked {
                Ok(Swept { files: 0, .. }) => {}
                Ok(Swept { files, bytes }) => {
                    let what = format!(
                        "{} of {bytes} bytes in all",
                        plural(
                            files,
                            "unfinished temporary file",
                            "unfinished temporary files"
                        )
                    );
                    let finding = Finding::new("leftover", what).at(&place);
                    self.checkup.add(finding.mended(self.repair));
                }
                Err(error) => {
                    let finding = Finding::of_error(&error.into(), Severity::Warning)?;
                    self.checkup.add(finding);
                }
            }
        }
        Ok(())
    }
}

/// A number with its noun.
pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
