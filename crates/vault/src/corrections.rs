//! What is said about an item after its capture: added, corrected, withdrawn, held. Each is one entry; nothing that was
//! said before is lost, but for bytes and names that are erased on purpose.

mod amend;
mod annotate;
mod erase;
mod export;
mod hold;
mod withdraw;

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::event::Event;
use rusqlite::Connection;
use store::Tx;

use crate::error::{Result, VaultError};
use crate::items::{self, Item};
use crate::ledger::{Draft, Ledger, chain_of, events_of};
use crate::project::Project;
use crate::vault::{Act, Vault};

pub use amend::Amendment;
pub use annotate::Annotation;
pub use erase::Erasures;
pub use withdraw::{Withdrawal, Withdrawn};

/// The entry that a correction became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number.
    pub entry: u64,
    /// Its hash.
    pub hash: Sha256,
    /// When, by this computer's clock.
    pub ts_utc: String,
}

/// An item inside the transaction that writes about it.
struct About<'a, 'c> {
    tx: &'a Tx<'c>,
    project: &'a str,
    chain: i64,
    item: &'a Item,
    history: &'a [Event],
}

impl About<'_, '_> {
    /// What the content of every entry about an item begins with.
    fn content(&self) -> Object {
        Object::new()
            .with("item", self.item.item)
            .with("capture", self.item.capture)
    }
}

impl Vault {
    /// Writes one entry about an item, with whatever else `write` does in the same transaction.
    fn record_about<T>(
        &self,
        project: &Project,
        item: u64,
        act: &Act,
        write: impl FnOnce(&About<'_, '_>) -> Result<(Draft, T)>,
    ) -> Result<(Recorded, T)> {
        if self.policy(project)?.require_actor() && !act.actor().is_stated() {
            return Err(VaultError::ActorMissing);
        }
        let done = self.db().write(act.origin(), |tx| {
            let (item, history) = read_about(tx, project, item)?;
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            let about = About {
                tx,
                project: &project.id,
                chain: ledger.chain().id,
                item: &item,
                history: &history,
            };
            let (draft, result) = write(&about)?;
            let event = ledger.append(act, draft)?;
            ledger.end()?;
            tx.changed("item", &item.item.to_string(), &project.id)?;
            let recorded = Recorded {
                entry: event.payload.seq,
                hash: event.hash,
                ts_utc: event.payload.ts_utc,
            };
            Ok::<_, VaultError>((recorded, result))
        })?;
        self.remember_head(project)?;
        Ok(done)
    }
}

/// An item and everything that was written about it.
pub(crate) fn read_about(
    connection: &Connection,
    project: &Project,
    item: u64,
) -> Result<(Item, Vec<Event>)> {
    let found = items::get(connection, project, item)?;
    let chain = chain_of(connection, &project.id)?;
    Ok((found, events_of(connection, chain.id, item)?))
}

/// A reason stands behind everything that takes something away or changes it.
fn reason(text: &str) -> Result<&str> {
    if text.trim().is_empty() {
        Err(VaultError::ReasonMissing)
    } else {
        Ok(text)
    }
}
