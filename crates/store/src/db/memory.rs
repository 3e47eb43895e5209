//! A database in memory, for tests that need thousands of them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;

use super::{Db, Mode, within};
use crate::error::Result;
use crate::migrate::{self, Schema};
use crate::root::Access;

impl Db {
    /// A database that lies in memory and is gone with this value: for tests of logic, as nothing of it survives
    /// anything. Transactions, fences and changes are those of every other database.
    ///
    /// # Errors
    /// `database_failed` where the schema does not hold together.
    pub fn in_memory(schema: &Schema) -> Result<Self> {
        let path = PathBuf::from(":memory:");
        let connection = within(&path, || {
            let connection = Connection::open_in_memory()?;
            connection.set_prepared_statement_cache_capacity(128);
            migrate::apply(&connection, &path, schema)?;
            connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")?;
            Ok::<_, crate::StoreError>(connection)
        })?;
        Ok(Self {
            path,
            access: Access::Write,
            // The only connection there is: no other would see the same database.
            reading: Mode::Alone,
            busy: Duration::ZERO,
            readers: None,
            main: Mutex::new(connection),
            commits: Arc::default(),
            _mark: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{FenceToken, Origin, RunId};
    use crate::error::StoreError;
    use crate::migrate::Migration;

    const NOTES: Schema = Schema {
        migrations: &[Migration {
            version: 1,
            name: "notes",
            sql: "CREATE TABLE notes (text TEXT NOT NULL) STRICT",
        }],
        derived: false,
    };

    #[test]
    fn it_has_fences_effects_and_changes_like_every_other() {
        let db = Db::in_memory(&NOTES).unwrap();
        let mut changes = db.watch_changes().unwrap();
        let run = RunId::from("r");
        let write = |token| {
            let origin = Origin::Run {
                run_id: run.clone(),
                step: "s".to_owned(),
                token: FenceToken(token),
            };
            db.write::<_, StoreError>(&origin, |tx| tx.record_effect("s", &token.to_string(), ""))
        };
        db.raise_fence(&run, FenceToken(2)).unwrap();
        assert_eq!(write(1).unwrap_err().code(), "lease_lost");
        write(2).unwrap();
        assert!(changes.moved().unwrap() && !changes.moved().unwrap());
        let other = Db::in_memory(&NOTES).unwrap();
        assert_eq!(other.change_range().unwrap(), None);
    }
}
