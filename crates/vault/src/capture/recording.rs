//! A stored group is recorded: one transaction with the entries and rows, then the word "stored".

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::{Clean, clean, clean_lines};
use rusqlite::OptionalExtension;
use store::{Origin, Tx};

use super::Intake;
use super::known::{Arrival, Known};
use super::outcome::{CaptureReport, ItemOutcome, ItemStatus};
use super::storing::{Ready, StoredBatch};
use crate::column::{digest, number, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger};
use crate::project::Project;
use crate::sql;
use crate::uploads;
use crate::vault::{Act, Vault};

/// Under what a run remembers which intake it has begun.
const INTAKE_STEP: &str = "intake";

/// Records the groups of one drop, in order.
pub(crate) struct Recorder<'a> {
    vault: &'a Vault,
    project: &'a Project,
    arrival: Arrival,
    intake: &'a Intake,
    act: &'a Act,
    on_item: &'a mut (dyn FnMut(&ItemOutcome) + Send),
    report: CaptureReport,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        vault: &'a Vault,
        project: &'a Project,
        arrival: Arrival,
        intake: &'a Intake,
        act: &'a Act,
        on_item: &'a mut (dyn FnMut(&ItemOutcome) + Send),
    ) -> Self {
        Self {
            vault,
            project,
            arrival,
            intake,
            act,
            on_item,
            report: CaptureReport::default(),
        }
    }

    pub(crate) fn finish(self) -> CaptureReport {
        self.report
    }

    /// Records a group, and says what became of each.
    pub(crate) fn record(&mut self, batch: StoredBatch) -> Result<()> {
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
            let mut number = intake;
            let mut outcomes = Vec::with_capacity(ready.len());
            for file in ready {
                // What somebody else took a moment ago is said again, and begins no intake.
                if let Some(taken) = self.taken_before(tx, file)? {
                    outcomes.push(taken);
                    continue;
                }
                let intake = match number {
                    Some(number) => number,
                    None => self.begin_intake(tx, &mut ledger, file)?,
                };
                number = Some(intake);
                outcomes.push(self.record_one(tx, &mut ledger, intake, file)?);
            }
            ledger.end()?;
            Ok::<_, VaultError>((number, went_back, outcomes))
        })?;
        self.report.intake = number;
        self.report.clock_went_back |= went_back;
        Ok(outcomes)
    }

    fn taken_before(&self, tx: &Tx<'_>, file: &Ready) -> Result<Option<ItemOutcome>> {
        match file.known.upload() {
            Some(id) => uploads::taken_in(tx, self.project, id),
            None => Ok(None),
        }
    }

    fn begin_intake(&self, tx: &Tx<'_>, ledger: &mut Ledger<'_, '_>, first: &Ready) -> Result<u64> {
        // A run that was cut short goes on with the drop that it had begun.
        let of_run = matches!(self.act.origin(), Origin::Run { .. });
        let resumes = of_run && self.arrival == Arrival::Uploads;
        if resumes && let Some(begun) = tx.effect(INTAKE_STEP, &self.project.id)? {
            return begun.parse().map_err(|_| VaultError::LedgerDamaged {
                seq: 0,
                detail: format!("{begun:?} is no number of an intake"),
            });
        }
        let number = ledger.chain().next_intake;
        ledger.chain().next_intake += 1;
        if resumes {
            tx.record_effect(INTAKE_STEP, &self.project.id, &number.to_string())?;
        }
        let content = Object::new().with("intake", number);
        let content = self
            .arrival
            .intake(content, &first.known)
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
        let outcome = self.record_new(tx, ledger, intake, file)?;
        if let Some(id) = file.known.upload() {
            let now = self.vault.clock().now().to_string();
            uploads::mark_taken(tx, self.project, id, &outcome, &now)?;
        }
        Ok(outcome)
    }

    fn record_new(
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
        let names = Names::of(&file.known);
        let key = (
            chain,
            raw.as_bytes().to_vec(),
            file.known.path(),
            &names.modified,
        );
        let seen: Option<(u64, Sha256)> = tx
            .prepare_cached(sql::ITEM_SAME_FILE)?
            .query_row(key, |row| Ok((unsigned(row, 0)?, digest(row, 1)?)))
            .optional()?;
        let first = Self::first_with(tx, chain, &raw)?;
        let outcome = |item, id, sighting| ItemOutcome {
            path: names.path.text.clone(),
            upload: file.known.upload().cloned(),
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
            .machine(file.known.machine(self.vault.machine().owner_object()));
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
                file.known.path(),
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
}

/// What a file is called, as it stands in bodies.
struct Names {
    name: Clean,
    path: Clean,
    modified: String,
}

impl Names {
    fn of(known: &Known) -> Self {
        Self {
            name: clean(known.name()),
            path: clean(known.path()),
            modified: known.modified().to_owned(),
        }
    }

    fn source(&self) -> Object {
        let source = self
            .path
            .add_to(self.name.add_to(Object::new(), "name"), "path");
        source.with("modified_utc", self.modified.as_str())
    }
}
