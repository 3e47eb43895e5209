//! Signing keys of this data root: made on first use, kept in the keys folder, never replaced silently.

mod file;

use std::path::PathBuf;

use bundle::Sha256;
use bundle::key::{PublicKey, SigningKey};
use rusqlite::Row;
use store::{Origin, RequestId, durable};

use crate::error::{Result, VaultError};
use crate::ledger::digest;
use crate::sql;
use crate::vault::Vault;

/// The name that the reference platform gives its key file: an existing keys folder fits.
const FIRST: &str = "toolchain_ed25519.pem";

/// What a key is to this data root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It signs.
    Active,
    /// Another one followed it.
    Rotated,
    /// It was lost and replaced.
    Replaced,
    /// It was revoked.
    Revoked,
}

impl KeyState {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Rotated => "rotated",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "rotated" => Self::Rotated,
            "replaced" => Self::Replaced,
            "revoked" => Self::Revoked,
            _ => Self::Active,
        }
    }
}

/// A key of this data root; its private half lies in the keys folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnKey {
    /// The public half.
    pub public: PublicKey,
    /// The name under which it signs.
    pub toolchain_id: String,
    /// Name of the file in the keys folder.
    pub file_name: String,
    /// What it is.
    pub state: KeyState,
    /// When it was made or found.
    pub created_utc: String,
    /// When it ceased to sign.
    pub ended_utc: Option<String>,
}

impl Vault {
    /// All own keys, oldest first.
    pub fn own_keys(&self) -> Result<Vec<OwnKey>> {
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::OWN_KEY_LIST)?;
            let rows = statement.query_map((), read)?;
            rows.map(|row| row?.ok_or_else(|| VaultError::KeyUnknown("in the database".to_owned())))
                .collect()
        })
    }

    /// The key that signs now, if there is one.
    pub fn active_key(&self) -> Result<Option<OwnKey>> {
        Ok(self
            .own_keys()?
            .into_iter()
            .rfind(|key| key.state == KeyState::Active))
    }

    /// The key that signs now; made on first use.
    pub(crate) fn active_key_or_new(&self) -> Result<OwnKey> {
        if let Some(key) = self.active_key()? {
            return Ok(key);
        }
        if let Some(last) = self.own_keys()?.pop() {
            return Err(VaultError::KeyRevoked {
                toolchain_id: last.toolchain_id,
            });
        }
        self.make_first_key()
    }

    /// A key file that lies there already is taken: from the reference platform, or from a start that was cut short.
    fn make_first_key(&self) -> Result<OwnKey> {
        let folder = self.root().made(self.root().keys())?;
        let path = folder.join(FIRST);
        let fresh = SigningKey::from_seed(&self.entropy().bits256()?);
        let public = match durable::write_new(&path, fresh.to_pem().as_bytes())? {
            durable::Placed::New => file::public_half(&fresh),
            durable::Placed::Exists => file::read_public(&path)?,
        };
        durable::write_over(&path.with_extension("pub"), public.to_pem().as_bytes())?;
        let toolchain_id = format!("FG_{}", public.id().short().to_uppercase());
        self.record_key(&public, &toolchain_id, FIRST)
    }

    pub(crate) fn record_key(
        &self,
        public: &PublicKey,
        toolchain_id: &str,
        file_name: &str,
    ) -> Result<OwnKey> {
        let now = self.clock().now().to_string();
        let key = OwnKey {
            public: *public,
            toolchain_id: toolchain_id.to_owned(),
            file_name: file_name.to_owned(),
            state: KeyState::Active,
            created_utc: now.clone(),
            ended_utc: None,
        };
        let origin = Origin::Request {
            id: RequestId::from("key"),
        };
        self.db().write(&origin, |tx| {
            let exists: bool = tx
                .prepare_cached(sql::OWN_KEY_EXISTS)?
                .exists((public.id().as_bytes(),))?;
            if !exists {
                let fields = (
                    public.id().as_bytes().to_vec(),
                    toolchain_id,
                    public.to_pem(),
                    file_name,
                    &now,
                );
                tx.prepare_cached(sql::OWN_KEY_INSERT)?.execute(fields)?;
                tx.changed("key", &public.id().to_string(), "")?;
            }
            Ok::<_, VaultError>(())
        })?;
        Ok(key)
    }

    /// The private half of a key. `passphrase` unlocks it if it is locked.
    pub fn signing_key(&self, key: &OwnKey, passphrase: Option<&str>) -> Result<SigningKey> {
        if key.state == KeyState::Revoked {
            return Err(VaultError::KeyRevoked {
                toolchain_id: key.toolchain_id.clone(),
            });
        }
        file::read_private(&self.key_path(key), key, passphrase)
    }

    pub(crate) fn key_path(&self, key: &OwnKey) -> PathBuf {
        self.root().keys().join(&key.file_name)
    }

    pub(crate) fn own_key(&self, keyid: &Sha256) -> Result<Option<OwnKey>> {
        Ok(self
            .own_keys()?
            .into_iter()
            .find(|key| key.public.id() == *keyid))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<OwnKey>> {
    let _: Sha256 = digest(row, 0)?;
    let pem: String = row.get(2)?;
    let state: String = row.get(4)?;
    Ok(PublicKey::from_pem(pem.as_bytes())
        .ok()
        .map(|public| OwnKey {
            public,
            toolchain_id: row.get(1).unwrap_or_default(),
            file_name: row.get(3).unwrap_or_default(),
            state: KeyState::from_word(&state),
            created_utc: row.get(5).unwrap_or_default(),
            ended_utc: row.get(6).unwrap_or_default(),
        }))
}
