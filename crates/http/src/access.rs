//! Who asks, and how it is known.

use std::fmt;

use app::{AppError, Desk};
use bundle::Sha256;
use vault::{Act, By};

/// A secret that lets its holder act. Kept as its digest; compared in constant time; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Sha256);

impl Token {
    /// The token whose text is this.
    pub fn new(text: &str) -> Self {
        Self(Sha256::of(text.trim().as_bytes()))
    }

    /// Whether this is its text. The time it takes tells nothing: digests are compared, all of them to the last byte.
    pub(crate) fn is(&self, text: &str) -> bool {
        let given = Sha256::of(text.trim().as_bytes());
        let pairs = self.0.as_bytes().iter().zip(given.as_bytes());
        pairs.fold(0, |differ, (ours, theirs)| differ | (ours ^ theirs)) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Has shown the administrator's token, now or when a session began.
    SharedToken,
    /// The server has no token: whoever reaches it, from this machine alone.
    Local,
}

impl Caller {
    /// A new act of theirs.
    pub(crate) fn act(self, desk: &Desk) -> Result<Act, AppError> {
        match self {
            Self::SharedToken => desk.act(Some("shared token"), By::Token),
            Self::Local => desk.act(None, By::Token),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_and_never_shown() {
        let token = Token::new("secret\n");
        assert!(token.is("secret") && token.is(" secret "));
        assert!(!token.is("Secret") && !token.is(""));
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
