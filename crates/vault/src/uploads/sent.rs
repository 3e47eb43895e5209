//! What a sender says of a file: a name or a path, a time. It goes into the record as it was said.

use super::{Upload, UploadError, UploadId};

/// The longest path, in bytes.
const LONGEST: usize = 4096;

/// What is known of a file that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub id: UploadId,
    pub path: String,
    pub modified_utc: String,
}

impl Sent {
    pub fn of(upload: &Upload) -> Self {
        Self {
            id: upload.id.clone(),
            path: upload.path.clone(),
            modified_utc: upload.modified_utc.clone(),
        }
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// A path that stays inside of whatever folder it is put into. Everything else about it is the sender's business.
pub(super) fn check_path(path: &str) -> Result<(), UploadError> {
    let rule = if path.is_empty() {
        "it must not be empty"
    } else if path.len() > LONGEST {
        "it must not have more than 4096 bytes"
    } else if path.contains('\0') {
        "it must not hold a zero byte"
    } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "it must be a name, or a path from a folder without empty parts, . and .."
    } else {
        return Ok(());
    };
    Err(UploadError::Invalid {
        what: "the name of the file",
        rule,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for good in ["a", "a b.txt", "Fotos/IMG 1.jpg", "C:\\fakepath\\x", "…"] {
            check_path(good).unwrap();
        }
        for bad in [
            "", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", "a\0",
        ] {
            assert_eq!(check_path(bad).unwrap_err().code(), "upload_invalid");
        }
        check_path(&"a".repeat(LONGEST)).unwrap();
        assert!(check_path(&"a".repeat(LONGEST + 1)).is_err());
    }
}
