//! A key is revoked: it signs nothing any more, every open case says so, and a statement tells others.

use std::path::{Path, PathBuf};

use bundle::canon::{Object, Value};
use bundle::format::kind::EventType;
use bundle::format::revocation;
use bundle::format::text::clean;
use bundle::key::Signer;
use store::durable;

use super::follow::{give_up_seals, list_setting, open_chains, set_list};
use super::{KeyState, OwnKey, revoked};
use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::vault::{Act, Vault};

/// What is needed to revoke a key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Revocation<'a> {
    /// Why; stands in the record of every open case.
    pub reason: &'a str,
    /// Unlocks the key, which signs its own revocation.
    pub passphrase: Option<&'a str>,
    /// The caller says that the key is not at hand: then nothing proves the revocation to others.
    pub lost: bool,
}

/// A revoked key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The key.
    pub key: OwnKey,
    /// Where the statement lies that is sent to whoever trusts the key.
    pub statement: PathBuf,
    /// Whether the key itself signed the statement.
    pub signed: bool,
    /// Names of the cases whose record says so: all that are open.
    pub cases: Vec<String>,
}

impl Vault {
    /// Revokes an own key for good. Packages that it began and did not finish are given up.
    pub fn revoke_key(&self, key: &OwnKey, how: &Revocation<'_>, act: &Act) -> Result<Revoked> {
        let private = match self.signing_key(key, how.passphrase) {
            Ok(private) => Some(private),
            Err(
                VaultError::KeyMissing { .. }
                | VaultError::KeyLocked { .. }
                | VaultError::PassphraseWrong { .. }
                | VaultError::KeyInvalid { .. },
            ) if how.lost => None,
            Err(other) => return Err(other),
        };
        self.house(act)?;
        let now = self.clock().now().to_string();
        let signer = private.as_ref().map(|private| private as &dyn Signer);
        let statement = revocation::write(&key.public, &now, signer);
        let reason = clean(how.reason.as_bytes()).text;
        let chains = self.db().write(act.origin(), |tx| {
            let keys = super::list(tx)?;
            match keys.iter().find(|other| other.public == key.public) {
                Some(now) if now.state == KeyState::Revoked => return Err(revoked(key)),
                Some(_) => super::end(tx, key, KeyState::Revoked, &now)?,
                None => return Err(VaultError::KeyUnknown(key.public.id().to_string())),
            }
            let chains = open_chains(tx)?;
            for (project_id, _) in &chains {
                let mut ledger = Ledger::resume(tx, self, project_id)?;
                give_up_seals(tx, &mut ledger, key, act)?;
                let content = statement
                    .clone()
                    .with("toolchain_id", key.toolchain_id.as_str());
                let source = Object::new().with("reason", reason.as_str());
                ledger.append(
                    act,
                    Draft::new(EventType::KeyRevoked, content).source(source),
                )?;
                ledger.end()?;
            }
            let mut all = list_setting(tx, "revocations")?;
            all.push(statement.clone().into());
            set_list(tx, "revocations", all)?;
            Ok::<_, VaultError>(chains)
        })?;
        let path = self.write_revocation(key, &statement.into())?;
        for (project_id, _) in &chains {
            self.remember_head_of(project_id)?;
        }
        let cases = chains.into_iter().map(|(_, name)| name);
        Ok(Revoked {
            key: self
                .own_key(&key.public.id())?
                .unwrap_or_else(|| key.clone()),
            statement: path,
            signed: private.is_some(),
            cases: cases.filter(|name| name != crate::project::HOUSE).collect(),
        })
    }

    /// The statement by which an own key was revoked, as it is sent to others.
    pub fn revocation_of(&self, key: &OwnKey) -> Result<Option<String>> {
        let all = self
            .db()
            .read(|connection| list_setting(connection, "revocations"))?;
        let id = Value::from(key.public.id());
        let found = all.into_iter().find(|statement| {
            statement.as_object().and_then(|object| object.get("keyid")) == Some(&id)
        });
        Ok(found.map(|statement| text(&statement)))
    }

    /// Writes that statement to a new file.
    pub fn export_revocation(&self, key: &OwnKey, path: &Path) -> Result<()> {
        let none = || VaultError::KeyUnknown(format!("{} that is revoked", key.toolchain_id));
        let statement = self.revocation_of(key)?.ok_or_else(none)?;
        super::export::place_new(path, statement.as_bytes())
    }

    fn write_revocation(&self, key: &OwnKey, statement: &Value) -> Result<PathBuf> {
        let folder = self.root().made(self.root().keys())?;
        let path = folder
            .join(&key.file_name)
            .with_extension("revocation.json");
        durable::write_over(&path, text(statement).as_bytes())?;
        Ok(path)
    }
}

fn text(statement: &Value) -> String {
    let mut text = String::from_utf8(statement.to_canonical()).unwrap_or_default();
    text.push('\n');
    text
}
