//! The list of blobs of a backup: one line each, `raw <digest> <size>`, so that a million of them need no memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use store::durable::TempFile;
use store::{BlobKind, DataRoot, StoreError, Watch};

use super::BackupError;
use super::copy::Wanted;
use super::manifest::{Filed, Role};
use super::others::file_away;
use crate::error::Result;

/// A list that was written.
pub(super) struct BlobList {
    pub file: Filed,
    pub count: u64,
    pub bytes: u64,
}

/// Writes a list.
pub(super) struct ListWriter<'a> {
    backup: &'a DataRoot,
    temp: TempFile,
    lines: Vec<u8>,
    count: u64,
    bytes: u64,
}

impl<'a> ListWriter<'a> {
    pub fn new(backup: &'a DataRoot) -> Result<Self> {
        Ok(Self {
            backup,
            temp: TempFile::create_in(&backup.cas())?,
            lines: Vec::new(),
            count: 0,
            bytes: 0,
        })
    }

    pub fn add(&mut self, (kind, digest, size): Wanted) -> Result<()> {
        self.count += 1;
        self.bytes += size;
        let line = format!("{kind} {digest} {size}\n");
        self.lines.extend_from_slice(line.as_bytes());
        if self.lines.len() > 1 << 20 {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<()> {
        let written = self.temp.file_mut().write_all(&self.lines);
        written.map_err(|error| StoreError::io("write", self.temp.path(), error))?;
        self.lines.clear();
        Ok(())
    }

    pub fn end(mut self, watch: &dyn Watch) -> Result<BlobList> {
        self.write()?;
        Ok(BlobList {
            file: file_away(self.backup, Role::Blobs, "blobs", self.temp, watch)?,
            count: self.count,
            bytes: self.bytes,
        })
    }
}

/// Reads a list, line by line.
pub(super) fn read_list(path: &Path, on_blob: &mut dyn FnMut(Wanted) -> Result<()>) -> Result<()> {
    let failed = |error| StoreError::io("read", path, error);
    for line in BufReader::new(File::open(path).map_err(failed)?).lines() {
        let line = line.map_err(failed)?;
        let wanted = parse(&line).ok_or_else(|| BackupError::Damaged {
            path: path.to_owned(),
            detail: "a line of it is none".to_owned(),
        })?;
        on_blob(wanted)?;
    }
    Ok(())
}

fn parse(line: &str) -> Option<Wanted> {
    let mut parts = line.split(' ');
    let kind = BlobKind::from_word(parts.next()?)?;
    let wanted = (
        kind,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    parts.next().is_none().then_some(wanted)
}
