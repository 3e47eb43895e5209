//! Access tokens: who may ask for runs, and for everything else. What a role may is somebody else's matter.

use rusqlite::{OptionalExtension, Row};

use super::Queue;
use crate::error::{JobsError, Result};
use crate::sql;

/// An access token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Its name: who acts with it.
    pub name: String,
    /// A word for what it may.
    pub role: String,
    /// When it was made.
    pub created_utc: String,
    /// From then on it is worth nothing; none is never.
    pub expires_utc: Option<String>,
    /// Since then it is worth nothing.
    pub revoked_utc: Option<String>,
}

impl AccessToken {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            role: row.get(1)?,
            created_utc: row.get(2)?,
            expires_utc: row.get(3)?,
            revoked_utc: row.get(4)?,
        })
    }
}

impl Queue {
    /// Lets whoever shows the secret with this SHA-256 act under a name.
    ///
    /// # Errors
    /// `token_exists`; as [`store::Db::write`].
    pub fn add_token(
        &self,
        name: &str,
        role: &str,
        sha256: &[u8; 32],
        expires_utc: Option<&str>,
    ) -> Result<AccessToken> {
        let now = self.utc();
        self.write("token", |tx| {
            let put = (name, sha256, role, &now, expires_utc);
            let new = tx.prepare_cached(sql::TOKEN_PUT)?.execute(put)?;
            if new == 0 {
                return Err(JobsError::TokenExists(name.to_owned()));
            }
            tx.changed("token", name, "")?;
            Ok(())
        })?;
        Ok(AccessToken {
            name: name.to_owned(),
            role: role.to_owned(),
            created_utc: now,
            expires_utc: expires_utc.map(str::to_owned),
            revoked_utc: None,
        })
    }

    /// Takes a token back, for good. Revoking it again changes nothing.
    ///
    /// # Errors
    /// `token_unknown`; as [`store::Db::write`].
    pub fn revoke_token(&self, name: &str) -> Result<()> {
        let now = self.utc();
        self.write("token", |tx| {
            let known = tx
                .prepare_cached(sql::TOKEN_REVOKE)?
                .execute((name, &now))?;
            if known == 0 {
                return Err(JobsError::TokenUnknown(name.to_owned()));
            }
            tx.changed("token", name, "")?;
            Ok(())
        })
    }

    /// All tokens, by name, those that are worth nothing any more among them.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn tokens(&self) -> Result<Vec<AccessToken>> {
        self.list(sql::TOKENS, (), AccessToken::from_row)
    }

    /// The token whose secret has this SHA-256, if it is worth something now.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn token_of(&self, sha256: &[u8; 32]) -> Result<Option<AccessToken>> {
        let now = self.utc();
        self.db.read(|connection| {
            let mut statement = connection.prepare_cached(sql::TOKEN_GET)?;
            let found = statement.query_row((sha256, &now), AccessToken::from_row);
            Ok(found.optional()?)
        })
    }
}
