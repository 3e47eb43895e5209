//! The rows of one item: its name, its captions, the pieces of its text.

use std::ops::RangeInclusive;

use extract::Chunk;
use store::Tx;

use super::fill::wipe;
use super::place::{MAX_ITEM, OfItem};
use super::sql;
use super::words::{parts, prepared, without_cut_words};
use crate::column::number;
use crate::error::Result;

/// Passages removed at once: the rest in the next transaction.
const AT_ONCE: i64 = 2000;

/// Writes rows of one case.
pub(super) struct Rows<'t> {
    pub tx: &'t Tx<'t>,
    pub project_id: &'t str,
    pub case: i64,
}

/// Something to be found.
pub(super) struct Piece<'a> {
    kind: &'static str,
    text: &'a str,
    parts: &'a str,
    /// Number, first and last code point of a piece of a text.
    chunk: Option<(u64, u64, u64)>,
}

impl<'a> Piece<'a> {
    /// A piece of a text; `last` if nothing comes after it.
    pub(super) fn of_text(chunk: &'a Chunk, last: bool) -> Self {
        Self {
            kind: "text",
            text: without_cut_words(&chunk.text, chunk.start == 0, last),
            parts: "",
            chunk: Some((chunk.index, chunk.start, chunk.end)),
        }
    }
}

impl Rows<'_> {
    /// A new item: what it is called. Returns how many bytes that are.
    pub(super) fn put_document(&self, item: i64, name: &str, path: &str) -> Result<u64> {
        if !u64::try_from(item).is_ok_and(|item| item <= MAX_ITEM) {
            return Ok(0);
        }
        self.tx
            .prepare_cached(sql::DOCUMENT_PUT)?
            .execute((self.project_id, item, name, path))?;
        // A path that ends with the name says both.
        let text = if path.ends_with(name) { path } else { name };
        let piece = Piece {
            kind: "name",
            text,
            parts: &parts(text),
            chunk: None,
        };
        self.put(self.of(item).name(), item, &piece)
    }

    /// Whether the item is in here: not if it was withdrawn.
    pub(super) fn has_document(&self, item: i64) -> Result<bool> {
        let mut statement = self.tx.prepare_cached(sql::DOCUMENT_GET)?;
        Ok(statement.exists((self.project_id, item))?)
    }

    /// A caption or note.
    pub(super) fn put_caption(&self, item: i64, text: &str) -> Result<u64> {
        let captions = self.of(item).captions();
        let mut statement = self.tx.prepare_cached(sql::PASSAGE_LAST)?;
        let last: Option<i64> = statement
            .query_row((captions.start(), captions.end(), self.project_id), |row| {
                row.get(0)
            })?;
        let id = last.map_or(*captions.start(), |last| last + 1);
        if text.is_empty() || !captions.contains(&id) {
            return Ok(0);
        }
        let piece = Piece {
            kind: "caption",
            text,
            parts: "",
            chunk: None,
        };
        self.put(id, item, &piece)
    }

    /// Removes a caption that was corrected.
    pub(super) fn drop_caption(&self, item: i64, old: &str) -> Result<bool> {
        let old = prepared(old);
        let ids = self.ids(&self.of(item).captions(), i64::MAX)?;
        let found = ids.into_iter().find(|(_, text)| *text == old);
        if let Some((id, _)) = &found {
            wipe(self.tx)?;
            self.drop(*id)?;
        }
        Ok(found.is_some())
    }

    /// A piece of the text.
    pub(super) fn put_piece(&self, item: i64, piece: &Piece<'_>) -> Result<u64> {
        let chunk = piece.chunk.map_or(0, |(chunk, ..)| chunk);
        match self.of(item).text(chunk) {
            Some(id) => self.put(id, item, piece),
            None => Ok(0),
        }
    }

    /// Removes the text of an item; false if there is more of it.
    pub(super) fn drop_text(&self, item: i64) -> Result<bool> {
        self.drop_range(&self.of(item).texts())
    }

    /// Removes all of an item; false if there is more of it.
    pub(super) fn drop_item(&self, item: i64) -> Result<bool> {
        self.tx
            .prepare_cached(sql::DOCUMENT_DELETE)?
            .execute((self.project_id, item))?;
        self.drop_gap(item)?;
        self.drop_range(&self.of(item).all())
    }

    /// The text of an item could not be put in.
    pub(super) fn put_gap(&self, item: i64, seq: u64) -> Result<()> {
        self.tx
            .prepare_cached(sql::GAP_PUT)?
            .execute((self.project_id, item, number(seq)))?;
        Ok(())
    }

    pub(super) fn drop_gap(&self, item: i64) -> Result<()> {
        self.tx
            .prepare_cached(sql::GAP_DELETE)?
            .execute((self.project_id, item))?;
        Ok(())
    }

    const fn of(&self, item: i64) -> OfItem {
        OfItem::new(self.case, item)
    }

    fn put(&self, id: i64, item: i64, piece: &Piece<'_>) -> Result<u64> {
        let text = prepared(piece.text);
        let parts = prepared(piece.parts);
        let place = piece.chunk;
        self.tx
            .prepare_cached(sql::PASSAGE_PUT)?
            .execute(rusqlite::params![
                id,
                self.project_id,
                item,
                piece.kind,
                place.map(|(chunk, ..)| number(chunk)),
                place.map(|(_, first, _)| number(first)),
                place.map(|(.., last)| number(last)),
                text,
                parts,
            ])?;
        self.tx
            .prepare_cached(sql::WORDS_PUT)?
            .execute((id, &text, &parts))?;
        Ok(piece.text.len() as u64)
    }

    fn drop_range(&self, range: &RangeInclusive<i64>) -> Result<bool> {
        let ids = self.ids(range, AT_ONCE)?;
        if ids.is_empty() {
            return Ok(true);
        }
        wipe(self.tx)?;
        let all = ids.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        for (id, _) in ids {
            self.drop(id)?;
        }
        Ok(all)
    }

    fn ids(&self, range: &RangeInclusive<i64>, most: i64) -> Result<Vec<(i64, String)>> {
        let mut statement = self.tx.prepare_cached(sql::PASSAGE_IDS)?;
        let place = (range.start(), range.end(), self.project_id, most);
        let rows = statement.query_map(place, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The words first: the index looks into the passage to know which ones they are.
    fn drop(&self, id: i64) -> Result<()> {
        self.tx.prepare_cached(sql::WORDS_DELETE)?.execute((id,))?;
        self.tx
            .prepare_cached(sql::PASSAGE_DELETE)?
            .execute((id,))?;
        Ok(())
    }
}
