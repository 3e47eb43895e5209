//! What a column of a database holds, and what stands for it here.

use bundle::Sha256;
use rusqlite::Row;

/// SQLite's integers are signed; sizes and counters never come near the limit.
pub(crate) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A counter or size from a row.
pub(crate) fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// A digest from a row.
pub(crate) fn digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Sha256> {
    row.get::<_, [u8; 32]>(index).map(Sha256::from_bytes)
}

/// A digest or null from a row.
pub(crate) fn opt_digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Sha256>> {
    Ok(row
        .get::<_, Option<[u8; 32]>>(index)?
        .map(Sha256::from_bytes))
}
