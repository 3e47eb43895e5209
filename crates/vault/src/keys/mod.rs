//! Signing keys of this data root: made on first use, kept in the keys folder, never replaced silently.

mod card;
mod export;
mod file;
mod follow;
mod import;
mod locked;
mod next;
mod presented;
mod replace;
mod revoke;
mod rotate;
mod trust;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use bundle::Sha256;
use bundle::key::{PublicKey, SigningKey};
use rusqlite::{Connection, Row};
use store::{StoreError, Tx, durable};
use zeroize::Zeroizing;

use crate::column::digest;
use crate::error::{Result, VaultError};
use crate::ledger::Chain;
use crate::project::shown;
use crate::sql;
use crate::vault::Vault;

pub use export::{ExportedKey, PrivateExport};
pub use file::is_locked_file;
pub(crate) use follow::open_chains;
pub use import::Import;
pub use replace::Replacement;
pub use revoke::{Revocation, Revoked};
pub use rotate::{Rotated, Rotation};
pub use trust::{Added, TakenRevocation, Trust, TrustedEntry};

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

/// What lies in the keys folder for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFileState {
    /// The private half, open to whoever can read the file.
    Open,
    /// The private half, locked with a passphrase.
    Locked,
    /// Nothing.
    Missing,
    /// Something else, or another key.
    Unusable,
}

impl KeyFileState {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Missing => "missing",
            Self::Unusable => "unusable",
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
        self.db().read(list)
    }

    /// The key that signs now, if there is one.
    pub fn active_key(&self) -> Result<Option<OwnKey>> {
        Ok(active(&self.own_keys()?).cloned())
    }

    /// The key that signs now; made on first use.
    pub fn active_key_or_new(&self) -> Result<OwnKey> {
        let keys = self.own_keys()?;
        match (active(&keys), present(&keys)) {
            (Some(key), _) => Ok(key.clone()),
            (None, Some(ended)) => Err(revoked(ended)),
            (None, None) => self.make_first_key(),
        }
    }

    /// The own key of a toolchain id, or of a fingerprint or the beginning of one (at least eight digits).
    pub fn find_own_key(&self, which: &str) -> Result<OwnKey> {
        let wanted = bare(which);
        let mut fitting = self.own_keys()?.into_iter().filter(|key| {
            key.toolchain_id == which
                || (wanted.len() >= 8 && key.public.id().to_string().starts_with(&wanted))
        });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(VaultError::KeyUnknown(shown(which))),
        }
    }

    /// A key file that lies there already is taken: from the reference platform, or from a start that was cut short.
    fn make_first_key(&self) -> Result<OwnKey> {
        let folder = self.root().made(self.root().keys())?;
        let path = folder.join(FIRST);
        let seed = Zeroizing::new(self.entropy().bits256()?);
        let fresh = SigningKey::from_seed(&seed);
        let text = file::text_of(&fresh, None, self.entropy())?;
        let public = match durable::write_new(&path, text.as_bytes())? {
            durable::Placed::New => file::KeyFile::Plain(fresh).public(),
            durable::Placed::Exists => {
                let found = file::KeyFile::read(&path)?;
                private_mode(&path)?;
                found
                    .ok_or_else(|| file::invalid(&path, "it is gone again".to_owned()))?
                    .public()
            }
        };
        durable::write_over(&path.with_extension("pub"), public.to_pem().as_bytes())?;
        self.record_first_key(&public, &first_name(&public))
    }

    /// Puts the first key on the list; another process may have been quicker, and then its key is the one.
    fn record_first_key(&self, public: &PublicKey, toolchain_id: &str) -> Result<OwnKey> {
        let key = OwnKey {
            public: *public,
            toolchain_id: toolchain_id.to_owned(),
            file_name: FIRST.to_owned(),
            state: KeyState::Active,
            created_utc: self.clock().now().to_string(),
            ended_utc: None,
        };
        self.write_as("key", |tx| {
            if let Some(there) = active_in(tx)? {
                return Ok(there);
            }
            insert(tx, &key)?;
            Ok(key.clone())
        })
    }

    /// The private half of a key. `passphrase` unlocks it if it is locked.
    pub fn signing_key(&self, key: &OwnKey, passphrase: Option<&str>) -> Result<SigningKey> {
        if key.state == KeyState::Revoked {
            return Err(revoked(key));
        }
        file::read_private(&self.key_path(key), key, passphrase)
    }

    /// What lies in the keys folder for a key.
    pub fn key_file_state(&self, key: &OwnKey) -> Result<KeyFileState> {
        Ok(match file::KeyFile::read(&self.key_path(key)) {
            Ok(None) => KeyFileState::Missing,
            Ok(Some(file)) if file.public() != key.public => KeyFileState::Unusable,
            Ok(Some(file)) if file.is_locked() => KeyFileState::Locked,
            Ok(Some(_)) => KeyFileState::Open,
            Err(VaultError::KeyInvalid { .. }) => KeyFileState::Unusable,
            Err(other) => return Err(other),
        })
    }

    /// Sets, changes or takes away the passphrase of a key. At every moment a whole key file is there: the old one or
    /// the new one.
    ///
    /// Taking a passphrase away, or setting the first one, cannot wipe what the drive may keep of the file before.
    pub fn lock_key(&self, key: &OwnKey, old: Option<&str>, new: Option<&str>) -> Result<()> {
        let path = self.key_path(key);
        let private = file::read_private(&path, key, old)?;
        let text = file::text_of(&private, new, self.entropy())?;
        durable::write_over(&path, text.as_bytes())?;
        self.write_as("key", |tx| {
            tx.changed("key", &key.public.id().to_string(), "")?;
            Ok(())
        })
    }

    pub(crate) fn key_path(&self, key: &OwnKey) -> PathBuf {
        self.root().keys().join(&key.file_name)
    }

    pub(crate) fn own_key(&self, keyid: &Sha256) -> Result<Option<OwnKey>> {
        let keys = self.own_keys()?;
        Ok(keys.into_iter().find(|key| key.public.id() == *keyid))
    }

    /// The key that vouches for a chain and seals it: the active one, or for a closed case the one it ended with.
    pub(crate) fn key_of(&self, chain: &Chain) -> Result<OwnKey> {
        let keys = self.own_keys()?;
        let found = keys
            .into_iter()
            .find(|key| key.toolchain_id == chain.toolchain_id);
        found.ok_or_else(|| VaultError::KeyUnknown(chain.toolchain_id.clone()))
    }
}

/// The active key, asked within a transaction.
pub(crate) fn active_in(connection: &Connection) -> Result<Option<OwnKey>> {
    Ok(active(&list(connection)?).cloned())
}

pub(crate) fn revoked(key: &OwnKey) -> VaultError {
    VaultError::KeyRevoked {
        toolchain_id: key.toolchain_id.clone(),
    }
}

fn active(keys: &[OwnKey]) -> Option<&OwnKey> {
    keys.iter().rfind(|key| key.state == KeyState::Active)
}

/// The key that vouches for open cases: the active one, or the one that was revoked last and not yet replaced.
fn present(keys: &[OwnKey]) -> Option<&OwnKey> {
    active(keys).or_else(|| {
        let ended = keys.iter().filter(|key| key.state == KeyState::Revoked);
        ended.max_by_key(|key| key.ended_utc.as_deref())
    })
}

fn list(connection: &Connection) -> Result<Vec<OwnKey>> {
    let mut statement = connection.prepare_cached(sql::OWN_KEY_LIST)?;
    let rows = statement.query_map((), read)?;
    rows.map(|row| row?.ok_or_else(|| VaultError::KeyUnknown("in the database".to_owned())))
        .collect()
}

fn insert(tx: &Tx<'_>, key: &OwnKey) -> Result<()> {
    let id = key.public.id();
    let fields = (
        id.as_bytes().to_vec(),
        &key.toolchain_id,
        key.public.to_pem(),
        &key.file_name,
        &key.created_utc,
    );
    tx.prepare_cached(sql::OWN_KEY_INSERT)?.execute(fields)?;
    tx.changed("key", &id.to_string(), "")?;
    Ok(())
}

fn end(tx: &Tx<'_>, key: &OwnKey, state: KeyState, now: &str) -> Result<()> {
    let id = key.public.id();
    tx.prepare_cached(sql::OWN_KEY_END)?
        .execute((id.as_bytes(), state.as_str(), now))?;
    tx.changed("key", &id.to_string(), "")?;
    Ok(())
}

/// The name of a first key that was given none.
fn first_name(public: &PublicKey) -> String {
    format!("FG_{}", public.id().short().to_uppercase())
}

/// A fingerprint without what people put between its digits.
fn bare(fingerprint: &str) -> String {
    fingerprint
        .chars()
        .filter(|c| !matches!(c, ' ' | ':' | '-'))
        .collect::<String>()
        .to_lowercase()
}

/// Only its owner may read a key file.
fn private_mode(path: &std::path::Path) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .map_err(|error| StoreError::io("change the mode of", path, error).into())
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
