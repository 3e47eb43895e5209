//! Reading: the text of items is taken out of their bytes, stored beside them, and put on record.
//!
//! Reading never touches the bytes of an item, and it is never in the way of capturing: an item is stored first and read
//! later. What is read here is plain text in any encoding. An item that is none gets the state `none` and *no* entry: that
//! nothing was found is no fact about the evidence but one about this version of the program, and a later version that
//! reads more makes such items `pending` again. An empty text is no text either. An item whose bytes cannot be read gets
//! `failed`, also without an entry; once its bytes are healed, [`Vault::read_failed_again`] lets it be read.

mod decode;
mod record;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use store::{StoreError, Watch};

use crate::column::unsigned;
use crate::error::{Result, VaultError};
use crate::items::Item;
use crate::ledger::chain_of;
use crate::meter::Meter;
use crate::project::Project;
use crate::search::IndexReport;
use crate::sql;
use crate::vault::{Act, Vault};

use decode::{Decoded, Found, decode_all};

/// Items of a group at most: one folder sync and one transaction serve them all.
const MOST: usize = store::blobs::GROUP_MAX;
/// Bytes of a group: large texts are recorded soon.
const MOST_BYTES: u64 = 64 << 20;

/// How long the index waits for more to put in.
const PAUSE: Duration = Duration::from_millis(20);

/// How far one call goes before it returns with what is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limit {
    /// So many items at most.
    pub items: Option<u64>,
    /// Not beyond this moment on the vault's monotonic clock.
    pub until_ms: Option<u64>,
}

/// What a call of [`Vault::read_texts`] did.
#[derive(Debug, Default)]
pub struct ReadingReport {
    /// Items whose text is stored and on record now.
    pub read: u64,
    /// Bytes of text in these.
    pub text_bytes: u64,
    /// Items in which there is no text that this version can read.
    pub without_text: u64,
    /// Items whose bytes could not be read, and why; the first hundred.
    pub failures: Vec<(u64, StoreError)>,
    /// How many could not be read.
    pub failed: u64,
    /// Items that are still to be read: a limit was reached, or somebody asked to stop.
    pub left: u64,
    /// Somebody asked to stop.
    pub canceled: bool,
}

/// What a call of [`Vault::catch_up`] did.
#[derive(Debug, Default)]
pub struct CaughtUp {
    /// What was read.
    pub reading: ReadingReport,
    /// What can be found now.
    pub index: IndexReport,
}

impl Vault {
    /// A limit on time, counted from now.
    pub fn within(&self, time: Duration) -> Limit {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Limit {
            until_ms: Some(self.clock().monotonic_ms().saturating_add(ms)),
            ..Limit::default()
        }
    }

    pub(crate) fn is_over(&self, limit: Limit) -> bool {
        limit
            .until_ms
            .is_some_and(|until| self.clock().monotonic_ms() >= until)
    }

    /// Reads the texts of all items that were not read yet, in the order of their numbers. Ended at any moment, it goes on
    /// where it was; two that run at once record each item once.
    ///
    /// # Errors
    /// `project_closed`, `actor_missing`; and what the store says when nothing more can be written.
    pub fn read_texts(
        &self,
        project: &Project,
        act: &Act,
        watch: &dyn Watch,
        limit: Limit,
    ) -> Result<ReadingReport> {
        let (_, bytes) = self.pending(project)?;
        self.read_metered(project, act, &Meter::new(watch, bytes), limit)
    }

    /// Reads all texts and puts everything that is on record into the search index, both at the same time. Called when what
    /// was captured is stored and acknowledged. In a case that is closed nothing more is read. Progress counts the bytes
    /// twice: read, and put in.
    ///
    /// # Errors
    /// As [`Vault::read_texts`] and [`Vault::index`].
    pub fn catch_up(&self, project: &Project, act: &Act, watch: &dyn Watch) -> Result<CaughtUp> {
        let (_, bytes) = self.pending(project)?;
        let meter = Meter::new(watch, bytes.saturating_mul(2));
        let reading_ended = AtomicBool::new(false);
        let tell = |_, _, bytes| meter.advance(bytes);
        let index = || self.index_telling(project, watch, Limit::default(), &tell);
        let (reading, indexed) = thread::scope(|scope| {
            let indexing = scope.spawn(|| {
                while !reading_ended.load(Ordering::Acquire) && !watch.canceled() {
                    index()?;
                    thread::park_timeout(PAUSE);
                }
                Ok::<_, VaultError>(())
            });
            let reading = if project.closed_utc.is_some() {
                Ok(ReadingReport::default())
            } else {
                self.read_metered(project, act, &meter, Limit::default())
            };
            reading_ended.store(true, Ordering::Release);
            indexing.thread().unpark();
            (reading, ended_well(indexing.join()))
        });
        // What could not be read is of more weight than what cannot be found.
        let reading = reading?;
        indexed?;
        let index = index()?;
        Ok(CaughtUp { reading, index })
    }

    /// Lets items be read once more whose bytes could not be read. Returns how many there are.
    ///
    /// # Errors
    /// What the store says when nothing can be written.
    pub fn read_failed_again(&self, project: &Project, act: &Act) -> Result<u64> {
        self.db().write(act.origin(), |tx| {
            let chain = chain_of(tx, &project.id)?;
            let again = tx
                .prepare_cached(sql::ITEM_READ_AGAIN)?
                .execute((chain.id,))?;
            Ok(again as u64)
        })
    }

    /// How many items were not read yet, and of how many bytes.
    ///
    /// # Errors
    /// What the store says when it cannot be read.
    pub fn pending(&self, project: &Project) -> Result<(u64, u64)> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(sql::ITEM_PENDING_SUM)?;
            Ok(statement.query_row((chain.id,), |row| {
                Ok((unsigned(row, 0)?, unsigned(row, 1)?))
            })?)
        })
    }

    fn read_metered(
        &self,
        project: &Project,
        act: &Act,
        meter: &Meter<'_>,
        limit: Limit,
    ) -> Result<ReadingReport> {
        project.must_be_open()?;
        if self.policy(project)?.require_actor() && !act.actor().is_stated() {
            return Err(VaultError::ActorMissing);
        }
        let (decoded, recorded) = thread::scope(|scope| {
            let (groups, to_record) = sync_channel::<Vec<Decoded>>(1);
            let recording = scope.spawn(move || {
                let mut report = ReadingReport::default();
                for group in to_record {
                    self.record_texts(project, act, group, &mut report)?;
                }
                Ok::<_, VaultError>(report)
            });
            let decoded =
                self.decode_groups(project, meter, limit, |group| groups.send(group).is_ok());
            drop(groups);
            (decoded, ended_well(recording.join()))
        });
        let mut report = recorded?;
        if report.read > 0 {
            self.remember_head(project)?;
        }
        decoded?;
        report.left = self.pending(project)?.0;
        report.canceled = meter.watch.canceled();
        Ok(report)
    }

    /// Decodes group after group and hands each on; stops when nobody takes them, at a limit, or when asked to.
    fn decode_groups(
        &self,
        project: &Project,
        meter: &Meter<'_>,
        limit: Limit,
        mut hand_on: impl FnMut(Vec<Decoded>) -> bool,
    ) -> Result<()> {
        let mut after = 0;
        let mut left = limit.items.unwrap_or(u64::MAX);
        while left > 0 && !meter.watch.canceled() && !self.is_over(limit) {
            let most = left.min(MOST as u64);
            let mut items = self.items_without_text(project, after, most)?;
            items.truncate(group_length(&items));
            let Some(last) = items.last() else {
                return Ok(());
            };
            after = last.item;
            left -= items.len() as u64;
            let decoded = decode_all(self, items, meter);
            let begun = decoded.len();
            // What was not finished stays pending, and what comes after it too: the record keeps the order of numbers.
            let whole: Vec<_> = decoded
                .into_iter()
                .take_while(|one| !matches!(one.found, Found::Unfinished))
                .collect();
            let all = whole.len() == begun;
            if !hand_on(whole) || !all {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What a thread gave; one that panicked is an error of ours.
fn ended_well<T>(joined: thread::Result<Result<T>>) -> Result<T> {
    let ended = || VaultError::SealFailed("reading ended unexpectedly".to_owned());
    joined.unwrap_or_else(|_| Err(ended()))
}

/// How many of these make a group.
fn group_length(items: &[Item]) -> usize {
    let mut bytes = 0_u64;
    let fits = items.iter().take_while(|item| {
        let before = bytes;
        bytes = bytes.saturating_add(item.size);
        before < MOST_BYTES
    });
    fits.count()
}
