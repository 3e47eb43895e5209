//! Giving a file its final name.

use std::fs;
use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::Placed;
use crate::crash::{Act, point};
use crate::error::{Result, StoreError};

/// Renames within one mount, never over something that is there.
///
/// # Errors
/// `io`, `permission_denied`, `read_only`.
pub fn rename_new(from: &Path, to: &Path) -> Result<Placed> {
    point(Act::Rename);
    match renamed_exclusively(from, to) {
        Ok(()) => Ok(Placed::New),
        Err(Errno::EXIST) => Ok(Placed::Exists),
        // Kernels and file systems without such a rename.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => linked_new(from, to),
        Err(errno) => Err(StoreError::io("rename", from, errno.into())),
    }
}

/// Renames within one mount, over whatever file is there, at once.
///
/// # Errors
/// `io`, `permission_denied`, `read_only`.
pub fn rename_over(from: &Path, to: &Path) -> Result<()> {
    point(Act::Rename);
    fs::rename(from, to).map_err(|error| StoreError::io("rename", from, error))
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn renamed_exclusively(from: &Path, to: &Path) -> rustix::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn renamed_exclusively(_from: &Path, _to: &Path) -> rustix::io::Result<()> {
    Err(Errno::NOSYS)
}

/// The same with a second name: a hard link fails where something is, as the rename would. A crash between the two
/// steps leaves the temporary name, which the next sweep takes away.
fn linked_new(from: &Path, to: &Path) -> Result<Placed> {
    match fs::hard_link(from, to) {
        Ok(()) => {
            fs::remove_file(from).map_err(|error| StoreError::io("remove", from, error))?;
            Ok(Placed::New)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Placed::Exists),
        // No hard links either (FAT, some FUSE): look first. Names here are digests or ours alone, so that whoever
        // wins such a race has written the same bytes.
        Err(_) if fs::symlink_metadata(to).is_ok() => Ok(Placed::Exists),
        Err(_) => rename_over(from, to).map(|()| Placed::New),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_never_replace() {
        for rename in [rename_new, linked_new] {
            let folder = tempfile::tempdir().unwrap();
            let (from, to) = (folder.path().join("from"), folder.path().join("to"));
            fs::write(&from, b"1").unwrap();
            assert_eq!(rename(&from, &to).unwrap(), Placed::New);
            assert!(!from.exists());
            fs::write(&from, b"2").unwrap();
            assert_eq!(rename(&from, &to).unwrap(), Placed::Exists);
            assert_eq!(fs::read(&to).unwrap(), b"1");
        }
    }
}
