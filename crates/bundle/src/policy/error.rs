use std::fmt;

use super::yaml::{Place, YamlError, short};

/// Why a policy or an allowlist cannot be used, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong.
    pub kind: PolicyErrorKind,
    /// Where it stands, if it comes from a file.
    pub place: Option<Place>,
}

/// The kinds of refusal of a policy or an allowlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyErrorKind {
    /// The file is not YAML that we accept.
    Yaml(YamlError),
    /// A key has a value of the wrong type.
    WrongType {
        /// The key, with dots between the levels; empty for the whole file.
        key: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A key stands twice: good enough to verify with, not to seal with.
    DuplicateKey(String),
    /// A number with a fraction: good enough to verify with, not to seal with.
    Fraction(String),
}

impl PolicyError {
    /// A key has the wrong type.
    pub(super) fn wrong_type(key: impl Into<String>, expected: &'static str) -> Self {
        Self {
            kind: PolicyErrorKind::WrongType {
                key: key.into(),
                expected,
            },
            place: None,
        }
    }

    pub(super) fn at(self, place: Place) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    /// The key that has the wrong type.
    pub(super) fn key(&self) -> Option<&str> {
        if let PolicyErrorKind::WrongType { key, .. } = &self.kind {
            Some(key)
        } else {
            None
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self.kind {
            PolicyErrorKind::Yaml(_) => "policy_unreadable",
            PolicyErrorKind::WrongType { .. } => "policy_wrong_type",
            PolicyErrorKind::DuplicateKey(_) | PolicyErrorKind::Fraction(_) => {
                "policy_not_sealable"
            }
        }
    }

    /// What to do about it, in one sentence.
    pub fn next_step(&self) -> String {
        match &self.kind {
            PolicyErrorKind::Yaml(e) => e.next_step(),
            PolicyErrorKind::WrongType { expected, .. } => {
                format!("Put {expected} there, or remove the key.")
            }
            PolicyErrorKind::DuplicateKey(_) => "Keep one of the two.".into(),
            PolicyErrorKind::Fraction(_) => "Use a whole number, or put it between quotes.".into(),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A refusal of the text itself tells its place already.
        match (&self.kind, self.place) {
            (PolicyErrorKind::Yaml(_), _) | (_, None) => {}
            (_, Some(place)) => write!(f, "{place}: ")?,
        }
        match &self.kind {
            PolicyErrorKind::Yaml(e) => write!(f, "{e}"),
            PolicyErrorKind::WrongType { key, expected } if key.is_empty() => {
                write!(f, "the file should be {expected}")
            }
            PolicyErrorKind::WrongType { key, expected } => {
                write!(f, "`{}` should be {expected}", short(key))
            }
            PolicyErrorKind::DuplicateKey(key) => {
                write!(f, "the key `{key}` stands twice, which must not be sealed")
            }
            PolicyErrorKind::Fraction(key) => {
                write!(
                    f,
                    "`{key}` is a number with a fraction, which must not be sealed"
                )
            }
        }
    }
}

impl std::error::Error for PolicyError {}

impl From<YamlError> for PolicyError {
    fn from(e: YamlError) -> Self {
        Self {
            place: Some(e.place),
            kind: PolicyErrorKind::Yaml(e),
        }
    }
}
