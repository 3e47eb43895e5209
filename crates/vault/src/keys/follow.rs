//! One key follows another in every open case at once, in one transaction: the old state or the new one, nothing between.

use bundle::canon::{Object, Value};
use bundle::format::handover::Handover;
use bundle::format::kind::EventType;
use bundle::format::text::clean;
use bundle::key::{Signer, SigningKey};
use rusqlite::Connection;
use store::Tx;

use super::next::NextKey;
use super::rotate::Rotated;
use super::{KeyState, OwnKey};
use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::project::HOUSE;
use crate::sql;
use crate::vault::{Act, Vault};

/// How the old key takes part.
#[derive(Clone, Copy)]
pub(super) enum Old<'k> {
    /// It is at hand and signs.
    HandsOver(&'k SigningKey),
    /// It is lost or revoked: the new one says so alone, which passes on no trust.
    Gone,
}

impl Vault {
    /// Lets `next` follow `old`. Its file must be durable by now.
    pub(super) fn follow(
        &self,
        old: &OwnKey,
        how: Old<'_>,
        next: &NextKey,
        reason: &str,
        act: &Act,
    ) -> Result<Rotated> {
        self.house(act)?;
        let now = self.clock().now().to_string();
        let new = OwnKey {
            public: next.private.public_key(),
            toolchain_id: next.toolchain_id.clone(),
            file_name: next.file_name.clone(),
            state: KeyState::Active,
            created_utc: now.clone(),
            ended_utc: None,
        };
        let reason = clean(reason.as_bytes()).text;
        let chains = self.db().write(act.origin(), |tx| {
            still(tx, old)?;
            super::insert(tx, &new)?;
            match (how, old.state) {
                // What was revoked stays so.
                (_, KeyState::Revoked) => {}
                (Old::HandsOver(_), _) => super::end(tx, old, KeyState::Rotated, &now)?,
                (Old::Gone, _) => super::end(tx, old, KeyState::Replaced, &now)?,
            }
            let chains = open_chains(tx)?;
            let mut handover = None;
            for (project_id, name) in &chains {
                let content = self.follow_in(tx, project_id, old, how, next, &reason, act)?;
                if name == HOUSE {
                    handover = Some(content);
                }
            }
            // The card carries one statement a change, that of the house: other cases' chains are nobody's business.
            let handovers = match (how, handover) {
                (Old::HandsOver(_), Some(statement)) => {
                    let mut all = list_setting(tx, "handovers")?;
                    all.push(statement.into());
                    all
                }
                // Whoever trusted an earlier key has no reason to trust this one.
                _ => Vec::new(),
            };
            set_list(tx, "handovers", handovers)?;
            Ok::<_, VaultError>(chains)
        })?;
        for (project_id, _) in &chains {
            self.remember_head_of(project_id)?;
        }
        let cases = chains.into_iter().map(|(_, name)| name);
        Ok(Rotated {
            old: self
                .own_key(&old.public.id())?
                .unwrap_or_else(|| old.clone()),
            new,
            cases: cases.filter(|name| name != HOUSE).collect(),
        })
    }

    /// Says it in one chain.
    #[expect(clippy::too_many_arguments, reason = "one step of one call")]
    fn follow_in(
        &self,
        tx: &Tx<'_>,
        project_id: &str,
        old: &OwnKey,
        how: Old<'_>,
        next: &NextKey,
        reason: &str,
        act: &Act,
    ) -> Result<Object> {
        let mut ledger = Ledger::resume(tx, self, project_id)?;
        let chain = ledger.chain();
        let seq = chain.tree.size() + 1;
        let damaged = |detail: String| VaultError::LedgerDamaged {
            seq: seq - 1,
            detail,
        };
        if chain.toolchain_id != old.toolchain_id {
            let detail = format!(
                "its key is {}, not {}",
                chain.toolchain_id, old.toolchain_id
            );
            return Err(damaged(detail));
        }
        let genesis = chain.genesis;
        let genesis = genesis.ok_or_else(|| damaged("the chain has no first entry".to_owned()))?;
        let (kind, content) = match how {
            Old::HandsOver(private) => {
                let handover = place(&genesis, seq, old, next);
                (
                    EventType::KeyRotated,
                    handover.rotated(private, &next.private),
                )
            }
            Old::Gone => {
                give_up_seals(tx, &mut ledger, old, act)?;
                let seq = ledger.chain().tree.size() + 1;
                let handover = place(&genesis, seq, old, next);
                (
                    EventType::KeyReplaced,
                    handover.replaced(&old.public.id(), &next.private),
                )
            }
        };
        let source = Object::new().with("reason", reason);
        ledger.append(act, Draft::new(kind, content.clone()).source(source))?;
        ledger.chain().toolchain_id.clone_from(&next.toolchain_id);
        ledger.end()?;
        Ok(content)
    }
}

/// Ends packages that a key began and can never finish.
pub(super) fn give_up_seals(
    tx: &Tx<'_>,
    ledger: &mut Ledger<'_, '_>,
    key: &OwnKey,
    act: &Act,
) -> Result<()> {
    let chain = ledger.chain().id;
    for open in crate::bundles::open_seals(tx, chain)? {
        if open.keyid == key.public.id() {
            tx.prepare_cached(sql::SEAL_CANCELED)?
                .execute((chain, crate::column::number(open.seq)))?;
            let content = Object::new().with("seal", open.head);
            ledger.append(act, Draft::new(EventType::SealCanceled, content))?;
        }
    }
    Ok(())
}

fn place<'a>(
    chain: &'a bundle::Sha256,
    seq: u64,
    old: &'a OwnKey,
    next: &'a NextKey,
) -> Handover<'a> {
    Handover {
        chain,
        seq,
        old_toolchain_id: &old.toolchain_id,
        new_toolchain_id: &next.toolchain_id,
    }
}

/// Id and name of every case that is open, the house's own chain among them.
pub(crate) fn open_chains(tx: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = tx.prepare_cached(sql::CHAINS_OPEN)?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Refuses if the key is not what it was when the call began: another process may have been quicker.
pub(super) fn still(tx: &Connection, key: &OwnKey) -> Result<()> {
    let keys = super::list(tx)?;
    if super::present(&keys) == Some(key) {
        Ok(())
    } else {
        Err(VaultError::KeyChanged)
    }
}

/// A setting that is a list.
pub(super) fn list_setting(connection: &Connection, key: &str) -> Result<Vec<Value>> {
    let text = crate::vault::setting_in(connection, "", key)?;
    Ok(match text.map(|text| Value::parse(text.as_bytes())) {
        Some(Ok(Value::Array(list))) => list,
        _ => Vec::new(),
    })
}

pub(super) fn set_list(tx: &Tx<'_>, key: &str, list: Vec<Value>) -> Result<()> {
    let text = String::from_utf8(Value::Array(list).to_canonical()).unwrap_or_default();
    tx.prepare_cached(sql::SETTING_SET)?
        .execute(("", key, text))?;
    Ok(())
}
