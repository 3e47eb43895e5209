//! Where a refusal or failure happened.

use std::path::Path;

use super::VaultError;

impl VaultError {
    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Store(error) => error.place(),
            Self::Backup(error) => error.place(),
            Self::Upload(error) => error.place(),
            Self::Policy { path, .. }
            | Self::KeyMissing { path, .. }
            | Self::BytesLost { folder: path, .. }
            | Self::KeyInvalid { path, .. }
            | Self::KeyOther { path, .. }
            | Self::StatementInvalid { path, .. }
            | Self::FileExists(path) => Some(path),
            _ => None,
        }
    }
}
