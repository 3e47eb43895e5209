//! Which items have all the words: one walk through the index, item by item, with nothing held but the page.

use std::collections::BinaryHeap;
use std::ops::RangeInclusive;

use rusqlite::{CachedStatement, Connection, Rows};

use super::place::{class_of, item_of};
use super::query::Query;
use super::sql;
use crate::error::{Result, VaultError};

/// Where an item stands in the order of hits: how many of the words its best passage lacks, whether that is a name, a
/// caption or of the text, and its number. Nothing here depends on other items, so an order once seen stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub lacking: u8,
    pub class: u8,
    pub item: i64,
}

/// An item that has all the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub rank: Rank,
    /// Its best passage.
    pub best: i64,
    /// How many passages have one of the words.
    pub passages: u64,
}

/// A page of matches.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub matches: Vec<Match>,
    /// How many items there are in all.
    pub total: u64,
    /// There are more after these.
    pub more: bool,
}

/// The items of a case that have all wanted words and no unwanted one.
pub(super) fn page(
    connection: &Connection,
    query: &Query,
    case: &RangeInclusive<i64>,
    after: Option<Rank>,
    limit: usize,
) -> Result<Page> {
    let mut wanted = prepare(connection, &query.wanted)?;
    let mut unwanted = prepare(connection, &query.unwanted)?;
    let mut wanted = open(&mut wanted, &query.wanted, case)?;
    let mut unwanted = open(&mut unwanted, &query.unwanted, case)?;
    let mut heap: BinaryHeap<Match> = BinaryHeap::new();
    let mut page = Page::default();
    while let Some(item) = common(&mut wanted)? {
        let found = gather(&mut wanted, item)?;
        if reaches(&mut unwanted, item)? {
            continue;
        }
        page.total += 1;
        if after.is_some_and(|after| found.rank <= after) {
            continue;
        }
        heap.push(found);
        if heap.len() > limit {
            heap.pop();
            page.more = true;
        }
    }
    page.matches = heap.into_sorted_vec();
    Ok(page)
}

/// The passages that have one word, in order.
struct Stream<'s> {
    rows: Rows<'s>,
    head: Option<i64>,
}

impl Stream<'_> {
    fn advance(&mut self) -> Result<()> {
        self.head = self.rows.next()?.map(|row| row.get(0)).transpose()?;
        Ok(())
    }

    fn item(&self) -> Option<i64> {
        self.head.map(item_of)
    }

    fn skip_to(&mut self, item: i64) -> Result<()> {
        while self.item().is_some_and(|here| here < item) {
            self.advance()?;
        }
        Ok(())
    }
}

fn prepare<'c>(
    connection: &'c Connection,
    words: &[String],
) -> Result<Vec<CachedStatement<'c>>, VaultError> {
    let each = words
        .iter()
        .map(|_| Ok(connection.prepare_cached(sql::WORDS_FIND)?));
    each.collect()
}

fn open<'s>(
    statements: &'s mut [CachedStatement<'_>],
    words: &[String],
    case: &RangeInclusive<i64>,
) -> Result<Vec<Stream<'s>>> {
    let mut streams = Vec::with_capacity(words.len());
    for (statement, word) in statements.iter_mut().zip(words) {
        let rows = statement.query((word, case.start(), case.end()))?;
        let mut stream = Stream { rows, head: None };
        stream.advance()?;
        streams.push(stream);
    }
    Ok(streams)
}

/// The next item that all streams have; each then stands at its first passage there.
fn common(streams: &mut [Stream<'_>]) -> Result<Option<i64>> {
    let mut item = 0;
    loop {
        let mut all = true;
        for stream in streams.iter_mut() {
            stream.skip_to(item)?;
            let Some(here) = stream.item() else {
                return Ok(None);
            };
            all &= here == item;
            item = item.max(here);
        }
        if all {
            return Ok(Some(item));
        }
    }
}

/// Takes the passages of an item from all streams.
fn gather(streams: &mut [Stream<'_>], item: i64) -> Result<Match> {
    let words = streams.len();
    let (mut best, mut most, mut passages) = (0, 0, 0);
    loop {
        let heads = streams.iter().filter_map(|stream| stream.head);
        let Some(id) = heads.filter(|id| item_of(*id) == item).min() else {
            break;
        };
        let mut count = 0;
        for stream in streams.iter_mut().filter(|stream| stream.head == Some(id)) {
            count += 1;
            stream.advance()?;
        }
        passages += 1;
        // Names come before captions, these before the text: of equals the first is the best.
        if count > most {
            (best, most) = (id, count);
        }
    }
    let rank = Rank {
        lacking: u8::try_from(words - most).unwrap_or(u8::MAX),
        class: class_of(best),
        item,
    };
    Ok(Match {
        rank,
        best,
        passages,
    })
}

/// Whether any stream has the item.
fn reaches(streams: &mut [Stream<'_>], item: i64) -> Result<bool> {
    let mut any = false;
    for stream in streams {
        stream.skip_to(item)?;
        any |= stream.item() == Some(item);
    }
    Ok(any)
}
