//! Originals leave as files: hashed on the way, read back from the medium, under their own name, over nothing.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::digest::Hasher;
use bundle::format::file_name::safe_file_name;
use store::durable::{Placed, TempFile, sync_folder};
use store::{StoreError, Watch};
use vault::{Act, Item, Project, VaultError};

use crate::desk::Desk;
use crate::error::AppError;
use crate::fault::Fault;

/// What is read and written at once.
const PIECE: usize = 1 << 20;

/// An original that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedItem {
    /// The item.
    pub item: Item,
    /// The file.
    pub path: PathBuf,
    /// Whether it is on record: in a data folder that can only be read it is not.
    pub recorded: bool,
}

/// Writes the original of an item into a folder, under its own name made safe, or into a file of the name given. What was
/// written is read back and compared before it gets its name. With an act it is put on record.
pub fn export_item(
    desk: &Desk,
    project: &Project,
    item: u64,
    to: &Path,
    act: Option<&Act>,
    watch: &dyn Watch,
) -> Result<ExportedItem, AppError> {
    let vault = desk.vault();
    let item = vault.item(project, item)?;
    let path = if to.is_dir() || ends_like_a_folder(to) {
        to.join(safe_file_name(&item.name, &format!("item-{}", item.item)))
    } else {
        to.to_owned()
    };
    let mut original = vault.original(project, &item)?;
    let digest = item.raw_sha256;
    write_compared(&path, &mut original, Some(&digest), item.size, watch)?;
    if let Some(act) = act {
        vault.record_export(project, item.item, &path, act)?;
    }
    Ok(ExportedItem {
        item,
        path,
        recorded: act.is_some(),
    })
}

/// Writes small bytes into a new file, and reads them back.
pub fn write_new(path: &Path, bytes: &[u8], watch: &dyn Watch) -> Result<(), AppError> {
    let mut source = bytes;
    write_compared(path, &mut source, None, bytes.len() as u64, watch)
}

/// A path that says that it is a folder, although there is none.
fn ends_like_a_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
        || path.file_name() == Some(OsStr::new(".."))
}

fn write_compared(
    path: &Path,
    source: &mut dyn Read,
    expected: Option<&Sha256>,
    size: u64,
    watch: &dyn Watch,
) -> Result<(), AppError> {
    // Asked at the end again; asked first so that nobody waits for a large file in vain.
    if path.symlink_metadata().is_ok() {
        return Err(Fault::FileExists.error().in_file(path));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let at =
        |error: io::Error| AppError::from(VaultError::from(StoreError::io("write", path, error)));
    let mut temp = match TempFile::create_with_mode(folder, 0o666) {
        Err(_) if !folder.is_dir() => return Err(Fault::NoSuchFile.error().in_file(folder)),
        temp => temp?,
    };
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut done = 0_u64;
    loop {
        let got = source.read(&mut piece).map_err(at)?;
        let Some(bytes) = piece.get(..got).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hasher.update(bytes);
        temp.file_mut().write_all(bytes).map_err(at)?;
        done += got as u64;
        watch.progress(done, Some(size.saturating_mul(2)));
        watch.go_on()?;
    }
    temp.sync()?;
    let written = hasher.finish();
    let read_back = hash_of(temp.path(), done, size, watch)?;
    if written != read_back || expected.is_some_and(|expected| *expected != read_back) {
        return Err(Fault::CopyDiffers.error().in_file(path));
    }
    if temp.place_new(path)? == Placed::Exists {
        return Err(Fault::FileExists.error().in_file(path));
    }
    Ok(sync_folder(folder)?)
}

fn hash_of(path: &Path, before: u64, size: u64, watch: &dyn Watch) -> Result<Sha256, AppError> {
    let fail = |error: io::Error| AppError::from(error).in_file(path);
    let mut file = File::open(path).map_err(fail)?;
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut done = before;
    loop {
        let got = file.read(&mut piece).map_err(fail)?;
        if got == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(piece.get(..got).unwrap_or_default());
        done += got as u64;
        watch.progress(done, Some(size.saturating_mul(2)));
        watch.go_on()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Unwatched;

    #[test]
    fn nothing_is_overwritten_and_nothing_half_done_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_new(&path, b"one", &Unwatched).unwrap();
        let error = write_new(&path, b"two", &Unwatched).unwrap_err();
        assert_eq!(error.code, "file_exists");
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        let error = write_new(&link, b"two", &Unwatched).unwrap_err();
        assert_eq!(error.code, "file_exists");
        let error = write_new(&folder.path().join("none/a"), b"x", &Unwatched).unwrap_err();
        assert_eq!(error.code, "no_such_file");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn bytes_that_are_not_those_expected_get_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let other = Sha256::of(b"other");
        let mut source: &[u8] = b"bytes";
        let error = write_compared(&path, &mut source, Some(&other), 5, &Unwatched).unwrap_err();
        assert_eq!(error.code, "copy_differs");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
