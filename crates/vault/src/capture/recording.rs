//! A stored group is recorded: one transaction with the entries and rows, then the word "stored".

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::{Clean, clean, clean_lines};
use rusqlite::OptionalExtension;
use store::Tx;

use super::Intake;
use super::outcome::{CaptureReport, ItemOutcome, ItemStatus};
use super::storing::{Ready, StoredBatch};
use crate::column::{digest, number, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::project::Project;
use crate::source::Facts;
use crate::sql;
use crate::vault::{Act, Vault};

/// Records the groups of one drop, in order.
pub(super) struct Recorder<'a> {
    vault: &'a Vault,
    project: &'a Project,
    intake: &'a Intake,
    act: &'a Act,
    on_item: &'a mut (dyn FnMut(&ItemOutcome) + Send),
    report: CaptureReport,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        vault: &'a Vault,
        project: &'a Project,
        intake: &'a Intake,
        act: &'a Act,
        on_item: &'a mut (dyn FnMut(&ItemOutcome) + Send),
    ) -> Self {
        Self {
            vault,
            project,
            intake,
            act,
            on_item,
            report: CaptureReport::default(),
        }
    }

    pub(super) fn finish(self) -> CaptureReport {
        self.report
    }

    /// Records a group, and says what became of each.
    pub(super) fn record(&mut self, batch: StoredBatch) -> Result<()> {
        let StoredBatch { ready, order, held } = batch;
        let stored = self.write(&ready)?;
        drop(held);
        let mut stored = stored.into_iter();
        for slot in order {
            let Some(outcome) = slot.or_else(|| stored.next()) else {
                continue;
            };
            match outcome.status {
                ItemStatus::Captured => self.report.captured += 1,
                ItemStatus::Duplicate => self.report.duplicates += 1,
                ItemStatus::Failed => self.report.failed += 1,
            }
            self.report.bytes += outcome.bytes.unwrap_or(0);
            (self.on_item)(&outcome);
        }
        Ok(())
    }

    /// One transaction: the entries, their rows, and what is known of the blobs.
    fn write(&mut self, ready: &[Ready]) -> Result<Vec<ItemOutcome>> {
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let (vault, project, act) = (self.vault, self.project, self.act);
        let intake = self.report.intake;
        let (number, went_back, outcomes) = vault.db().write(act.origin(), |tx| {
            let mut ledger = Ledger::resume(tx, vault, &project.id)?;
            let went_back = ledger.clock_went_back();
            let number = match intake {
                Some(number) => number,
                None => self.begin_intake(&mut ledger, ready)?,
            };
            let mut outcomes = Vec::with_capacity(ready.len());
            for file in ready {
                outcomes.push(self.record_one(tx, &mut ledger, number, file)?);
            }
            ledger.end()?;
            Ok::<_, VaultError>((number, went_back, outcomes))
        })?;
        self.report.intake = Some(number);
        self.report.clock_went_back |= went_back;
        Ok(outcomes)
    }

    fn begin_intake(&self, ledger: &mut Ledger<'_, '_>, ready: &[Ready]) -> Result<u64> {
        let number = ledger.chain().next_intake;
        ledger.chain().next_intake += 1;
        let volume = ready.first().map(|file| file.facts.volume.clone());
        let file_system = volume
            .as_ref()
            .and_then(|volume| volume.file_system.as_deref());
        let content = Object::new()
            .with("intake", number)
            .with("source_kind", "files")
            .with("file_system", file_system.unwrap_or("unknown"))
            .with(
                "removable",
                volume
                    .as_ref()
                    .and_then(|volume| volume.removable)
                    .unwrap_or(false),
            )
            .with("times_read", vec!["modified"])
            .with("program", self.vault.machine().program_object());
        let given = self.intake;
        let mut source = Object::new();
        for (key, value) in [
            ("from", &given.from),
            ("where", &given.place),
            ("when", &given.when),
            ("how", &given.how),
            ("reference", &given.reference),
        ] {
            if let Some(value) = value {
                source = clean(value.as_bytes()).add_to(source, key);
            }
        }
        for (key, value) in [("authority", &given.authority), ("note", &given.note)] {
            if let Some(value) = value {
                source = clean_lines(value.as_bytes()).add_to(source, key);
            }
        }
        ledger.append(
            self.act,
            Draft::new(EventType::Intake, content).source(source),
        )?;
        Ok(number)
    }

    fn record_one(
        &self,
        tx: &Tx<'_>,
        ledger: &mut Ledger<'_, '_>,
        intake: u64,
        file: &Ready,
    ) -> Result<ItemOutcome> {
        let chain = ledger.chain().id;
        let stored = &file.stored;
        let raw = stored.digest;
        let now = self.vault.clock().now().to_string();
        let blob = (
            raw.as_bytes().to_vec(),
            stored.kind.as_str(),
            number(stored.size),
            stored.crc32,
            &now,
        );
        tx.prepare_cached(sql::BLOB_INSERT)?.execute(blob)?;
        let names = Names::of(&file.facts);
        let key = (
            chain,
            raw.as_bytes().to_vec(),
            file.facts.place.relative(),
            &names.modified,
        );
        let seen: Option<(u64, Sha256)> = tx
            .prepare_cached(sql::ITEM_SAME_FILE)?
            .query_row(key, |row| Ok((unsigned(row, 0)?, digest(row, 1)?)))
            .optional()?;
        let first = Self::first_with(tx, chain, &raw)?;
        let outcome = |item, id, sighting| ItemOutcome {
            path: names.path.text.clone(),
            item: Some(item),
            id: Some(id),
            sha256: Some(raw),
            bytes: Some(stored.size),
            status: if first.is_some() {
                ItemStatus::Duplicate
            } else {
                ItemStatus::Captured
            },
            same_as: first,
            sighting,
            error: None,
        };
        let content = Object::new()
            .with("intake", intake)
            .with("raw_sha256", raw)
            .with("size", stored.size);
        if let Some((item, capture)) = seen {
            let content = content.with("item", item).with("capture", capture);
            ledger.append(
                self.act,
                Draft::new(EventType::Sighting, content).source(names.source()),
            )?;
            return Ok(outcome(item, capture, true));
        }
        let item = ledger.chain().next_item;
        ledger.chain().next_item += 1;
        let content = content
            .with("item", item)
            .with("media_type", file.media_type.as_str());
        let draft = Draft::new(EventType::Capture, content)
            .source(names.source())
            .machine(self.machine_body(&file.facts));
        let event = ledger.append(self.act, draft)?;
        tx.prepare_cached(sql::ITEM_INSERT)?
            .execute(rusqlite::params![
                chain,
                number(item),
                self.project.id,
                number(event.payload.seq),
                event.hash.as_bytes(),
                number(intake),
                raw.as_bytes(),
                number(stored.size),
                file.media_type,
                names.name.text,
                names.path.text,
                file.facts.place.relative(),
                names.modified,
                event.payload.ts_utc,
                "pending",
            ])?;
        tx.changed("item", &item.to_string(), &self.project.id)?;
        Ok(outcome(item, event.hash, false))
    }

    fn first_with(tx: &Tx<'_>, chain: i64, raw: &Sha256) -> Result<Option<u64>> {
        let first: Option<i64> = tx
            .prepare_cached(sql::ITEM_SAME_BYTES)?
            .query_row((chain, raw.as_bytes(), 0), |row| row.get(0))?;
        Ok(first.and_then(|first| u64::try_from(first).ok()))
    }

    fn machine_body(&self, facts: &Facts) -> Object {
        let volume = &facts.volume;
        let path = clean(facts.place.absolute().as_os_str().as_encoded_bytes());
        let mut body = path.add_to(self.vault.machine().owner_object(), "absolute_path");
        for (key, value) in [
            ("volume_label", &volume.label),
            ("volume_serial", &volume.serial),
        ] {
            if let Some(value) = value {
                body = clean(value).add_to(body, key);
            }
        }
        body
    }
}

/// What a file is called, as it stands in bodies.
struct Names {
    name: Clean,
    path: Clean,
    modified: String,
}

impl Names {
    fn of(facts: &Facts) -> Self {
        Self {
            name: clean(facts.place.name()),
            path: clean(facts.place.relative()),
            modified: facts.modified.clone().unwrap_or_default(),
        }
    }

    fn source(&self) -> Object {
        let source = self
            .path
            .add_to(self.name.add_to(Object::new(), "name"), "path");
        source.with("modified_utc", self.modified.as_str())
    }
}
