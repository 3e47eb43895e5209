//! Who asks, and how it is known.

use std::fmt;

use app::{AppError, Desk, Role};
use axum::http::Method;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Has shown the administrator's token, now or when a session began.
    SharedToken,
    /// Has shown a token of their own.
    Named {
        /// Whose it is.
        name: String,
        /// What it may.
        role: Role,
        /// What was shown, to be looked up again: it may be revoked meanwhile.
        secret: Secret,
    },
    /// The server has no token: whoever reaches it, from this machine alone.
    Local,
}

/// A secret that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Caller {
    /// A new act of theirs.
    pub(crate) fn act(&self, desk: &Desk) -> Result<Act, AppError> {
        match self {
            Self::SharedToken => desk.act(Some("shared token"), By::Token),
            Self::Named { name, .. } => desk.act(Some(name), By::Token),
            Self::Local => desk.act(None, By::Token),
        }
    }

    /// Whether their role allows a request. To look at something is allowed to all; so is to have a package checked,
    /// which changes nothing.
    pub(crate) fn may(&self, method: &Method, route: &str) -> bool {
        let Self::Named { role, .. } = self else {
            return true;
        };
        let needed = if method.is_safe() || route == "/api/v1/verify" {
            Role::Read
        } else if route == "/api/v1/projects" {
            Role::Admin
        } else {
            Role::Capture
        };
        *role >= needed
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

    #[test]
    fn a_role_allows_what_it_says() {
        let of = |role| Caller::Named {
            name: "Anna".to_owned(),
            role,
            secret: Secret(String::new()),
        };
        let may = |role, method, route| of(role).may(&method, route);
        for role in Role::ALL {
            assert!(may(role, Method::GET, "/api/v1/documents"));
            assert!(may(role, Method::POST, "/api/v1/verify"));
            assert_eq!(
                may(role, Method::POST, "/api/v1/projects"),
                role == Role::Admin
            );
            assert_eq!(
                may(role, Method::POST, "/api/v1/documents"),
                role != Role::Read
            );
            assert_eq!(
                may(role, Method::PATCH, "/api/v1/uploads/{upload}"),
                role != Role::Read
            );
        }
        assert!(Caller::SharedToken.may(&Method::POST, "/api/v1/projects"));
        assert!(format!("{:?}", of(Role::Read)).contains("Secret(…)"));
    }
}
