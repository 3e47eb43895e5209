//! The rows of items against the CAPTURE entries that they come from, both in order, and making them again.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use bundle::canon::{Object, Value};
use bundle::format::body::{Fact, Told};
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use store::{Origin, RequestId, Tx};

use super::Patient;
use super::chains::{ChainSeen, Problem};
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::items::{self, Item, ItemState};
use crate::ledger::read_event;
use crate::sql;
use crate::vault::Vault;

/// The rows of a chain, gone through beside its entries.
pub(super) struct Rows<'a> {
    coming: rusqlite::Rows<'a>,
    ahead: Option<Item>,
    /// Rows that are not `present`.
    hidden: BTreeSet<u64>,
    problems: Vec<Problem>,
}

impl<'a> Rows<'a> {
    pub fn new(coming: rusqlite::Rows<'a>) -> Result<Self> {
        let mut rows = Self {
            coming,
            ahead: None,
            hidden: BTreeSet::new(),
            problems: Vec::new(),
        };
        rows.advance()?;
        Ok(rows)
    }

    fn advance(&mut self) -> Result<()> {
        self.ahead = self.coming.next()?.map(items::read).transpose()?;
        if let Some(row) = self
            .ahead
            .as_ref()
            .filter(|row| row.state != ItemState::Present)
        {
            self.hidden.insert(row.item);
        }
        Ok(())
    }

    /// A CAPTURE comes by.
    pub fn meet(
        &mut self,
        event: &Event,
        fact: &Fact,
        media_type: &str,
        intake: u64,
    ) -> Result<()> {
        while self.ahead.as_ref().is_some_and(|row| row.item < fact.item) {
            self.unbacked()?;
        }
        let Some(row) = self.ahead.as_ref().filter(|row| row.item == fact.item) else {
            let what = format!(
                "item {} stands in the record but not in the list of items",
                fact.item
            );
            self.tell("item_missing", what, Some(fact.item));
            return Ok(());
        };
        let same = row.seq == event.payload.seq
            && row.capture == event.hash
            && row.intake == intake
            && row.raw_sha256 == fact.raw_sha256
            && row.size == fact.raw_size
            && row.media_type == media_type
            && row.captured_utc == event.payload.ts_utc;
        let names = Names::of(event);
        let called = (&row.name, &row.path, &row.modified_utc)
            == (&names.name, &names.path, &names.modified);
        if !same || !called {
            let what = format!(
                "the list says something else of item {} than the record",
                fact.item
            );
            self.tell("item_differs", what, Some(fact.item));
        }
        self.advance()
    }

    /// Nothing more comes. `withdrawn` are the items that the record says are hidden.
    pub fn finish(mut self, withdrawn: &BTreeSet<u64>) -> Result<Vec<Problem>> {
        while self.ahead.is_some() {
            self.unbacked()?;
        }
        let hidden = std::mem::take(&mut self.hidden);
        for item in hidden.difference(withdrawn) {
            let what = format!("the list hides item {item}, and no entry of the record does");
            self.tell("item_differs", what, Some(*item));
        }
        for item in withdrawn.difference(&hidden) {
            let what = format!("the list shows item {item}, which the record says is withdrawn");
            self.tell("item_differs", what, Some(*item));
        }
        Ok(self.problems)
    }

    fn unbacked(&mut self) -> Result<()> {
        if let Some(row) = &self.ahead {
            let what = format!(
                "the list holds item {}, of which the record knows nothing",
                row.item
            );
            self.tell("item_unbacked", what, None);
        }
        self.advance()
    }

    /// One finding an item is enough.
    fn tell(&mut self, code: &'static str, what: String, rebuild: Option<u64>) {
        if rebuild.is_none_or(|item| {
            self.problems
                .iter()
                .rev()
                .take(100)
                .all(|told| told.rebuild != Some(item))
        }) {
            self.problems.push(Problem {
                code,
                what,
                rebuild,
            });
        }
    }
}

/// What an item is called, as its CAPTURE says; empty once that was erased.
#[derive(Default)]
struct Names {
    name: String,
    path: String,
    path_key: Vec<u8>,
    modified: String,
}

impl Names {
    fn of(event: &Event) -> Self {
        let parse = |text: &String| Value::parse(text.as_bytes()).ok();
        let Some(Value::Object(source)) = event.source.as_ref().and_then(parse) else {
            return Self::default();
        };
        let text = |key: &str| source.string(key).unwrap_or_default().to_owned();
        let exact = source.string("path_bytes").ok();
        let exact = exact.and_then(|bytes| STANDARD.decode(bytes).ok());
        Self {
            name: text("name"),
            path: text("path"),
            path_key: exact.unwrap_or_else(|| text("path").into_bytes()),
            modified: text("modified_utc"),
        }
    }
}

impl Patient {
    /// Makes rows again from the record, where the record is sound.
    pub(super) fn rebuild_rows(&mut self, vault: &Vault, chains: &[ChainSeen]) -> Result<()> {
        let origin = Origin::Request {
            id: RequestId::from("doctor"),
        };
        for chain in chains.iter().filter(|chain| chain.sound) {
            if chain.rebuild.is_empty() && chain.counters.is_none() {
                continue;
            }
            vault.db().write(&origin, |tx| {
                if let Some((item, intake, _)) = chain.counters {
                    let fields = (chain.id, number(item), number(intake));
                    tx.prepare_cached(sql::CHAIN_COUNTERS)?.execute(fields)?;
                }
                for item in chain.rebuild.keys() {
                    rebuild(tx, chain, *item)?;
                    tx.changed("item", &item.to_string(), &chain.project.id)?;
                }
                Ok::<_, VaultError>(())
            })?;
            let places = chain.rebuild.values().copied();
            for place in places.chain(chain.counters.map(|(.., place)| place)) {
                self.mended(place);
            }
        }
        Ok(())
    }

    /// The finding at this place is no more.
    pub(super) fn mended(&mut self, place: usize) {
        if let Some(finding) = self.checkup.findings.get_mut(place) {
            finding.repaired = true;
        }
    }
}

/// The row as all entries about the item make it.
fn rebuild(tx: &Tx<'_>, chain: &ChainSeen, item: u64) -> Result<()> {
    tx.prepare_cached(sql::ITEM_DELETE)?
        .execute((chain.id, number(item)))?;
    let mut statement = tx.prepare_cached(sql::EVENTS_OF_ITEM)?;
    let events = statement.query_map((chain.id, number(item)), read_event)?;
    for event in events.collect::<rusqlite::Result<Vec<_>>>()? {
        let text = event.content.as_deref().unwrap_or_default();
        let Ok(Value::Object(content)) = Value::parse(text.as_bytes()) else {
            continue;
        };
        match Fact::read(&event.kind, &content) {
            Ok(Some(fact)) => follow(tx, chain, &event, &content, &fact)?,
            _ if event.kind == EventType::Withdraw => {
                let erased = content.boolean("erase").unwrap_or(false);
                let state = if erased {
                    ItemState::Erased
                } else {
                    ItemState::Withdrawn
                };
                tx.prepare_cached(sql::ITEM_STATE)?.execute((
                    chain.id,
                    number(item),
                    state.as_str(),
                ))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn follow(
    tx: &Tx<'_>,
    chain: &ChainSeen,
    event: &Event,
    content: &Object,
    fact: &Fact,
) -> Result<()> {
    match &fact.told_by {
        Told::Capture { media_type } => {
            let names = Names::of(event);
            tx.prepare_cached(sql::ITEM_INSERT)?
                .execute(rusqlite::params![
                    chain.id,
                    number(fact.item),
                    chain.project.id,
                    number(event.payload.seq),
                    event.hash.as_bytes(),
                    content.count("intake").map_or(0, number),
                    fact.raw_sha256.as_bytes(),
                    number(fact.raw_size),
                    media_type,
                    names.name,
                    names.path,
                    names.path_key,
                    names.modified,
                    event.payload.ts_utc,
                    "pending",
                ])?;
        }
        Told::Extract { extract_sha256, .. } => {
            let state = if extract_sha256.is_some() {
                "done"
            } else {
                "none"
            };
            let digest = extract_sha256
                .as_ref()
                .map(|digest| digest.as_bytes().to_vec());
            tx.prepare_cached(sql::ITEM_EXTRACTED)?.execute((
                chain.id,
                number(fact.item),
                state,
                digest,
            ))?;
        }
        Told::Sighting => {}
    }
    Ok(())
}
