//! Errors of the floors below as errors of the surface.

use store::StoreError;
use vault::VaultError;

use crate::error::{AppError, ErrorKind};

impl From<VaultError> for AppError {
    fn from(error: VaultError) -> Self {
        if let VaultError::Policy { path, error } = error {
            return Self::from(error).in_file(&path);
        }
        Self {
            code: error.code(),
            message: sentence(&error.to_string()),
            place: error.place().map(|path| path.display().to_string()),
            next: error.next_step(),
            kind: if error.is_environment() {
                ErrorKind::Environment
            } else {
                ErrorKind::Refused
            },
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        VaultError::from(error).into()
    }
}

/// A remark as a sentence: a capital letter first, a full stop last.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return String::new(),
    };
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}
