//! Appending to a chain inside one transaction.

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::event::Event;
use store::Tx;

use super::{Chain, Draft, Scribe, chain_of};
use crate::column::number;
use crate::error::Result;
use crate::sql;
use crate::vault::{Act, Vault};

/// A chain opened for appending, within one transaction: two processes can never fork it.
pub(crate) struct Ledger<'t, 'c> {
    tx: &'t Tx<'c>,
    project_id: String,
    scribe: Scribe<'t>,
}

impl<'t, 'c> Ledger<'t, 'c> {
    /// Starts the chain of a new project.
    pub(crate) fn begin(
        tx: &'t Tx<'c>,
        vault: &'t Vault,
        project_id: &str,
        toolchain_id: &str,
    ) -> Result<Self> {
        // The hash of the first event becomes known when it is appended; until then something unique stands there.
        let placeholder = Sha256::of(project_id.as_bytes());
        tx.prepare_cached(sql::CHAIN_INSERT)?.execute((
            project_id,
            placeholder.as_bytes(),
            toolchain_id,
        ))?;
        Self::resume(tx, vault, project_id)
    }

    /// Goes on with the chain of a project.
    pub(crate) fn resume(tx: &'t Tx<'c>, vault: &'t Vault, project_id: &str) -> Result<Self> {
        let scribe = Scribe::new(vault, chain_of(tx, project_id)?);
        Ok(Self {
            tx,
            project_id: project_id.to_owned(),
            scribe,
        })
    }

    /// The chain as it stands with what was appended.
    pub(crate) fn chain(&mut self) -> &mut Chain {
        &mut self.scribe.chain
    }

    /// Appends an event.
    pub(crate) fn append(&mut self, act: &Act, draft: Draft) -> Result<Event> {
        let event = self.scribe.write(act, draft)?;
        self.insert(&event)?;
        Ok(event)
    }

    /// Appends an event that was written before, if the chain still ends where it was written for.
    pub(crate) fn append_written(&mut self, event: &Event) -> Result<bool> {
        if event.prev != self.scribe.chain.head {
            return Ok(false);
        }
        self.insert(event)?;
        Ok(true)
    }

    /// Writes the chain's new state; without this the transaction must not be committed.
    pub(crate) fn end(self) -> Result<()> {
        let chain = &self.scribe.chain;
        let roots: Vec<u8> = chain
            .tree
            .roots()
            .iter()
            .flat_map(|root| *root.as_bytes())
            .collect();
        let digest =
            |digest: Option<Sha256>| digest.map(|d| d.as_bytes().to_vec()).unwrap_or_default();
        self.tx.prepare_cached(sql::CHAIN_UPDATE)?.execute((
            chain.id,
            digest(chain.genesis),
            number(chain.tree.size()),
            digest(chain.head),
            roots,
            number(chain.next_item),
            number(chain.next_intake),
            &chain.last_ts_utc,
            &chain.toolchain_id,
        ))?;
        self.tx
            .changed("ledger", &chain.tree.size().to_string(), &self.project_id)?;
        Ok(())
    }

    /// Whether the wall clock shows an earlier time than it did for the last event.
    pub(crate) fn clock_went_back(&self) -> bool {
        self.scribe.clock_went_back()
    }

    fn insert(&mut self, event: &Event) -> Result<()> {
        let payload = &event.payload;
        let content = event.content.as_deref().unwrap_or_default();
        let item = Value::parse(content.as_bytes()).ok();
        let item = item
            .as_ref()
            .and_then(Value::as_object)
            .and_then(|content| content.get("item")?.as_int());
        let mut statement = self.tx.prepare_cached(sql::EVENT_INSERT)?;
        statement.execute(rusqlite::params![
            self.scribe.chain.id,
            number(payload.seq),
            self.project_id,
            payload.ts_utc,
            event.kind.as_str(),
            payload.toolchain_id,
            payload.content_sha256.as_bytes(),
            payload.source_sha256.as_ref().map(Sha256::as_bytes),
            payload.machine_sha256.as_ref().map(Sha256::as_bytes),
            event.prev.as_ref().map(Sha256::as_bytes),
            event.hash.as_bytes(),
            content,
            event.source,
            event.machine,
            item,
        ])?;
        let chain = &mut self.scribe.chain;
        chain.genesis.get_or_insert(event.hash);
        chain.head = Some(event.hash);
        chain.tree.push(&event.hash);
        chain.last_ts_utc.clone_from(&payload.ts_utc);
        Ok(())
    }
}
