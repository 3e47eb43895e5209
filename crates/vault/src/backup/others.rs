//! The files of a backup that are no blobs: written under a temporary name, read back from the disk, then named.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use bundle::Sha256;
use bundle::digest::Hasher;
use store::durable::{self, TempFile};
use store::{DataRoot, StoreError, Watch};

use super::BackupError;
use super::manifest::{Filed, Manifest, Role};
use crate::error::Result;
use crate::hashing::{From, hash_file};

/// What is copied at once.
const PIECE: usize = 1 << 20;

/// Gives a written file its name in the backup, with the beginning of its digest, once it was read back.
pub(super) fn file_away(
    backup: &DataRoot,
    role: Role,
    name: &str,
    mut temp: TempFile,
    watch: &dyn Watch,
) -> Result<Filed> {
    temp.sync()?;
    let (sha256, bytes) = hash_file(temp.path(), From::Disk, watch)?;
    let filed = Filed {
        role,
        name: name.to_owned(),
        file: Filed::dated(name, &sha256),
        sha256,
        bytes,
    };
    temp.place_over(&filed.path(backup))?;
    durable::sync_folder(&role.folder(backup))?;
    Ok(filed)
}

/// Copies a file into a backup. One that never changes keeps its name, and is copied only if it is not there.
pub(super) fn take(
    backup: &DataRoot,
    role: Role,
    from: &Path,
    sealed: Option<(Sha256, u64)>,
    watch: &dyn Watch,
) -> Result<(Filed, bool)> {
    let name = from
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let (sha256, bytes) = match sealed {
        Some(facts) => facts,
        None => hash_file(from, From::Anywhere, watch)?,
    };
    let filed = Filed {
        role,
        file: match sealed {
            Some(_) => name.clone(),
            None => Filed::dated(&name, &sha256),
        },
        name,
        sha256,
        bytes,
    };
    let target = filed.path(backup);
    if fs::metadata(&target).is_ok_and(|found| found.is_file() && found.len() == bytes) {
        return Ok((filed, false));
    }
    let folder = backup.made(role.folder(backup))?;
    let mut temp = TempFile::create_in(&folder)?;
    if copy(from, &mut temp, watch)? != sha256 {
        return Err(BackupError::Damaged {
            path: from.to_owned(),
            detail: "it has other bytes than it should".to_owned(),
        }
        .into());
    }
    temp.set_mode(if role == Role::Bundle { 0o440 } else { 0o600 })?;
    temp.sync()?;
    if hash_file(temp.path(), From::Disk, watch)?.0 != sha256 {
        return Err(BackupError::Differs(target).into());
    }
    temp.place_over(&target)?;
    durable::sync_folder(&folder)?;
    Ok((filed, true))
}

/// Copies into a file that has no name yet; returns the digest of what went over.
pub(super) fn copy(from: &Path, to: &mut TempFile, watch: &dyn Watch) -> Result<Sha256> {
    let failed = |error| StoreError::io("read", from, error);
    let mut file = File::open(from).map_err(failed)?;
    let (mut hasher, mut piece) = (Hasher::new(), vec![0; PIECE]);
    loop {
        watch.go_on()?;
        let got = match file.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            got => got.map_err(failed)?,
        };
        if got == 0 {
            return Ok(hasher.finish());
        }
        let piece = piece.get(..got).unwrap_or_default();
        hasher.update(piece);
        let written = to.file_mut().write_all(piece);
        written.map_err(|error| StoreError::io("write", to.path(), error))?;
    }
}

/// Removes what earlier lists named and this one does not. Blobs and packages stay: a backup only grows.
pub(super) fn remove_former(backup: &DataRoot, manifest: &Manifest) -> Result<()> {
    let roles = manifest.files.iter().map(|file| file.role);
    let mut folders: Vec<_> = roles.map(|role| role.folder(backup)).collect();
    folders.sort();
    folders.dedup();
    for folder in folders {
        let entries =
            fs::read_dir(&folder).map_err(|error| StoreError::io("list", &folder, error))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let named = manifest
                .files
                .iter()
                .any(|file| file.file == name && file.role.folder(backup) == folder);
            let dated = name.rsplit_once('.').is_some_and(|(_, end)| {
                end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            if dated && !named {
                durable::remove(&entry.path())?;
            }
        }
    }
    Ok(())
}
