//! What to do about a refusal or failure.

use super::{NEXT_STEPS, VaultError};

impl VaultError {
    /// What to do about it.
    pub fn next_step(&self) -> String {
        let text = match self {
            Self::Store(error) => error.next_step(),
            Self::Policy { error, .. } => return error.next_step(),
            Self::BytesLost { .. } => {
                "Capture the same files again, which brings their bytes back, or restore them from a backup; then seal again. Items whose bytes are gone for good are withdrawn with `fieldgrade withdraw ITEM --erase --reason …`, and the rest can be sealed."
            }
            other => next_step_of(other.code()),
        };
        text.to_owned()
    }
}

fn next_step_of(code: &str) -> &'static str {
    NEXT_STEPS
        .iter()
        .find(|(word, ..)| *word == code)
        .map_or("", |(_, _, next)| *next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_next_step() {
        let errors = [
            VaultError::ProjectUnknown(String::new()),
            VaultError::ItemUnknown(1),
            VaultError::KeyLocked {
                toolchain_id: String::new(),
            },
            VaultError::LedgerRolledBack {
                found: 1,
                expected: 2,
            },
            VaultError::ActorMissing,
        ];
        for error in errors {
            assert!(!error.next_step().is_empty(), "{}", error.code());
        }
    }
}
