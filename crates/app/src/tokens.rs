//! Named access tokens: shown once, kept as a digest, and on record.

use std::fmt;

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::text::clean;
use jobs::AccessToken;
use store::{Entropy, SystemEntropy};
use vault::{Act, HouseEvent};

use crate::error::AppError;
use crate::fault::Fault;
use crate::runs::Runs;

/// What a token may. Each may what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look, search, download, check.
    Read,
    /// Bring files, seal, ask for runs.
    Capture,
    /// Decide on what others brought.
    Review,
    /// Everything.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Capture, Self::Review, Self::Admin];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Capture => "capture",
            Self::Review => "review",
            Self::Admin => "admin",
        }
    }

    /// The role of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Runs {
    /// Makes a token and returns its secret, which is shown now and never again.
    pub fn add_token(
        &self,
        name: &str,
        role: Role,
        expires_utc: Option<&str>,
        act: &Act,
    ) -> Result<(AccessToken, String), AppError> {
        let shown = clean(name.trim().as_bytes()).text;
        if shown != name || !(1..=100).contains(&name.chars().count()) {
            return Err(Fault::Usage
                .error()
                .saying("The name of a token has 1 to 100 characters, none of them for control.")
                .advising("Use the name of the person who will hold it."));
        }
        let bytes = SystemEntropy.bits256()?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = format!("fgt_{hex}");
        let digest = Sha256::of(secret.as_bytes());
        let token = self
            .queue()
            .add_token(name, role.as_str(), digest.as_bytes(), expires_utc)?;
        self.record("added", &token.name, Some(role), act)?;
        Ok((token, secret))
    }

    /// Takes a token back, for good.
    pub fn revoke_token(&self, name: &str, act: &Act) -> Result<(), AppError> {
        self.queue().revoke_token(name)?;
        self.record("revoked", name, None, act)
    }

    /// The name and role of whoever shows a secret, if it is worth something now.
    pub fn token(&self, secret: &str) -> Result<Option<(String, Role)>, AppError> {
        let digest = Sha256::of(secret.as_bytes());
        let found = self.queue().token_of(digest.as_bytes())?;
        Ok(found.and_then(|token| Some((token.name, Role::of(&token.role)?))))
    }

    fn record(
        &self,
        what: &str,
        name: &str,
        role: Option<Role>,
        act: &Act,
    ) -> Result<(), AppError> {
        let content = Object::new()
            .with("change", what)
            .with("role", role.map(Role::as_str));
        let source = Object::new().with("name", name);
        let vault = self.desk().vault();
        Ok(vault.record_in_house(HouseEvent::Token, content, source, act)?)
    }
}
