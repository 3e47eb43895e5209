//! What else a person should know: the clock, texts that wait, and whether this is the only copy.

use bundle::canon::{Object, Value};
use bundle::format::event::Event;
use rusqlite::OptionalExtension;
use store::UtcTime;

use super::chains::ChainSeen;
use super::surroundings::plural;
use super::{Finding, Patient, Severity};
use crate::error::{Result, VaultError};
use crate::ledger::{chain_of, read_event};
use crate::project::HOUSE;
use crate::sql;
use crate::vault::Vault;

impl Patient {
    pub(super) fn clock_and_texts(&mut self, vault: &Vault, chains: &[ChainSeen]) -> Result<()> {
        let now = vault.clock().now().to_string();
        let last = chains
            .iter()
            .max_by(|a, b| a.last_ts_utc.cmp(&b.last_ts_utc));
        if let Some(last) = last.filter(|last| last.last_ts_utc > now) {
            let what = format!(
                "the clock shows {now}, but the last entry of {} was written at {}",
                last.project.name, last.last_ts_utc
            );
            self.checkup.add(Finding::new("clock_went_back", what));
        }
        let cases = chains.iter().filter(|chain| chain.project.name != HOUSE);
        for chain in cases.filter(|chain| chain.id != 0) {
            let name = &chain.project.name;
            let (pending, _) = vault.pending(&chain.project)?;
            if pending > 0 {
                let count = plural(pending, "item", "items");
                let what = format!("the text of {count} of {name} was not read yet");
                self.checkup.add(Finding::new("texts_pending", what));
            }
            self.index(vault, chain)?;
        }
        Ok(())
    }

    /// The search index: derived, so that nothing about it is damage.
    fn index(&mut self, vault: &Vault, chain: &ChainSeen) -> Result<()> {
        let name = &chain.project.name;
        let what = match vault.missing(&chain.project) {
            Ok(missing) if missing.damaged > 0 => {
                let count = plural(missing.damaged, "text", "texts");
                format!("{count} of {name} are damaged and cannot be found by searching")
            }
            Ok(missing) if missing.entries > 0 => {
                let count = plural(missing.entries, "entry", "entries");
                format!("{count} of {name} cannot be found by searching yet")
            }
            Ok(_) => return Ok(()),
            Err(error) => {
                let error = Finding::of_error(&error, Severity::Note)?;
                format!("the search index of {name} cannot be asked: {}", error.what)
            }
        };
        self.checkup.add(Finding::new("search_behind", what));
        Ok(())
    }

    /// Where copies are, as far as it is on record.
    pub(super) fn copies(&mut self, vault: &Vault, chains: &[ChainSeen]) -> Result<()> {
        let written: u64 = chains
            .iter()
            .filter(|chain| chain.project.name != HOUSE)
            .map(|chain| chain.entries)
            .sum();
        if self.checkup.counts.items == 0 {
            return Ok(());
        }
        let finding = match vault.last_backup()? {
            None => Finding::new("no_backup", "no backup is on record: this is the only copy"),
            Some(event) => {
                let entries = body(event.content.as_deref()).count("entries").unwrap_or(0);
                let since = written.saturating_sub(entries);
                let what = format!(
                    "the last backup was made at {}; since then {} written",
                    event.payload.ts_utc,
                    plural(since, "entry was", "entries were")
                );
                let source = body(event.source.as_deref());
                let place = source.string("place").unwrap_or_default().to_owned();
                Finding::new("backup_known", what).within(place)
            }
        };
        self.checkup.add(finding);
        Ok(())
    }
}

impl Vault {
    /// The last backup on record.
    pub(crate) fn last_backup(&self) -> Result<Option<Event>> {
        let Some(house) = self.house_at_hand()? else {
            return Ok(None);
        };
        self.db().read(|connection| {
            let chain = chain_of(connection, &house.id)?;
            let mut statement = connection.prepare_cached(sql::EVENT_LAST_OF_KIND)?;
            Ok(statement
                .query_row((chain.id, "BACKUP"), read_event)
                .optional()?)
        })
    }

    /// When any record was last continued from a backup.
    pub(crate) fn last_restored(&self) -> Result<Option<UtcTime>> {
        let text: Option<String> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::EVENT_LAST_RESTORED)?;
            Ok::<_, VaultError>(statement.query_row((), |row| row.get(0))?)
        })?;
        Ok(text.and_then(|text| text.parse().ok()))
    }
}

fn body(text: Option<&str>) -> Object {
    match text.map(|text| Value::parse(text.as_bytes())) {
        Some(Ok(Value::Object(object))) => object,
        _ => Object::new(),
    }
}
