//! Keys of others whose holder was confirmed, from when until when; every change stands in the house's own record.

use std::path::Path;

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::card::{Card, Identity};
use bundle::format::handover::Statement;
use bundle::format::kind::EventType;
use bundle::format::revocation;
use bundle::format::text::clean;
use bundle::key::PublicKey;
use rusqlite::{Connection, Row};

use super::import::check_toolchain_id;
use super::presented::{self, Presented};
use crate::column::digest;
use crate::error::{Result, VaultError};
use crate::house::Entry;
use crate::project::shown;
use crate::sql;
use crate::vault::{Act, Vault};

/// What is said of a key that is to be trusted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust<'a> {
    /// The fingerprint that its holder gave by another way; it must be the key's.
    pub fingerprint: Option<&'a str>,
    /// The name under which it signs; a card says it itself.
    pub toolchain_id: Option<&'a str>,
    /// Whose it is, in one's own words; a card says it itself.
    pub name: Option<&'a str>,
    /// Trusted from this time on: `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`.
    pub from: Option<&'a str>,
    /// Trusted up to this time, and no longer at it.
    pub until: Option<&'a str>,
}

/// A key of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedEntry {
    /// The key.
    pub public: PublicKey,
    /// The name under which it signs.
    pub toolchain_id: String,
    /// Whose it is.
    pub name: String,
    /// Trusted from this time on.
    pub from: Option<String>,
    /// Trusted up to this time.
    pub until: Option<String>,
    /// When its holder revoked it.
    pub revoked: Option<String>,
    /// When it was put on the list.
    pub added_utc: String,
}

/// A key put on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// As it stands on the list.
    pub entry: TrustedEntry,
    /// What its card says.
    pub card: Option<Identity>,
    /// A key that is trusted already and handed over to this one, by its card.
    pub introduced_by: Option<String>,
    /// Names of trusted keys that its card proves to be revoked.
    pub revoked: Vec<String>,
}

/// Revocations that were taken over from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRevocation {
    /// The trusted keys that are revoked now.
    pub revoked: Vec<TrustedEntry>,
}

impl Vault {
    /// The keys of others that are trusted, revoked ones included, in order of names.
    pub fn trusted_keys(&self) -> Result<Vec<TrustedEntry>> {
        self.db().read(list)
    }

    /// The trusted key of a toolchain id, or of a fingerprint or the beginning of one (at least eight digits).
    pub fn find_trusted_key(&self, which: &str) -> Result<TrustedEntry> {
        let wanted = super::bare(which);
        let mut fitting = self.trusted_keys()?.into_iter().filter(|entry| {
            entry.toolchain_id == which
                || (wanted.len() >= 8 && entry.public.id().to_string().starts_with(&wanted))
        });
        match (fitting.next(), fitting.next()) {
            (Some(entry), None) => Ok(entry),
            _ => Err(VaultError::KeyUnknown(shown(which))),
        }
    }

    /// Trusts the key in a file: a PEM block, a signer's card, or the card of a package.
    pub fn trust_key(&self, path: &Path, trust: &Trust<'_>, act: &Act) -> Result<Added> {
        let presented = Presented::read(path)?;
        let key = *presented.key();
        let given = trust.fingerprint.map(super::bare);
        if given.is_some_and(|given| given != key.id().to_string()) {
            return Err(VaultError::KeyOther {
                path: path.to_owned(),
                found: key.id(),
                expected: trust.fingerprint.map(shown).unwrap_or_default(),
            });
        }
        if let Some(own) = self.own_key(&key.id())? {
            return Err(VaultError::KeyExists {
                toolchain_id: own.toolchain_id,
            });
        }
        let entry = self.entry_of(&presented, trust)?;
        let statements = presented.card().map(|card| card.revocations.as_slice());
        let proven: Vec<_> = statements
            .unwrap_or_default()
            .iter()
            .filter_map(|statement| revocation::read(statement).ok())
            .collect();
        self.house(act)?;
        self.db().write(act.origin(), |tx| {
            let listed = list(tx)?;
            let of_key = |one: &&TrustedEntry| one.public == key && one.revoked.is_some();
            if let Some(gone) = listed.iter().find(of_key) {
                return Err(VaultError::TrustRevoked(gone.toolchain_id.clone()));
            }
            let introduced_by = presented.card().and_then(|card| introduced(card, &listed));
            let fields = (
                key.id().as_bytes().to_vec(),
                &entry.toolchain_id,
                key.to_pem(),
                &entry.name,
                &entry.from,
                &entry.until,
                &entry.added_utc,
            );
            tx.prepare_cached(sql::TRUST_INSERT)?.execute(fields)?;
            let confirmed = trust.fingerprint.is_some();
            let content = of(&entry, "trusted")
                .with("from", entry.from.as_deref())
                .with("until", entry.until.as_deref())
                .with("fingerprint_compared", confirmed);
            let source = Object::new().with("name", entry.name.as_str());
            self.append_in_house(tx, act, Entry::new(EventType::Trust, content, source))?;
            let mut revoked = Vec::new();
            for one in &proven {
                revoked.extend(self.revoke_in(tx, one, act)?);
            }
            let names = revoked.into_iter().map(|entry| entry.toolchain_id);
            Ok(Added {
                entry: entry.clone(),
                card: presented.card().map(|card| card.who.clone()),
                introduced_by,
                revoked: names.collect(),
            })
        })
    }

    fn entry_of(&self, presented: &Presented, trust: &Trust<'_>) -> Result<TrustedEntry> {
        let card = presented.card();
        let toolchain_id = trust
            .toolchain_id
            .or(card.map(|card| card.toolchain_id.as_str()));
        let missing = || VaultError::InvalidValue {
            what: "the name under which the key signs",
            detail: "the file does not say it, and none was given".to_owned(),
        };
        let toolchain_id = toolchain_id.ok_or_else(missing)?;
        check_toolchain_id(toolchain_id)?;
        let times = [("from", trust.from), ("until", trust.until)];
        for (what, given) in times {
            if given.is_some_and(|time| time.parse::<store::UtcTime>().is_err()) {
                return Err(VaultError::InvalidValue {
                    what,
                    detail: format!("{} is no time", shown(given.unwrap_or_default())),
                });
            }
        }
        if let (Some(from), Some(until)) = (trust.from, trust.until)
            && from >= until
        {
            let detail = "it is not after the time from which the key is trusted".to_owned();
            return Err(VaultError::InvalidValue {
                what: "until",
                detail,
            });
        }
        let name = trust.name.map(str::to_owned);
        let name = name
            .or_else(|| card.map(|card| spoken(&card.who)))
            .unwrap_or_default();
        Ok(TrustedEntry {
            public: *presented.key(),
            toolchain_id: toolchain_id.to_owned(),
            name: clean(name.as_bytes()).text,
            from: trust.from.map(str::to_owned),
            until: trust.until.map(str::to_owned),
            revoked: None,
            added_utc: self.clock().now().to_string(),
        })
    }

    /// Takes a key off the list. What is known to be revoked stays on it, so that it is never trusted again by mistake.
    pub fn distrust_key(&self, entry: &TrustedEntry, reason: &str, act: &Act) -> Result<()> {
        self.house(act)?;
        self.db().write(act.origin(), |tx| {
            let listed = list(tx)?;
            let there = listed.iter().find(|one| one.public == entry.public);
            match there {
                None => return Err(VaultError::KeyUnknown(entry.public.id().to_string())),
                Some(gone) if gone.revoked.is_some() => {
                    return Err(VaultError::TrustRevoked(gone.toolchain_id.clone()));
                }
                Some(_) => {}
            }
            let id = entry.public.id();
            tx.prepare_cached(sql::TRUST_DELETE)?
                .execute((id.as_bytes(), &entry.toolchain_id))?;
            let source = Object::new()
                .with("name", entry.name.as_str())
                .with("reason", clean(reason.as_bytes()).text);
            self.append_in_house(
                tx,
                act,
                Entry::new(EventType::Trust, of(entry, "distrusted"), source),
            )
        })
    }

    /// Takes over what a file proves: a revocation statement, or those in a signer's card. Only the revoked key itself can
    /// prove that it is revoked.
    pub fn take_revocation(&self, path: &Path, act: &Act) -> Result<TakenRevocation> {
        let mut proven = Vec::new();
        let mut first_flaw = None;
        for statement in presented::revocations(path)? {
            match revocation::read(&statement) {
                Ok(one) => proven.push(one),
                Err(flaw) => first_flaw = first_flaw.or(Some(flaw)),
            }
        }
        if proven.is_empty() {
            return Err(VaultError::StatementInvalid {
                path: path.to_owned(),
                detail: first_flaw.unwrap_or_else(|| "nothing is revoked in it".to_owned()),
            });
        }
        self.house(act)?;
        let revoked = self.db().write(act.origin(), |tx| {
            let listed = list(tx)?;
            if let Some(stranger) = proven.iter().find(|one| on(&listed, &one.key).is_none())
                && proven.len() == 1
            {
                return Err(VaultError::KeyUnknown(stranger.key.id().to_string()));
            }
            let mut revoked = Vec::new();
            for one in &proven {
                revoked.extend(self.revoke_in(tx, one, act)?);
            }
            Ok(revoked)
        })?;
        Ok(TakenRevocation { revoked })
    }

    /// Marks a trusted key as revoked, once. Nothing happens for a key that is not on the list, or was revoked before.
    fn revoke_in(
        &self,
        tx: &store::Tx<'_>,
        one: &revocation::Revocation,
        act: &Act,
    ) -> Result<Option<TrustedEntry>> {
        let id = one.key.id();
        let marked = tx
            .prepare_cached(sql::TRUST_REVOKE)?
            .execute((id.as_bytes(), &one.revoked_utc))?;
        let listed = list(tx)?;
        let Some(entry) = on(&listed, &one.key).filter(|_| marked > 0) else {
            return Ok(None);
        };
        let content = of(entry, "revoked").with("revoked_utc", one.revoked_utc.as_str());
        let source = Object::new().with("name", entry.name.as_str());
        self.append_in_house(tx, act, Entry::new(EventType::Trust, content, source))?;
        Ok(Some(entry.clone()))
    }
}

/// What a change of trust says in every case.
fn of(entry: &TrustedEntry, change: &str) -> Object {
    Object::new()
        .with("change", change)
        .with("keyid", entry.public.id())
        .with("public_key", entry.public.to_pem())
        .with("toolchain_id", entry.toolchain_id.as_str())
}

fn on<'a>(listed: &'a [TrustedEntry], key: &PublicKey) -> Option<&'a TrustedEntry> {
    listed.iter().find(|entry| entry.public == *key)
}

/// The trusted key from which handovers in the card lead to its key, without a gap.
fn introduced(card: &Card, listed: &[TrustedEntry]) -> Option<String> {
    let statements: Vec<Statement> = card
        .handovers
        .iter()
        .filter_map(|one| Statement::read(one.as_object()?).ok())
        .collect();
    let mut key = card.key;
    // Each step goes back by one key; a circle would end here too.
    for _ in 0..statements.len() {
        let step = statements.iter().find(|one| one.change.new == key)?;
        let known = on(listed, &step.old).filter(|entry| entry.revoked.is_none());
        if let Some(known) = known {
            return Some(known.toolchain_id.clone());
        }
        key = step.old;
    }
    None
}

/// Who somebody says they are, in one line.
fn spoken(who: &Identity) -> String {
    let parts = [&who.name, &who.role, &who.organisation];
    let said = parts.into_iter().filter(|part| !part.is_empty());
    said.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn list(connection: &Connection) -> Result<Vec<TrustedEntry>> {
    let mut statement = connection.prepare_cached(sql::TRUST_LIST)?;
    let rows = statement.query_map((), read)?;
    rows.map(|row| row?.ok_or_else(|| VaultError::KeyUnknown("in the database".to_owned())))
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<TrustedEntry>> {
    let _: Sha256 = digest(row, 0)?;
    let pem: String = row.get(2)?;
    let (toolchain_id, name) = (row.get(1)?, row.get(3)?);
    let (from, until, revoked) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let added_utc = row.get(7)?;
    let public = PublicKey::from_pem(pem.as_bytes()).ok();
    Ok(public.map(|public| TrustedEntry {
        public,
        toolchain_id,
        name,
        from,
        until,
        revoked,
        added_utc,
    }))
}
