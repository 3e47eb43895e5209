//! Items: one act of capture each, numbered in their chain, never reused.

use bundle::Sha256;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::column::{digest, number, opt_digest, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::chain_of;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// Whether an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// It stands.
    Present,
    /// It was withdrawn; its bytes are there.
    Withdrawn,
    /// It was withdrawn and its bytes were erased, as far as no other item of the case has them.
    Erased,
}

impl ItemState {
    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Withdrawn => "withdrawn",
            Self::Erased => "erased",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "withdrawn" => Self::Withdrawn,
            "erased" => Self::Erased,
            _ => Self::Present,
        }
    }
}

/// An item as it was captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub item: u64,
    /// Place of its CAPTURE.
    pub seq: u64,
    /// Hash of its CAPTURE: its id everywhere.
    pub capture: Sha256,
    /// The intake that it came with.
    pub intake: u64,
    /// Digest of its bytes.
    pub raw_sha256: Sha256,
    /// Size in bytes.
    pub size: u64,
    /// The type detected from the content.
    pub media_type: String,
    /// File name, safe to show.
    pub name: String,
    /// Path relative to what was dropped, safe to show.
    pub path: String,
    /// Modified time of the file.
    pub modified_utc: String,
    /// When it was captured.
    pub captured_utc: String,
    /// Whether it stands.
    pub state: ItemState,
    /// `pending`, `done`, `none` (no text in it) or `failed`.
    pub extract_state: String,
    /// Digest of its text.
    pub extract_sha256: Option<Sha256>,
}

impl Vault {
    /// One item of a case.
    pub fn item(&self, project: &Project, item: u64) -> Result<Item> {
        self.db().read(|connection| get(connection, project, item))
    }

    /// Items after `after` in order of numbers, at most `limit`.
    pub fn items(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<Item>> {
        self.select(sql::ITEM_LIST, project, after, limit)
    }

    /// The same without those that were withdrawn.
    pub fn present_items(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<Item>> {
        self.select(sql::ITEM_LIST_PRESENT, project, after, limit)
    }

    /// The path of an item relative to what was dropped, in its exact bytes.
    pub fn path_bytes(&self, project: &Project, item: u64) -> Result<Vec<u8>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(sql::ITEM_PATH_KEY)?;
            let found = statement.query_row((chain.id, number(item)), |row| row.get(0));
            found.optional()?.ok_or(VaultError::ItemUnknown(item))
        })
    }

    /// Items whose text was not read yet.
    pub fn items_without_text(
        &self,
        project: &Project,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Item>> {
        self.select(sql::ITEM_PENDING, project, after, limit)
    }

    /// The first other item of the case with the same bytes that was not erased.
    pub fn same_bytes(&self, project: &Project, item: &Item) -> Result<Option<u64>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(sql::ITEM_SAME_BYTES)?;
            let first: Option<i64> = statement.query_row(
                (chain.id, item.raw_sha256.as_bytes(), number(item.item)),
                |row| row.get(0),
            )?;
            Ok(first.and_then(|first| u64::try_from(first).ok()))
        })
    }

    /// How many items, and of how many bytes, are in no sealed package yet.
    pub fn unsealed(&self, project: &Project) -> Result<(u64, u64)> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let after =
                crate::bundles::latest_series(connection, chain.id)?.map_or(0, |seal| seal.seq);
            let mut statement = connection.prepare_cached(sql::ITEM_COUNTS)?;
            Ok(statement.query_row((chain.id, number(after)), |row| {
                Ok((unsigned(row, 0)?, unsigned(row, 1)?))
            })?)
        })
    }

    fn select(
        &self,
        statement: &str,
        project: &Project,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Item>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(statement)?;
            let rows = statement.query_map((chain.id, number(after), number(limit)), read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

pub(crate) fn get(connection: &Connection, project: &Project, item: u64) -> Result<Item> {
    let chain = chain_of(connection, &project.id)?;
    let mut statement = connection.prepare_cached(sql::ITEM_GET)?;
    let found = statement
        .query_row((chain.id, number(item)), read)
        .optional()?;
    found.ok_or(VaultError::ItemUnknown(item))
}

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Item> {
    let state: String = row.get(11)?;
    Ok(Item {
        item: unsigned(row, 0)?,
        seq: unsigned(row, 1)?,
        capture: digest(row, 2)?,
        intake: unsigned(row, 3)?,
        raw_sha256: digest(row, 4)?,
        size: unsigned(row, 5)?,
        media_type: row.get(6)?,
        name: row.get(7)?,
        path: row.get(8)?,
        modified_utc: row.get(9)?,
        captured_utc: row.get(10)?,
        state: ItemState::from_word(&state),
        extract_state: row.get(12)?,
        extract_sha256: opt_digest(row, 13)?,
    })
}
