//! Files as they lie: read at any place by several threads, or small ones whole.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use bundle::ReadAt;

use crate::error::AppError;
use crate::fault::Fault;

/// A regular file. Its size is taken once, when it is opened.
#[derive(Debug)]
pub struct FileReadAt {
    file: File,
    size: u64,
}

impl FileReadAt {
    /// Opens a regular file, or what a link to one leads to; everything else is refused.
    pub fn open(path: &Path) -> Result<Self, AppError> {
        Self::try_open(path).map_err(|error| error.in_file(path))
    }

    fn try_open(path: &Path) -> Result<Self, AppError> {
        // Asked before opening as well: opening a pipe waits until somebody writes into it.
        regular(&fs::metadata(path)?)?;
        let file = File::open(path)?;
        let size = regular(&file.metadata()?)?;
        Ok(Self { file, size })
    }
}

fn regular(metadata: &fs::Metadata) -> Result<u64, AppError> {
    if metadata.is_dir() {
        Err(Fault::IsADirectory.error())
    } else if metadata.is_file() {
        Ok(metadata.len())
    } else {
        Err(Fault::NotAFile.error())
    }
}

impl ReadAt for FileReadAt {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}

/// A small file whole: at most one byte more than `most`, so that the reader of the bytes sees that it is too large.
pub(crate) fn read_small(path: &Path, most: usize) -> Result<Vec<u8>, AppError> {
    let read = || {
        let mut bytes = Vec::new();
        let most = (most as u64).saturating_add(1);
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| AppError::from(error).in_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn reads_at_any_place_and_not_beyond_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, b"0123456789").unwrap();
        let file = FileReadAt::open(&path).unwrap();
        let mut three = [0; 3];
        file.read_exact_at(&mut three, 7).unwrap();
        assert_eq!((file.size(), &three), (10, b"789"));
        let error = file.read_exact_at(&mut three, 8).unwrap_err();
        assert_eq!(AppError::from(error).code, "file_changed");
    }

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: &Path| {
            let error = FileReadAt::open(path).unwrap_err();
            assert_eq!(error.place, Some(path.display().to_string()));
            assert_eq!(error.kind, ErrorKind::Environment);
            error.code
        };
        assert_eq!(code(folder.path()), "is_a_directory");
        assert_eq!(code(Path::new("/dev/null")), "not_a_file");
        assert_eq!(code(&folder.path().join("none")), "no_such_file");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert_eq!(code(&link), "no_such_file");
    }
}
