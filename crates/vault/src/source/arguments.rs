//! What a person named, as places in a fixed order, none of them twice.

use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, statat};
use rustix::io::Errno;

use super::errors::{Problem, SourceError};
use super::look::{Identity, Look};
use super::place::Place;

/// Something a person named.
#[derive(Debug)]
pub(super) enum Argument {
    /// It is there.
    There(Place),
    /// It cannot be captured.
    Refused(SourceError),
}

/// Resolves what was given, drops what is given twice or lies in a given folder, and puts the rest in order: by name,
/// where one name is given from two places by absolute path.
pub(super) fn resolve(given: &[PathBuf], excluded: &[Identity]) -> Vec<Argument> {
    let mut refused = Vec::new();
    let mut there = Vec::new();
    for path in given {
        match canonical(path) {
            Ok(absolute) => there.push((absolute.clone(), is_folder(&absolute))),
            Err(e) => {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                let place = Place::dropped(absolute.into_os_string().into_vec());
                refused.push((
                    place.name().to_vec(),
                    Argument::Refused(Problem::of_named(e).at(&place)),
                ));
            }
        }
    }
    // By segments, so that what lies in a folder comes right after it.
    there.sort();
    let mut folder: Option<PathBuf> = None;
    let mut kept = refused;
    for (absolute, is_folder) in there {
        if folder
            .as_ref()
            .is_some_and(|folder| absolute.starts_with(folder))
        {
            continue;
        }
        let own = absolute
            .ancestors()
            .any(|ancestor| is_one_of(ancestor, excluded));
        let place = Place::dropped(absolute.clone().into_os_string().into_vec());
        let mut key = place.name().to_vec();
        if is_folder {
            key.push(b'/');
        }
        kept.push((
            key,
            if own {
                Argument::Refused(Problem::OwnData.at(&place))
            } else {
                Argument::There(place)
            },
        ));
        // A file is followed by nothing but itself.
        folder = Some(absolute);
    }
    kept.sort_by(|(a_key, a), (b_key, b)| a_key.cmp(b_key).then_with(|| a.place().cmp(b.place())));
    kept.into_iter().map(|(_, argument)| argument).collect()
}

impl Argument {
    pub(super) fn place(&self) -> &Place {
        match self {
            Self::There(place) => place,
            Self::Refused(error) => &error.place,
        }
    }
}

/// The absolute path without links, except that a link at its end stays: it is not followed. With a slash, `.` or `..`
/// behind it, the path means the folder behind the link, as for any program.
fn canonical(given: &Path) -> io::Result<PathBuf> {
    let bytes = given.as_os_str().as_bytes();
    let slash = bytes.iter().rposition(|byte| *byte == b'/');
    let (folder, name) = bytes.split_at(slash.map_or(0, |slash| slash + 1));
    if bytes.is_empty() {
        return Err(Errno::NOENT.into());
    }
    if matches!(name, b"" | b"." | b"..") {
        return given.canonicalize();
    }
    let folder = Path::new(std::ffi::OsStr::from_bytes(if folder.is_empty() {
        b"."
    } else {
        folder
    }));
    let absolute = folder
        .canonicalize()?
        .join(std::ffi::OsStr::from_bytes(name));
    statat(CWD, &absolute, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(absolute)
}

/// The identities of files and folders; what is not there has none.
pub(super) fn identities(paths: &[PathBuf]) -> Vec<Identity> {
    paths.iter().filter_map(|path| identity(path)).collect()
}

fn identity(path: &Path) -> Option<Identity> {
    let stat = rustix::fs::stat(path).ok()?;
    Some(Look::from(&stat).identity)
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

fn is_one_of(path: &Path, identities: &[Identity]) -> bool {
    let found = Look::at(CWD, path.as_os_str().as_bytes());
    found.is_ok_and(|look| identities.contains(&look.identity))
}
