//! Backups: a folder that holds everything, made while others work, checked without being touched, restored into an
//! empty data root, which then says that it goes on from a backup.
//!
//! A backup is laid out as a data root is, so that the same paths hold. Blobs and sealed packages never change and lie
//! there under their names; what changes lies under its name and the beginning of its digest. The list `backup.json`
//! comes last and in one go: until then everything that the list before it names is still there.

mod check;
mod copy;
mod error;
mod go_on;
mod list;
mod make;
mod making;
mod manifest;
mod others;
mod restore;

pub use check::{BackupCheck, check_backup};
pub use error::BackupError;
pub use go_on::Continued;
pub use make::BackupReport;
pub use restore::{RestoreReport, restore};
