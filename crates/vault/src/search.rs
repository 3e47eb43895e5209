//! Search: items found again by words in their names, captions and texts.
//!
//! The index is derived: it is filled from the ledger and the extracts, may be deleted, and never touches evidence. A
//! search catches up for a moment and says how much is missing. Nothing in the order of hits, in counts or in marks
//! depends on another case.

mod feed;
mod fill;
mod find;
mod hit;
mod place;
mod query;
mod rows;
mod shelf;
mod snippet;
mod sql;
mod words;

use std::time::Duration;

use rusqlite::Connection;
use store::{Access, StoreError, Unwatched};

pub use fill::IndexReport;
pub use hit::{Hit, TextPlace, Where};
pub use snippet::Snippet;

use crate::column::unsigned;
use crate::error::{Result, VaultError};
use crate::items::{self, ItemState};
use crate::project::Project;
use crate::vault::Vault;
use fill::{Job, Mark};
use find::{Page, Rank};
use query::Query;

/// How long a search takes to catch up before it answers.
const CATCH_UP: Duration = Duration::from_millis(200);
/// How many hits a page has at most.
const MOST: usize = 1000;
/// While somebody makes the index anew there are no tables for a moment.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// What a search cannot find yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missing {
    /// Entries of the record that are not in the index.
    pub entries: u64,
    /// Items whose text was not read yet.
    pub unread: u64,
    /// Texts whose bytes are missing or damaged.
    pub damaged: u64,
}

impl Missing {
    /// Nothing is missing.
    pub const fn is_nothing(&self) -> bool {
        self.entries == 0 && self.unread == 0 && self.damaged == 0
    }
}

/// What a search found.
#[derive(Debug, Default)]
pub struct SearchResult {
    /// A page of items: first those with all words in one passage, of these first names, then captions, then texts, and
    /// last in the order of their numbers.
    pub hits: Vec<Hit>,
    /// How many items have all the words.
    pub total: u64,
    /// Where to go on, if there are more.
    pub next: Option<String>,
    /// What could not be looked at.
    pub missing: Missing,
    /// Words that were too many and not looked for.
    pub ignored: u64,
    /// Why the index could not be brought up to date, if it could not.
    pub trouble: Option<VaultError>,
}

impl Vault {
    /// Finds the items of a case that have all words of a query: `word`, `"a phrase"`, `begin*`, `-without`. `after` is
    /// the `next` of the page before. Nothing that is typed is an error, unless there is nothing in it to look for.
    /// Looking leaves no entry.
    ///
    /// # Errors
    /// `query_empty`; `invalid_value` for a cursor that is none; what the store says when it cannot be read.
    pub fn search(
        &self,
        project: &Project,
        query: &str,
        limit: usize,
        after: Option<&str>,
    ) -> Result<SearchResult> {
        let query = Query::parse(query)?;
        let after = after.map(Rank::parse).transpose()?;
        let mut result = SearchResult {
            ignored: query.ignored,
            trouble: self.refresh(project).err(),
            ..SearchResult::default()
        };
        let limit = limit.clamp(1, MOST);
        let mut tries = 0;
        let found = loop {
            match self.look(project, &query, after, limit) {
                Err(error) if self.index_is_damaged(&error) => {
                    if tries == TRIES || self.root().access() == Access::Read {
                        // Nothing can be found, and that is said; the record is as good as before.
                        result.trouble = Some(error);
                        break None;
                    }
                    tries += 1;
                    self.mend_or_wait(project, &error, &mut result)?;
                }
                found => break found?,
            }
        };
        let seen = found.as_ref().map(|looked| looked.seen);
        result.missing = self.missing_of(project, seen.unwrap_or_default())?;
        if let Some(Looked { hits, page, .. }) = found {
            let last = page.matches.last().filter(|_| page.more);
            result.next = last.map(|last| last.rank.cursor());
            result.total = page.total;
            result.hits = self.standing(project, hits)?;
        }
        Ok(result)
    }

    /// What a search of a case cannot find yet.
    ///
    /// # Errors
    /// What the store says when it cannot be read.
    pub fn missing(&self, project: &Project) -> Result<Missing> {
        let seen = match self.index_db()? {
            None => None,
            Some(db) => {
                let seen = db.read(|connection| {
                    let mark = self.mark_that_fits(connection, project)?;
                    mark.map(|mark| Seen::of(connection, project, &mark))
                        .transpose()
                });
                match seen {
                    Err(error) if self.index_is_damaged(&error) => None,
                    seen => seen?,
                }
            }
        };
        self.missing_of(project, seen.unwrap_or_default())
    }

    /// What is missing of what was seen at one moment. The record is asked afterwards, what is unread before how long it
    /// is: what was read meanwhile counts as an entry that is missing, and nothing counts as found that was not.
    fn missing_of(&self, project: &Project, seen: Seen) -> Result<Missing> {
        let unread = self.pending(project)?.0;
        Ok(Missing {
            entries: self.ledger_size(project)?.saturating_sub(seen.through),
            unread,
            damaged: seen.damaged,
        })
    }

    /// How far a case is in the index, if that fits the record.
    fn mark_that_fits(&self, connection: &Connection, project: &Project) -> Result<Option<Mark>> {
        let Some(mark) = Mark::of(connection, &project.id)? else {
            return Ok(None);
        };
        let fits = self.index_source(project)?.as_ref() == Some(&mark.source)
            && self.event_hash(&project.id, mark.through)? == mark.head;
        Ok(fits.then_some(mark))
    }

    /// Brings the index up to date for a moment, unless somebody is doing that.
    fn refresh(&self, project: &Project) -> Result<()> {
        let now = self.within(Duration::ZERO);
        if let Some(filling) = self.may_fill(&Unwatched, now)? {
            let job = Job {
                project,
                watch: &Unwatched,
                limit: self.within(CATCH_UP),
                patient: false,
                tell: &|_, _, _| {},
            };
            self.fill_and_mend(&filling, &job, &mut IndexReport::default())?;
        }
        Ok(())
    }

    /// Damage was met while looking: the index is made anew, by us or by whoever is at it.
    fn mend_or_wait(
        &self,
        project: &Project,
        error: &VaultError,
        result: &mut SearchResult,
    ) -> Result<()> {
        let now = self.within(Duration::ZERO);
        let corrupt = matches!(error, VaultError::Store(StoreError::DatabaseCorrupt { .. }));
        match self.may_fill(&Unwatched, now)? {
            Some(filling) if corrupt => {
                self.empty_index(&filling)?;
                drop(filling);
                result.trouble = self.refresh(project).err();
            }
            _ => std::thread::sleep(PAUSE),
        }
        Ok(())
    }

    /// Looks into the index; none if there is none of this ledger.
    fn look(
        &self,
        project: &Project,
        query: &Query,
        after: Option<Rank>,
        limit: usize,
    ) -> Result<Option<Looked>> {
        let Some(db) = self.index_db()? else {
            return Ok(None);
        };
        db.read(|connection| {
            let Some(mark) = self.mark_that_fits(connection, project)? else {
                return Ok(None);
            };
            let seen = Seen::of(connection, project, &mark)?;
            let case = place::of_case(mark.number);
            let page = find::page(connection, query, &case, after, limit)?;
            let any = query.any();
            let mut hits = Vec::with_capacity(page.matches.len());
            for found in &page.matches {
                hits.extend(hit::hit(connection, project, &any, found)?);
            }
            Ok(Some(Looked { hits, page, seen }))
        })
    }

    /// Leaves out what was withdrawn since the index was filled.
    fn standing(&self, project: &Project, mut hits: Vec<Hit>) -> Result<Vec<Hit>> {
        self.db().read(|connection| {
            let mut stands = Vec::with_capacity(hits.len());
            for hit in &hits {
                let state = match items::get(connection, project, hit.item) {
                    Ok(item) => Some(item.state),
                    Err(VaultError::ItemUnknown(_)) => None,
                    Err(error) => return Err(error),
                };
                stands.push(state == Some(ItemState::Present));
            }
            let mut stands = stands.into_iter();
            hits.retain(|_| stands.next().unwrap_or(false));
            Ok(hits)
        })
    }
}

/// How far the index was when it was looked at.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    through: u64,
    damaged: u64,
}

impl Seen {
    fn of(connection: &Connection, project: &Project, mark: &Mark) -> Result<Self> {
        let mut statement = connection.prepare_cached(sql::GAP_COUNT)?;
        let damaged = statement.query_row((&project.id,), |row| unsigned(row, 0))?;
        let through = mark.through;
        Ok(Self { through, damaged })
    }
}

/// What was found at one moment.
struct Looked {
    hits: Vec<Hit>,
    page: Page,
    seen: Seen,
}

impl Rank {
    fn cursor(self) -> String {
        format!("{}.{}.{}", self.lacking, self.class, self.item)
    }

    fn parse(text: &str) -> Result<Self> {
        let rank = || {
            let mut parts = text.split('.');
            let rank = Self {
                lacking: parts.next()?.parse().ok()?,
                class: parts.next()?.parse().ok()?,
                item: parts.next()?.parse().ok()?,
            };
            parts.next().is_none().then_some(rank)
        };
        rank().ok_or_else(|| VaultError::InvalidValue {
            what: "the place to go on after",
            detail: format!(
                "{:?} is none that a search gave",
                crate::project::shown(text)
            ),
        })
    }
}
