//! A group of texts becomes durable: bytes first, then one transaction with the entries and rows.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use rusqlite::OptionalExtension;
use store::blobs::{Recheck, Stored};
use store::{StoreError, Tx};

use super::decode::{Decoded, Found};
use super::{MOST, ReadingReport};
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::items::Item;
use crate::ledger::{Draft, Ledger, chain_of};
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

/// So many failures are told one by one.
const TOLD: usize = 100;

/// What an item's row will say.
enum Verdict {
    Done(Kept),
    NoText,
    Failed(StoreError),
}

/// A text that is stored and that no entry names yet.
struct Kept {
    stored: Stored,
    extractor: String,
    version: &'static str,
}

impl Vault {
    /// Stores the texts and records them, all or nothing; in the order of the items' numbers.
    pub(super) fn record_texts(
        &self,
        project: &Project,
        act: &Act,
        group: Vec<Decoded>,
        report: &mut ReadingReport,
    ) -> Result<()> {
        // What is found in the store must still be there when the entries are written.
        let held = self.blobs().hold()?;
        let verdicts = self.store_texts(group)?;
        if verdicts.is_empty() {
            return Ok(());
        }
        let mut told = Vec::with_capacity(MOST);
        let erased = self.db().write(act.origin(), |tx| {
            told.clear();
            let chain = chain_of(tx, &project.id)?.id;
            let mut ledger = None;
            let mut erased = false;
            for (index, (item, verdict)) in verdicts.iter().enumerate() {
                let now = states(tx, chain, item)?;
                let (state, reading) = now.as_ref().map_or(("", ""), |(a, b)| (a, b));
                if let (Verdict::Done(kept), "erased") = (verdict, state) {
                    // Its text must not outlive it; no entry names it, so no entry needs to say so.
                    tx.prepare_cached(sql::ERASURE_INSERT)?
                        .execute((kept.stored.digest.as_bytes(),))?;
                    erased = true;
                }
                // Somebody else was faster, or the item was withdrawn meanwhile.
                if reading != "pending" || state != item.state.as_str() {
                    continue;
                }
                if let Verdict::Done(kept) = verdict {
                    let ledger = match &mut ledger {
                        Some(ledger) => ledger,
                        None => ledger.insert(Ledger::resume(tx, self, &project.id)?),
                    };
                    self.record_text(act, tx, ledger, item, kept)?;
                }
                let (state, extract) = match verdict {
                    Verdict::Done(kept) => ("done", Some(kept.stored.digest)),
                    Verdict::NoText => ("none", None),
                    Verdict::Failed(_) => ("failed", None),
                };
                let extract = extract.as_ref().map(bundle::Sha256::as_bytes);
                tx.prepare_cached(sql::ITEM_EXTRACTED)?.execute((
                    chain,
                    number(item.item),
                    state,
                    extract,
                ))?;
                tx.changed("item", &item.item.to_string(), &project.id)?;
                told.push(index);
            }
            ledger.map_or(Ok(()), Ledger::end)?;
            Ok::<_, VaultError>(erased)
        })?;
        drop(held);
        if erased {
            self.finish_erasures()?;
        }
        let mut told = told.into_iter().peekable();
        for (index, (item, verdict)) in verdicts.into_iter().enumerate() {
            if told.next_if_eq(&index).is_some() {
                report.add(item.item, verdict);
            }
        }
        Ok(())
    }

    fn store_texts(&self, group: Vec<Decoded>) -> Result<Vec<(Item, Verdict)>> {
        let mut staged = Vec::new();
        let mut items = Vec::with_capacity(group.len());
        for Decoded { item, found } in group {
            let verdict = match found {
                Found::Text(text) => {
                    staged.push(text.staged);
                    Err((text.extractor, text.version))
                }
                Found::NoText => Ok(Verdict::NoText),
                Found::Unreadable(error) => Ok(Verdict::Failed(error)),
                Found::Unwritable(error) => return Err(error.into()),
                Found::Unfinished => continue,
            };
            items.push((item, verdict));
        }
        let mut stored = if staged.is_empty() {
            Vec::new()
        } else {
            self.blobs().commit(staged, Recheck::Content)?
        }
        .into_iter();
        let verdicts = items.into_iter().filter_map(|(item, verdict)| {
            let verdict = match verdict {
                Ok(verdict) => verdict,
                Err((extractor, version)) => Verdict::Done(Kept {
                    stored: stored.next()?,
                    extractor,
                    version,
                }),
            };
            Some((item, verdict))
        });
        Ok(verdicts.collect())
    }

    fn record_text(
        &self,
        act: &Act,
        tx: &Tx<'_>,
        ledger: &mut Ledger<'_, '_>,
        item: &Item,
        kept: &Kept,
    ) -> Result<()> {
        let stored = &kept.stored;
        let blob = (
            stored.digest.as_bytes(),
            stored.kind.as_str(),
            number(stored.size),
            stored.crc32,
            self.clock().now().to_string(),
        );
        tx.prepare_cached(sql::BLOB_INSERT)?.execute(blob)?;
        let content = Object::new()
            .with("item", item.item)
            .with("capture", item.capture)
            .with("raw_sha256", item.raw_sha256)
            .with("raw_size", item.size)
            .with("extract_sha256", stored.digest)
            .with("extract_size", stored.size)
            .with("extractor", kept.extractor.as_str())
            .with("extractor_version", kept.version)
            .with("program", self.machine().program_object());
        ledger.append(act, Draft::new(EventType::Extract, content))?;
        Ok(())
    }
}

/// Whether an item stands, and how far its text is.
fn states(tx: &Tx<'_>, chain: i64, item: &Item) -> Result<Option<(String, String)>> {
    let mut statement = tx.prepare_cached(sql::ITEM_STATES)?;
    let states = statement.query_row((chain, number(item.item)), |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(states.optional()?)
}

impl ReadingReport {
    fn add(&mut self, item: u64, verdict: Verdict) {
        match verdict {
            Verdict::Done(kept) => {
                self.read += 1;
                self.text_bytes += kept.stored.size;
            }
            Verdict::NoText => self.without_text += 1,
            Verdict::Failed(error) => {
                self.failed += 1;
                if self.failures.len() < TOLD {
                    self.failures.push((item, error));
                }
            }
        }
    }
}
