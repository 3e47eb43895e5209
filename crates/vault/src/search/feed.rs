//! The entries of one case on their way into the index.

use std::collections::VecDeque;
use std::iter::Peekable;

use bundle::canon::{Object, Value};
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::text::{clean_lines, exact};
use extract::{Chunking, Chunks};
use store::blobs::BlobReader;
use store::{BlobKind, Db, Tx};

use super::fill::{Job, Mark, origin};
use super::rows::{Piece, Rows};
use super::sql;
use crate::column::number;
use crate::detail::{Field, body, text};
use crate::error::{Result, VaultError};
use crate::vault::Vault;

/// Bytes of text in one transaction: where time is short, and where it is not.
const SHORT: u64 = 512 << 10;
const LONG: u64 = 24 << 20;
/// What an entry counts beside its text.
const ENTRY: u64 = 256;
/// Entries fetched at once.
const FETCH: u64 = 256;
/// Gaps that are looked at in one call.
const GAPS: u64 = 100;

/// Takes entries from the ledger and puts them in.
pub(super) struct Feeder<'a> {
    vault: &'a Vault,
    job: &'a Job<'a>,
    mark: Mark,
    size: u64,
    queue: VecDeque<Event>,
    /// The text that is being put in.
    text: Option<Peekable<Chunks<BlobReader>>>,
    pub entries: u64,
    pub bytes: u64,
    /// Something was removed.
    pub wiped: bool,
}

/// How far one step came.
enum Step {
    /// The entry is in.
    Done,
    /// There is more of it.
    More,
}

impl<'a> Feeder<'a> {
    pub(super) fn new(vault: &'a Vault, job: &'a Job<'a>, mark: Mark, size: u64) -> Self {
        Self {
            vault,
            job,
            mark,
            size,
            queue: VecDeque::new(),
            text: None,
            entries: 0,
            bytes: 0,
            wiped: false,
        }
    }

    /// Puts in entry after entry until there are no more, or until it is to stop.
    pub(super) fn run(&mut self, db: &Db) -> Result<()> {
        while !self.must_stop() && self.fetch()? {
            let before = self.bytes;
            db.write(&origin(), |tx| self.batch(tx))?;
            self.size = self.size.max(self.mark.through);
            (self.job.tell)(self.mark.through, self.size, self.bytes - before);
        }
        Ok(())
    }

    fn must_stop(&self) -> bool {
        self.job.watch.canceled() || self.vault.is_over(self.job.limit)
    }

    /// Makes sure that there is an entry to go on with; false if there is none.
    fn fetch(&mut self) -> Result<bool> {
        if self.queue.is_empty() {
            let events = self
                .vault
                .events(self.job.project, self.mark.through, FETCH)?;
            self.queue.extend(events);
        }
        Ok(!self.queue.is_empty())
    }

    /// One transaction: entries, and how far the case is with them.
    fn batch(&mut self, tx: &Tx<'_>) -> Result<()> {
        let most = if self.job.limit.until_ms.is_some() {
            SHORT
        } else {
            LONG
        };
        let rows = Rows {
            tx,
            project_id: &self.job.project.id,
            case: self.mark.number,
        };
        let end = self.bytes + most;
        let mut entries = 0;
        while self.bytes + entries * ENTRY < end && self.fetch()? {
            let Some(event) = self.queue.pop_front() else {
                break;
            };
            match self.step(&rows, &event, end)? {
                Step::Done => {
                    self.mark.through = event.payload.seq;
                    self.mark.head = Some(event.hash);
                    self.mark.begun = 0;
                    self.entries += 1;
                    entries += 1;
                }
                Step::More => {
                    self.queue.push_front(event);
                    break;
                }
            }
            if self.must_stop() {
                break;
            }
        }
        let head = self.mark.head.map(|head| head.as_bytes().to_vec());
        tx.prepare_cached(sql::CASE_MOVE)?.execute((
            &self.job.project.id,
            number(self.mark.through),
            head.unwrap_or_default(),
            number(self.mark.begun),
        ))?;
        Ok(())
    }

    fn step(&mut self, rows: &Rows<'_>, event: &Event, end: u64) -> Result<Step> {
        let content = body(event.content.as_ref());
        let source = body(event.source.as_ref());
        let Some(item) = content.get("item").and_then(Value::as_int) else {
            return Ok(Step::Done);
        };
        match event.kind {
            EventType::Capture => {
                let (name, path) = (text(&source, "name"), text(&source, "path"));
                self.bytes += rows.put_document(item, name, path)?;
            }
            EventType::Annotate if rows.has_document(item)? => {
                for field in [Field::Caption, Field::Note] {
                    self.bytes += rows.put_caption(item, text(&source, field.word()))?;
                }
            }
            EventType::Amend if rows.has_document(item)? => {
                let field = Field::from_word(text(&source, "field"));
                if let Some(Field::Caption | Field::Note) = field {
                    let value = |key| {
                        let bytes = exact(&source, key).unwrap_or_default();
                        clean_lines(&bytes).text
                    };
                    self.wiped |= rows.drop_caption(item, &value("old"))?;
                    self.bytes += rows.put_caption(item, &value("new"))?;
                }
            }
            EventType::Extract if rows.has_document(item)? => {
                return self.step_text(rows, event, &content, item, end);
            }
            EventType::Withdraw => {
                self.wiped = true;
                if !rows.drop_item(item)? {
                    return Ok(Step::More);
                }
            }
            _ => {}
        }
        Ok(Step::Done)
    }

    /// Puts in some of a text; all of it when there is nothing in the way.
    fn step_text(
        &mut self,
        rows: &Rows<'_>,
        event: &Event,
        content: &Object,
        item: i64,
        end: u64,
    ) -> Result<Step> {
        let running = self.text.take();
        let mut chunks = if let Some(chunks) = running {
            chunks
        } else {
            // What was read of the item before is replaced.
            if self.mark.begun == 0 && !rows.drop_text(item)? {
                return Ok(Step::More);
            }
            let Some(digest) = digest_of(content) else {
                return Ok(Step::Done);
            };
            let Ok(blob) = self.vault.blobs().open_blob(BlobKind::Extract, digest) else {
                rows.put_gap(item, event.payload.seq)?;
                return Ok(Step::Done);
            };
            Chunks::new(blob, Chunking::default()).peekable()
        };
        let mut count = 0_u32;
        while let Some(chunk) = chunks.next() {
            let Ok(chunk) = chunk else {
                // Damaged bytes: what came before the damage was noticed is not to be found either.
                while !rows.drop_text(item)? {}
                rows.put_gap(item, event.payload.seq)?;
                return Ok(Step::Done);
            };
            if chunk.index < self.mark.begun {
                continue;
            }
            let last = chunks.peek().is_none();
            self.bytes += rows.put_piece(item, &Piece::of_text(&chunk, last))?;
            self.mark.begun = chunk.index + 1;
            count += 1;
            if self.bytes >= end || (count.is_multiple_of(16) && self.must_stop()) {
                self.text = Some(chunks);
                return Ok(Step::More);
            }
        }
        Ok(Step::Done)
    }

    /// Looks again at texts whose bytes were missing or damaged.
    pub(super) fn close_gaps(&mut self, db: &Db) -> Result<()> {
        let seqs: Vec<u64> = db.read(|connection| {
            let mut statement = connection.prepare_cached(sql::GAP_LIST)?;
            let rows = statement.query_map((&self.job.project.id, number(GAPS)), |row| {
                crate::column::unsigned(row, 0)
            })?;
            Ok::<_, VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        for seq in seqs {
            let events = self.vault.events(self.job.project, seq - 1, 1)?;
            let Some(event) = events.first() else {
                continue;
            };
            let content = body(event.content.as_ref());
            let item = content.get("item").and_then(Value::as_int);
            let (Some(item), Some(digest)) = (item, digest_of(&content)) else {
                continue;
            };
            let opened = self.vault.blobs().open_blob(BlobKind::Extract, digest);
            if opened.and_then(|blob| blob.check(self.job.watch)).is_err() {
                continue;
            }
            let begun = std::mem::take(&mut self.mark.begun);
            let case = self.mark.number;
            let done = db.write(&origin(), |tx| {
                let rows = Rows {
                    tx,
                    project_id: &self.job.project.id,
                    case,
                };
                rows.drop_gap(item)?;
                while let Step::More = self.step_text(&rows, event, &content, item, u64::MAX)? {
                    self.job.watch.go_on()?;
                }
                Ok::<_, VaultError>(())
            });
            self.text = None;
            self.mark.begun = begun;
            done?;
        }
        Ok(())
    }
}

fn digest_of(content: &Object) -> Option<bundle::Sha256> {
    content.get("extract_sha256")?.as_str()?.parse().ok()
}
