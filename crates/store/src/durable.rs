//! Durable files: a temporary file, its fsync, the rename, the fsync of the folder. Every one of these goes through
//! here, so that a test can count them, stop at any of them, or leave the fsync out.

mod early;
mod names;
mod temp;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

pub use early::EarlySync;
pub use names::{rename_new, rename_over};
pub(crate) use temp::still_there;
pub use temp::{Swept, TempFile, leftovers, sweep};

use crate::crash::{Act, point};
use crate::error::{Result, StoreError};

/// What became of a file that was to be placed under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It stands there now.
    New,
    /// Something stood there already and was left alone.
    Exists,
}

/// Forces the bytes, length and mode of a file to the disk.
///
/// # Errors
/// `io`, `disk_full`: then the bytes may or may not be there, and nothing may be acknowledged.
pub fn sync_file(file: &File, path: &Path) -> Result<()> {
    if cfg!(feature = "no-fsync") {
        return Ok(());
    }
    point(Act::Sync);
    file.sync_all()
        .map_err(|error| StoreError::io("write to the disk", path, error))
}

/// Forces the names in a folder to the disk.
///
/// # Errors
/// `io`: then the names may or may not be there, and nothing may be acknowledged.
pub fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(feature = "no-fsync") {
        return Ok(());
    }
    point(Act::SyncFolder);
    let synced = File::open(folder).and_then(|handle| handle.sync_all());
    match synced {
        // Some network file systems have no fsync for folders; their server keeps names as it is told them.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other.map_err(|error| StoreError::io("write to the disk", folder, error)),
    }
}

/// Makes a folder (mode 0700) and what lies above it, durably. One that is there stays as it is.
///
/// # Errors
/// `io`, `disk_full`, `permission_denied`, `read_only`.
pub fn create_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty());
    if let Some(above) = above {
        create_folder(above)?;
    }
    point(Act::Create);
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made.map_err(|error| StoreError::io("create", folder, error))?,
    }
    above.map_or(Ok(()), sync_folder)
}

/// Writes a small file under a name that must be free (mode 0600), durably.
///
/// # Errors
/// `io`, `disk_full`, `permission_denied`, `read_only`.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<Placed> {
    filled(parent(path)?, bytes)?.publish(path, 0o600)
}

/// Writes a small file (mode 0600) in place of the one that may stand there, durably: at every moment the old or the
/// new bytes stand there, whole.
///
/// # Errors
/// `io`, `disk_full`, `permission_denied`, `read_only`.
pub fn write_over(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = parent(path)?;
    let mut temp = filled(folder, bytes)?;
    temp.sync()?;
    temp.place_over(path)?;
    sync_folder(folder)
}

/// Removes a file durably. Returns false if there was none.
///
/// # Errors
/// `io`, `permission_denied`, `read_only`.
pub fn remove(path: &Path) -> Result<bool> {
    point(Act::Remove);
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        gone => gone.map_err(|error| StoreError::io("remove", path, error))?,
    }
    sync_folder(parent(path)?)?;
    Ok(true)
}

fn filled(folder: &Path, bytes: &[u8]) -> Result<TempFile> {
    let mut temp = TempFile::create_in(folder)?;
    temp.file_mut()
        .write_all(bytes)
        .map_err(|error| StoreError::io("write", folder, error))?;
    Ok(temp)
}

pub(crate) fn parent(path: &Path) -> Result<&Path> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    above.ok_or_else(|| {
        StoreError::io(
            "find the folder of",
            path,
            io::ErrorKind::InvalidInput.into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_name_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings");
        assert_eq!(write_new(&path, b"one").unwrap(), Placed::New);
        assert_eq!(write_new(&path, b"two").unwrap(), Placed::Exists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_over(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(remove(&path).unwrap());
        assert!(!remove(&path).unwrap());
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            0,
            "no temporary file stays"
        );
    }

    #[test]
    fn folders_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        create_folder(&deep).unwrap();
        create_folder(&deep).unwrap();
        assert_eq!(
            fs::metadata(&deep).unwrap().permissions().mode() & 0o777,
            0o700
        );
        fs::write(folder.path().join("file"), b"").unwrap();
        assert_eq!(
            create_folder(&folder.path().join("file/x"))
                .unwrap_err()
                .code(),
            "io"
        );
    }
}
