//! Whose database a file is, without changing it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};

/// The mark in the header of every database of ours (`FGRD`).
pub(crate) const APPLICATION_ID: u32 = 0x4647_5244;

/// Whose a database file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// There is no file, or an empty one.
    Nobody,
    /// Ours.
    Us,
    /// Made by the reference platform, which uses the same names.
    Reference,
    /// An SQLite database of another program.
    Other,
    /// Not an SQLite database.
    NoDatabase,
}

/// Tables that only the reference platform has; ours of the same purpose come with a table `schema_version`.
const REFERENCE_TABLES: &str =
    "'docs', 'blobs', 'kg_ops', 'nodes', 'staged_bundles', 'jobs', 'executions'";

/// Looks at a database file.
///
/// # Errors
/// `io`, `permission_denied`.
pub(crate) fn made_by(path: &Path) -> Result<Made> {
    let mut header = Vec::new();
    match File::open(path).and_then(|file| file.take(100).read_to_end(&mut header)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Made::Nobody),
        read => read.map_err(|error| StoreError::io("read", path, error))?,
    };
    if header.is_empty() {
        return Ok(Made::Nobody);
    }
    let Some(id) = header
        .get(68..72)
        .filter(|_| header.starts_with(b"SQLite format 3\0"))
    else {
        return Ok(Made::NoDatabase);
    };
    if id == APPLICATION_ID.to_be_bytes() {
        return Ok(Made::Us);
    }
    // As it lies first; with its journal if that tells nothing, for a database that was never closed.
    for question in ["?mode=ro&immutable=1", "?mode=ro"] {
        if has_reference_tables(path, question).unwrap_or(false) {
            return Ok(Made::Reference);
        }
    }
    Ok(Made::Other)
}

fn has_reference_tables(path: &Path, question: &str) -> rusqlite::Result<bool> {
    let connection = Connection::open_with_flags(
        uri(path, question),
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.query_row(
        &format!(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name IN ({REFERENCE_TABLES}))
                AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version')"
        ),
        (),
        |row| row.get(0),
    )
}

/// A path as an SQLite URI: every byte that could mean something else is written `%XX`.
pub(crate) fn uri(path: &Path, question: &str) -> std::path::PathBuf {
    use std::fmt::Write;
    use std::os::unix::ffi::OsStrExt;
    let mut text = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}"); // writing to a string does not fail
        }
    }
    text.push_str(question);
    text.into()
}
