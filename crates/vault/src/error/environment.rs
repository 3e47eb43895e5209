//! Whether the environment failed, as opposed to something being refused.

use super::VaultError;

/// Codes of the store that are no failure of the environment.
pub const STORE_REFUSALS: &[&str] = &["blob_missing", "blob_damaged", "lease_lost"];

impl VaultError {
    /// Whether the environment failed, as opposed to something being refused.
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::FileExists(_))
            || matches!(self, Self::Upload(error) if error.is_environment())
            || matches!(self, Self::Store(error) if !STORE_REFUSALS.contains(&error.code()))
    }
}
