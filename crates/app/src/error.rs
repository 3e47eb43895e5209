//! The one error of the surface: code, sentence, place, next step, and whose matter it is.

use std::fmt;
use std::io;
use std::path::{MAIN_SEPARATOR, Path};

use bundle::key::KeyError;
use bundle::policy::PolicyError;
use bundle::verify::VerifyError;

use crate::catalogue::explain;
use crate::fault::Fault;
use crate::from::sentence;

/// Whose matter an error is; the exit status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The program says no: a rule, a check or a decision.
    Refused,
    /// What was asked for, or a file given with it, makes no sense.
    Usage,
    /// The surroundings failed: files, disks, databases, or somebody stopped it.
    Environment,
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppError {
    /// The stable word of the catalogue.
    pub code: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// Where: a path, a line and column, an entry.
    pub place: Option<String>,
    /// What to do about it.
    pub next: String,
    /// Whose matter it is.
    pub kind: ErrorKind,
}

impl AppError {
    /// The same with another sentence.
    #[must_use]
    pub fn saying(self, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { message, ..self }
    }

    /// The same with another next step.
    #[must_use]
    pub fn advising(self, next: impl Into<String>) -> Self {
        let next = next.into();
        Self { next, ..self }
    }

    /// The same at a place; a place known already is inside it.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        let outer = place.into();
        let place = match self.place {
            Some(inner) => format!("{outer}, {inner}"),
            None => outer,
        };
        let place = Some(place);
        Self { place, ..self }
    }

    /// What happened, for those who do not sit at this machine: without where on it.
    pub fn told_elsewhere(&self) -> String {
        let in_words = |word: &str| word.contains(MAIN_SEPARATOR) && self.message.contains(word);
        let within = |place: &String| {
            self.kind == ErrorKind::Environment || place.split([' ', ',']).any(in_words)
        };
        let meaning = self.place.as_ref().filter(|place| within(place));
        let meaning = meaning.and_then(|_| explain(self.code));
        meaning.map_or_else(|| self.message.clone(), |entry| entry.means.to_owned())
    }

    /// The same in a file.
    #[must_use]
    pub fn in_file(self, path: &Path) -> Self {
        self.at(path.display().to_string())
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AppError {}

impl From<io::Error> for AppError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound | Kind::NotADirectory => Fault::NoSuchFile.error(),
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Fault::PermissionDenied.error(),
            Kind::IsADirectory => Fault::IsADirectory.error(),
            Kind::StorageFull | Kind::QuotaExceeded => Fault::DiskFull.error(),
            Kind::UnexpectedEof => Fault::FileChanged.error(),
            _ => Fault::Io.error().saying(sentence(&format!(
                "it could not be read or written: {error}"
            ))),
        }
    }
}

impl From<PolicyError> for AppError {
    fn from(error: PolicyError) -> Self {
        let fault = match error.code() {
            "policy_wrong_type" => Fault::PolicyWrongType,
            "policy_not_sealable" => Fault::PolicyNotSealable,
            _ => Fault::PolicyUnreadable,
        };
        let text = error.to_string();
        let place = error.place.map(|place| place.to_string());
        let told = place.as_ref().map(|place| format!("{place}: "));
        let bare = told.and_then(|told| text.strip_prefix(&told).map(str::to_owned));
        Self {
            place,
            ..fault
                .error()
                .saying(sentence(&bare.unwrap_or(text)))
                .advising(error.next_step())
        }
    }
}

impl From<KeyError> for AppError {
    fn from(error: KeyError) -> Self {
        Fault::KeyMalformed
            .error()
            .saying(sentence(&format!("this is {error}")))
    }
}

impl From<VerifyError> for AppError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Io(error) => error.into(),
            VerifyError::Canceled => Fault::Canceled.error(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bundle::policy::Policy;

    #[test]
    fn a_place_on_this_machine_is_not_told_elsewhere() {
        let path = Path::new("/home/anna smith/keys");
        let missing = Fault::KeyMalformed.error();
        let told = missing.clone().in_file(path).told_elsewhere();
        assert_eq!(told, missing.message, "it says no place");
        let wordy = missing.clone().saying("no key in /home/anna smith/keys");
        let told = wordy.in_file(path).at("key file x").told_elsewhere();
        assert_eq!(told, Fault::KeyMalformed.means());
        let io = Fault::Io.error().saying("could not write x: no drive");
        assert_eq!(io.in_file(path).told_elsewhere(), Fault::Io.means());
    }

    #[test]
    fn errors_of_the_system_get_their_words() {
        let cases = [
            (io::ErrorKind::NotFound, "no_such_file"),
            (io::ErrorKind::NotADirectory, "no_such_file"),
            (io::ErrorKind::PermissionDenied, "permission_denied"),
            (io::ErrorKind::IsADirectory, "is_a_directory"),
            (io::ErrorKind::StorageFull, "disk_full"),
            (io::ErrorKind::UnexpectedEof, "file_changed"),
            (io::ErrorKind::TimedOut, "io"),
        ];
        for (kind, code) in cases {
            let error = AppError::from(io::Error::from(kind));
            assert_eq!((error.code, error.kind), (code, ErrorKind::Environment));
        }
    }

    #[test]
    fn places_go_from_the_outside_in() {
        let error = AppError::from(Policy::from_yaml(b"mode: [").unwrap_err());
        let error = error.in_file(Path::new("rules.yaml"));
        assert_eq!(error.code, "policy_unreadable");
        assert_eq!(error.place.unwrap(), "rules.yaml, line 1, column 8");
        assert!(
            error.message.starts_with("This is not YAML"),
            "{}",
            error.message
        );
        let error = AppError::from(Policy::from_yaml(b"meap_v1: {thresholds: 3}\n").unwrap_err());
        assert_eq!(error.code, "policy_wrong_type");
        assert!(!error.message.contains("line"), "{}", error.message);
    }
}
