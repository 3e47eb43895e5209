//! Writing an event: its number, time, link, salts and person are added here and nowhere else.

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::event::{Bodies, Event};
use bundle::format::kind::EventType;

use super::Chain;
use crate::error::Result;
use crate::hex;
use crate::vault::{Act, Vault};

/// An event about to be written: without salts, clock and person, which the ledger adds.
pub(crate) struct Draft {
    kind: EventType,
    content: Object,
    source: Option<Object>,
    machine: Option<Object>,
    clock: bool,
}

impl Draft {
    /// With a `source` that holds nothing but the person.
    pub(crate) fn new(kind: EventType, content: Object) -> Self {
        Self {
            kind,
            content,
            source: Some(Object::new()),
            machine: None,
            clock: true,
        }
    }

    pub(crate) fn source(mut self, source: Object) -> Self {
        self.source = Some(source);
        self
    }

    pub(crate) fn machine(mut self, machine: Object) -> Self {
        self.machine = Some(machine);
        self
    }

    /// A SEALED: it follows from another event and has neither clock nor person.
    pub(crate) fn bare(kind: EventType, content: Object) -> Self {
        Self {
            kind,
            content,
            source: None,
            machine: None,
            clock: false,
        }
    }
}

/// Writes events for the end of a chain; inserting them is the [`Ledger`]'s business.
pub(crate) struct Scribe<'v> {
    vault: &'v Vault,
    pub chain: Chain,
    zone: String,
    utc_offset: String,
    sync: &'static str,
    boot: String,
}

impl<'v> Scribe<'v> {
    pub(crate) fn new(vault: &'v Vault, chain: Chain) -> Self {
        let reading = vault.clock().reading();
        let (zone, utc_offset, boot) = (reading.zone, reading.utc_offset, reading.boot);
        Self {
            vault,
            chain,
            zone,
            utc_offset,
            sync: reading.sync.as_str(),
            boot,
        }
    }

    /// The next event. Its number, time, link, salts and person are added here and nowhere else.
    pub(crate) fn write(&self, act: &Act, draft: Draft) -> Result<Event> {
        let seq = self.chain.tree.size() + 1;
        let ts_utc = self.vault.clock().now().to_string();
        let mut content = draft.content;
        if draft.clock {
            content.insert("clock", self.clock_object());
        }
        let source = draft
            .source
            .map(|source| source.with("actor", act.actor().to_object()));
        let bodies = Bodies {
            content: self.salted(content)?,
            source: source.map(|body| self.salted(body)).transpose()?,
            machine: draft.machine.map(|body| self.salted(body)).transpose()?,
        };
        Ok(Event::new(
            draft.kind,
            seq,
            &ts_utc,
            &self.chain.toolchain_id,
            self.chain.head,
            bodies,
        ))
    }

    /// Whether the wall clock shows an earlier time than it did for the last event.
    pub(crate) fn clock_went_back(&self) -> bool {
        self.vault.clock().now().to_string() < self.chain.last_ts_utc
    }

    fn clock_object(&self) -> Object {
        let chain = self
            .chain
            .genesis
            .map(|genesis| genesis.to_string())
            .unwrap_or_default();
        let boot = Sha256::of_parts(&[self.boot.as_bytes(), b"|", chain.as_bytes()]).to_string();
        Object::new()
            .with("zone", self.zone.as_str())
            .with("utc_offset", self.utc_offset.as_str())
            .with("sync", self.sync)
            .with("boot", boot.get(..16).unwrap_or_default())
            .with("mono_ms", self.vault.clock().monotonic_ms())
    }

    fn salted(&self, body: Object) -> Result<Object> {
        Ok(body.with("salt", hex(&self.vault.entropy().bits128()?)))
    }
}
