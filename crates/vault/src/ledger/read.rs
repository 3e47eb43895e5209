//! Reading events back, in order.

use bundle::format::event::{Event, Payload};
use bundle::format::kind::EventType;
use rusqlite::{Connection, OptionalExtension, Row};

use super::chain_of;
use crate::column::{digest, number, opt_digest, unsigned};
use crate::error::{Result, VaultError};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// An event from a row of the range statements.
pub(crate) fn read_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind: String = row.get(2)?;
    let payload = Payload {
        seq: unsigned(row, 0)?,
        ts_utc: row.get(1)?,
        toolchain_id: row.get(3)?,
        content_sha256: digest(row, 4)?,
        source_sha256: opt_digest(row, 5)?,
        machine_sha256: opt_digest(row, 6)?,
    };
    Ok(Event {
        kind: EventType::parse(&kind).unwrap_or(EventType::Other(kind.into())),
        payload,
        prev: opt_digest(row, 7)?,
        hash: digest(row, 8)?,
        content: row.get(9)?,
        source: row.get(10)?,
        machine: row.get(11)?,
    })
}

/// One entry.
pub(crate) fn event_at(connection: &Connection, chain: i64, seq: u64) -> Result<Option<Event>> {
    let mut statement = connection.prepare_cached(sql::EVENTS_RANGE)?;
    let fields = (chain, number(seq), number(seq));
    Ok(statement.query_row(fields, read_event).optional()?)
}

/// Entries about one item, oldest first.
pub(crate) fn events_of(connection: &Connection, chain: i64, item: u64) -> Result<Vec<Event>> {
    let mut statement = connection.prepare_cached(sql::EVENTS_OF_ITEM)?;
    let rows = statement.query_map((chain, number(item)), read_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Vault {
    /// Entries of a case after `after`, oldest first, at most `limit`.
    pub fn events(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        self.each_event::<VaultError>(
            &project.id,
            after + 1,
            after.saturating_add(limit),
            &mut |event| {
                events.push(event);
                Ok(())
            },
        )?;
        Ok(events)
    }

    /// Entries about one item, oldest first.
    pub fn events_of_item(&self, project: &Project, item: u64) -> Result<Vec<Event>> {
        self.db()
            .read(|connection| events_of(connection, chain_of(connection, &project.id)?.id, item))
    }

    /// How many entries a case has.
    pub fn ledger_size(&self, project: &Project) -> Result<u64> {
        self.db()
            .read(|connection| Ok(chain_of(connection, &project.id)?.tree.size()))
    }

    pub(crate) fn each_event<E: From<VaultError>>(
        &self,
        project_id: &str,
        first: u64,
        last: u64,
        on_event: &mut dyn FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut result = Ok(());
        let read: Result<()> = self.db().read(|connection| {
            let chain = chain_of(connection, project_id)?;
            let mut statement = connection.prepare_cached(sql::EVENTS_RANGE)?;
            let mut rows = statement.query((chain.id, number(first), number(last)))?;
            while let Some(row) = rows.next()? {
                result = on_event(read_event(row)?);
                if result.is_err() {
                    break;
                }
            }
            Ok(())
        });
        read?;
        result
    }
}
