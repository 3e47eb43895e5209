//! What the errors of others become.

use bundle::seal::SealError;
use store::StoreError;

use super::VaultError;

impl From<SealError> for VaultError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Evidence(cause) => match cause.downcast::<Self>() {
                Ok(own) => *own,
                Err(other) => Self::SealFailed(other.to_string()),
            },
            SealError::Canceled => Self::Store(StoreError::Canceled),
            SealError::Ledger { seq, detail } => Self::LedgerDamaged { seq, detail },
            SealError::Write(bundle::zip::WriteError::Io(error)) => {
                // The sink is ours and reports its own path; what is left has none.
                Self::Store(StoreError::io("write", "the package", error))
            }
            other => Self::SealFailed(other.to_string()),
        }
    }
}

impl From<rusqlite::Error> for VaultError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
