//! Temporary files that are known to be alive by a lock, so that a crash's leftovers can be told from work in progress.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Placed, rename_new, rename_over};
use crate::crash::{Act, point};
use crate::error::{Result, StoreError};

/// How the names of temporary files begin.
const PREFIX: &str = ".new-";

/// A file on its way to its final name. Dropped before it is placed, it is removed, unless it was there before.
#[derive(Debug)]
pub struct TempFile {
    file: File,
    path: PathBuf,
    placed: bool,
    /// It was there before and stays when it is not placed.
    kept: bool,
}

impl TempFile {
    /// Makes a new file (mode 0600, locked) in a folder, which must be on the mount of its final place.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn create_in(folder: &Path) -> Result<Self> {
        Self::create_with_mode(folder, 0o600)
    }

    /// The same with the mode that the final file shall have, less what the umask takes.
    ///
    /// # Errors
    /// As [`TempFile::create_in`].
    pub fn create_with_mode(folder: &Path, mode: u32) -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{PREFIX}{}-{count}", std::process::id()));
            point(Act::Create);
            let made = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&path);
            let file = match made {
                // Another machine's process of the same number, on a shared volume.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made.map_err(|error| StoreError::io("create a file in", folder, error))?,
            };
            if claim(&file, &path).map_err(|error| StoreError::io("lock", &path, error))? {
                return Ok(Self {
                    file,
                    path,
                    placed: false,
                    kept: false,
                });
            }
        }
    }

    /// A file that is there and whole, on its way to its final name. Dropped before it is placed, it stays where it is.
    pub(crate) fn of_kept(file: File, path: PathBuf) -> Self {
        Self {
            file,
            path,
            placed: false,
            kept: true,
        }
    }

    /// The open file.
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// The open file, to write to.
    pub const fn file_mut(&mut self) -> &mut File {
        &mut self.file
    }

    /// Where it lies for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets the mode of the final file; before [`TempFile::sync`].
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn set_mode(&self, mode: u32) -> Result<()> {
        let set = self.file.set_permissions(fs::Permissions::from_mode(mode));
        set.map_err(|error| StoreError::io("change the mode of", &self.path, error))
    }

    /// Forces its bytes to the disk.
    ///
    /// # Errors
    /// `io`, `disk_full`.
    pub fn sync(&self) -> Result<()> {
        point(Act::Written);
        super::sync_file(&self.file, &self.path)
    }

    /// Gives it its final name if that is free. The folder is not yet forced to the disk: [`super::sync_folder`].
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn place_new(&mut self, target: &Path) -> Result<Placed> {
        let placed = rename_new(&self.path, target)?;
        self.placed = placed == Placed::New;
        Ok(placed)
    }

    /// Makes it final in one go: mode, bytes, name, folder. Once this returns [`Placed::New`], it survives a power cut
    /// under that name; if it returns [`Placed::Exists`], nothing was changed.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn publish(mut self, target: &Path, mode: u32) -> Result<Placed> {
        self.set_mode(mode)?;
        self.sync()?;
        let placed = self.place_new(target)?;
        super::sync_folder(super::parent(target)?)?;
        Ok(placed)
    }

    /// Gives it its final name, over what may stand there. The folder is not yet forced to the disk.
    ///
    /// # Errors
    /// `io`, `permission_denied`, `read_only`.
    pub fn place_over(&mut self, target: &Path) -> Result<()> {
        rename_over(&self.path, target)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.placed && !self.kept {
            // What cannot be removed now is removed by the next sweep.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Locks a file just made and asks whether it is still the one under its name: a sweep may have come in between.
fn claim(file: &File, path: &Path) -> io::Result<bool> {
    match file.lock() {
        // Without locks nothing is known to be dead either, and a sweep removes nothing.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(true),
        locked => locked?,
    }
    still_there(file, path)
}

/// Whether a name leads to this very file.
pub(crate) fn still_there(file: &File, path: &Path) -> io::Result<bool> {
    let (ours, named) = (file.metadata()?, fs::symlink_metadata(path));
    Ok(named.is_ok_and(|named| named.dev() == ours.dev() && named.ino() == ours.ino()))
}

/// What a sweep took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files, none of which had been acknowledged.
    pub files: u64,
    /// Their length in bytes.
    pub bytes: u64,
}

impl std::ops::AddAssign for Swept {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

/// Removes the temporary files that dead processes left in a folder. Files that somebody is writing are left alone.
/// A folder that does not exist has none.
///
/// # Errors
/// `io`, `permission_denied`, `read_only`.
pub fn sweep(folder: &Path) -> Result<Swept> {
    let mut swept = Swept::default();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(swept),
        entries => entries.map_err(|error| StoreError::io("list", folder, error))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::io("list", folder, error))?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let path = entry.path();
        if let Some(bytes) =
            remove_dead(&path).map_err(|error| StoreError::io("remove", &path, error))?
        {
            swept += Swept { files: 1, bytes };
        }
    }
    Ok(swept)
}

/// The temporary files that dead processes left in a folder, which a [`sweep`] would remove. Nothing is changed.
///
/// # Errors
/// `io`, `permission_denied`.
pub fn leftovers(folder: &Path) -> Result<Swept> {
    let mut left = Swept::default();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(left),
        entries => entries.map_err(|error| StoreError::io("list", folder, error))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::io("list", folder, error))?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        // What is locked is alive; what cannot be opened is somebody else's.
        let file = File::open(entry.path()).ok();
        if let Some(file) = file.filter(|file| file.try_lock_shared().is_ok()) {
            let bytes = file.metadata().map_or(0, |found| found.len());
            left += Swept { files: 1, bytes };
        }
    }
    Ok(left)
}

/// The length of the file removed; none if it is alive or gone.
fn remove_dead(path: &Path) -> io::Result<Option<u64>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            return Ok(None);
        }
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    let bytes = file.metadata()?.len();
    point(Act::Remove);
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None), // it was placed meanwhile
        gone => gone.map(|()| Some(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_takes_the_dead_and_leaves_the_living() {
        let folder = tempfile::tempdir().unwrap();
        let living = TempFile::create_in(folder.path()).unwrap();
        let dead = folder.path().join(".new-1-1");
        fs::write(&dead, b"four").unwrap();
        fs::write(folder.path().join("other"), b"").unwrap();
        assert_eq!(
            leftovers(folder.path()).unwrap(),
            Swept { files: 1, bytes: 4 }
        );
        assert_eq!(sweep(folder.path()).unwrap(), Swept { files: 1, bytes: 4 });
        assert!(living.path().exists() && !dead.exists() && folder.path().join("other").exists());
        drop(living);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(
            sweep(&folder.path().join("none")).unwrap(),
            Swept::default()
        );
    }
}
