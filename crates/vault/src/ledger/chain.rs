//! Where a chain stands: its last event, its hash tree, its next numbers.

use bundle::Sha256;
use bundle::merkle::Frontier;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::column::unsigned;
use crate::error::{Result, VaultError};
use crate::sql;

/// The state of a chain.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub id: i64,
    pub genesis: Option<Sha256>,
    pub tree: Frontier,
    pub head: Option<Sha256>,
    pub next_item: u64,
    pub next_intake: u64,
    pub last_ts_utc: String,
    pub toolchain_id: String,
}

/// The state of the chain of a project.
pub(crate) fn chain_of(connection: &Connection, project_id: &str) -> Result<Chain> {
    let damaged = |detail: &str| VaultError::LedgerDamaged {
        seq: 0,
        detail: detail.to_owned(),
    };
    let mut statement = connection.prepare_cached(sql::CHAIN_BY_PROJECT)?;
    let row = statement.query_row((project_id,), |row| {
        let chain = Chain {
            id: row.get(0)?,
            genesis: opt_blob(row, 1)?,
            tree: Frontier::new(),
            head: opt_blob(row, 3)?,
            next_item: unsigned(row, 5)?,
            next_intake: unsigned(row, 6)?,
            last_ts_utc: row.get(7)?,
            toolchain_id: row.get(8)?,
        };
        Ok((chain, unsigned(row, 2)?, row.get::<_, Vec<u8>>(4)?))
    });
    let (mut chain, size, roots) = row
        .optional()?
        .ok_or_else(|| damaged("the case has no chain"))?;
    let roots = roots
        .chunks(32)
        .map(|root| root.try_into().map(Sha256::from_bytes));
    let roots = roots
        .collect::<Result<_, _>>()
        .map_err(|_| damaged("the hash tree's subtrees"))?;
    chain.tree = Frontier::from_parts(size, roots).map_err(|error| damaged(&error.to_string()))?;
    if size == 0 {
        chain.genesis = None;
    }
    Ok(chain)
}

/// Before the first event, head and subtrees are empty.
fn opt_blob(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Sha256>> {
    let bytes: Vec<u8> = row.get(index)?;
    Ok(<[u8; 32]>::try_from(bytes).ok().map(Sha256::from_bytes))
}
