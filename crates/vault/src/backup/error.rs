//! Why there is no backup, or none that can be restored.

use std::path::{Path, PathBuf};

/// A refusal about a backup. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// `backup_damaged`: the list of the backup, or what it cannot do without, is not what it was.
    #[error("the backup {} is damaged: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// `backup_other`: the folder holds the backup of something else, or of something newer.
    #[error("{} holds the backup of other data: {detail}", path.display())]
    Other {
        /// The folder.
        path: PathBuf,
        /// What is not here.
        detail: String,
    },
    /// `backup_inside`: a backup inside of what it is a backup of is none.
    #[error("{} lies inside the data folder", .0.display())]
    Inside(PathBuf),
    /// `backup_differs`: what was written was read back and is not the same.
    #[error("{} was read back and is not the same", .0.display())]
    Differs(PathBuf),
    /// `keys_unlocked`: a private key leaves only locked with a passphrase.
    #[error("the key {0} is not locked with a passphrase, so it is not copied")]
    KeysUnlocked(String),
    /// `root_not_empty`: a backup is restored into an empty data root only.
    #[error("{} holds data already", .0.display())]
    NotEmpty(PathBuf),
}

impl BackupError {
    /// The stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "backup_damaged",
            Self::Other { .. } => "backup_other",
            Self::Inside(_) => "backup_inside",
            Self::Differs(_) => "backup_differs",
            Self::KeysUnlocked(_) => "keys_unlocked",
            Self::NotEmpty(_) => "root_not_empty",
        }
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Damaged { path, .. }
            | Self::Other { path, .. }
            | Self::Inside(path)
            | Self::Differs(path)
            | Self::NotEmpty(path) => Some(path),
            Self::KeysUnlocked(_) => None,
        }
    }
}
