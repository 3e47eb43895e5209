//! Which sealed packages of a case hold an item.

use std::collections::BTreeSet;

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::seal::Wishes;
use rusqlite::Connection;

use crate::bundles::{SealedBundle, all_seals};
use crate::column::unsigned;
use crate::detail::{body, text};
use crate::error::Result;
use crate::items::Item;
use crate::ledger::{chain_of, event_at};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// A sealed package that holds something of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The package.
    pub bundle: SealedBundle,
    /// It holds the entry that took the item in.
    pub record: bool,
    /// It holds the bytes, of this item or of another one with the same.
    pub bytes: bool,
}

impl Vault {
    /// The sealed packages of a case that hold an item or its bytes, oldest first. What others copied elsewhere is not
    /// known here; what was handed over stands in the item's custody.
    ///
    /// # Errors
    /// What the store says when it cannot be read.
    pub fn holdings(&self, project: &Project, item: &Item) -> Result<Vec<Holding>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?.id;
            holdings(connection, chain, item)
        })
    }
}

pub(crate) fn holdings(connection: &Connection, chain: i64, item: &Item) -> Result<Vec<Holding>> {
    let raw = item.raw_sha256;
    let mut statement = connection.prepare_cached(sql::ITEMS_OF_BYTES)?;
    let captures = statement.query_map((chain, raw.as_bytes()), |row| {
        Ok((unsigned(row, 0)?, unsigned(row, 1)?))
    })?;
    let captures: Vec<(u64, u64)> = captures.collect::<rusqlite::Result<_>>()?;
    let erasures = erasures(connection, chain, &raw)?;
    let mut found = Vec::new();
    for bundle in all_seals(connection, chain)? {
        if bundle.state != "sealed" {
            continue;
        }
        let within = |seq: u64| (bundle.first..bundle.seq).contains(&seq);
        let chosen = chosen_items(connection, chain, &bundle)?;
        let (record, bytes) = if let Some(chosen) = chosen {
            // Chosen items stood when the excerpt was made, and entries about others are not in it.
            let same = captures.iter().any(|(item, _)| chosen.contains(item));
            (chosen.contains(&item.item), same)
        } else {
            let last = captures.iter().map(|(_, seq)| *seq);
            let last = last.filter(|seq| within(*seq)).max();
            let erased = |last: u64| erasures.iter().any(|seq| *seq > last && within(*seq));
            (within(item.seq), last.is_some_and(|last| !erased(last)))
        };
        if record || bytes {
            found.push(Holding {
                bundle,
                record,
                bytes,
            });
        }
    }
    Ok(found)
}

/// The numbers that an excerpt was made of; none for a package of the series.
pub(crate) fn chosen_items(
    connection: &Connection,
    chain: i64,
    bundle: &SealedBundle,
) -> Result<Option<BTreeSet<u64>>> {
    if bundle.kind == "series" {
        return Ok(None);
    }
    let seal = event_at(connection, chain, bundle.seq)?;
    let source = body(seal.as_ref().and_then(|seal| seal.source.as_ref()));
    let items = Wishes::read(&source).ok().and_then(|wishes| wishes.items);
    Ok(Some(items.into_iter().flatten().collect()))
}

/// The entries that say that these bytes were erased.
fn erasures(connection: &Connection, chain: i64, raw: &Sha256) -> Result<Vec<u64>> {
    let mut statement = connection.prepare_cached(sql::WITHDRAWALS_OF_BYTES)?;
    let mut rows = statement.query((chain, raw.as_bytes()))?;
    let mut erasures = Vec::new();
    let wanted = raw.to_string();
    while let Some(row) = rows.next()? {
        let content = body(Some(&row.get(1)?));
        let digests = content.get("erased").and_then(Value::as_array);
        let digests = digests.unwrap_or_default();
        if digests
            .iter()
            .any(|digest| digest.as_str() == Some(&wanted))
        {
            erasures.push(unsigned(row, 0)?);
        }
    }
    Ok(erasures)
}

/// Whether an entry is about a package: what happened to it happened to all that it holds.
pub(crate) fn is_about(content: &bundle::canon::Object, bundle: &SealedBundle) -> bool {
    let names = |key: &str, digest: Option<Sha256>| {
        digest.is_some_and(|digest| text(content, key) == digest.to_string())
    };
    names("bundle_sha256", bundle.bundle_sha256) || names("manifest_sha256", bundle.manifest_sha256)
}
