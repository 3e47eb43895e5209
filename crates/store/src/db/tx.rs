//! A write transaction: its fence, the effects it remembers, the changes it announces.

use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::{FenceToken, Origin, RunId};
use crate::crash::{Act, point};
use crate::error::{Result, StoreError};

/// A write transaction. It is also the [`Transaction`] that statements are prepared on.
#[derive(Debug)]
pub struct Tx<'c> {
    inner: Transaction<'c>,
    key: String,
}

impl<'c> Tx<'c> {
    /// Begins at once (`BEGIN IMMEDIATE`) and checks the fence.
    pub(super) fn begin(connection: &'c Connection, origin: &Origin) -> Result<Self> {
        let inner = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let tx = Self {
            inner,
            key: origin.key(),
        };
        if let Origin::Run { run_id, token, .. } = origin
            && tx.fence(run_id)? != Some(*token)
        {
            return Err(StoreError::LeaseLost {
                run_id: run_id.to_string(),
            });
        }
        Ok(tx)
    }

    pub(super) fn commit(self) -> Result<()> {
        point(Act::Commit);
        Ok(self.inner.commit()?)
    }

    /// What this run or request did before in this step for this item: then it must not be done again.
    ///
    /// # Errors
    /// `database_corrupt`, `io`.
    pub fn effect(&self, step: &str, item: &str) -> Result<Option<String>> {
        let sql = "SELECT result FROM effects WHERE run_id = ?1 AND step = ?2 AND item = ?3";
        let mut statement = self.inner.prepare_cached(sql)?;
        Ok(statement
            .query_row((&self.key, step, item), |row| row.get(0))
            .optional()?)
    }

    /// Remembers what is done in this transaction for this item, so that a repeated step finds it.
    ///
    /// # Errors
    /// `database_failed` when an effect is remembered already; `disk_full`, `io`.
    pub fn record_effect(&self, step: &str, item: &str, result: &str) -> Result<()> {
        let sql = "INSERT INTO effects (run_id, step, item, result) VALUES (?1, ?2, ?3, ?4)";
        self.inner
            .prepare_cached(sql)?
            .execute((&self.key, step, item, result))?;
        Ok(())
    }

    /// The same where a repeated step may do something else than before, because that came to nothing.
    ///
    /// # Errors
    /// `disk_full`, `io`.
    pub fn replace_effect(&self, step: &str, item: &str, result: &str) -> Result<()> {
        let sql = "INSERT INTO effects (run_id, step, item, result) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (run_id, step, item) DO UPDATE SET result = excluded.result";
        self.inner
            .prepare_cached(sql)?
            .execute((&self.key, step, item, result))?;
        Ok(())
    }

    /// Announces that something changed: a word for its kind, its id, its project (empty for none). Whoever watches
    /// learns of it once this is committed. Returns the number of the change.
    ///
    /// # Errors
    /// `disk_full`, `io`.
    pub fn changed(&self, kind: &str, id: &str, project: &str) -> Result<i64> {
        let sql = "INSERT INTO changes (kind, id, project) VALUES (?1, ?2, ?3) RETURNING seq";
        let mut statement = self.inner.prepare_cached(sql)?;
        Ok(statement.query_row((kind, id, project), |row| row.get(0))?)
    }

    pub(super) fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<()> {
        if self.fence(run)?.is_some_and(|held| held > token) {
            return Err(StoreError::LeaseLost {
                run_id: run.to_string(),
            });
        }
        let sql = "INSERT INTO fence (run_id, token) VALUES (?1, ?2)
                   ON CONFLICT (run_id) DO UPDATE SET token = excluded.token";
        self.inner
            .prepare_cached(sql)?
            .execute((run.to_string(), token.0))?;
        Ok(())
    }

    fn fence(&self, run: &RunId) -> Result<Option<FenceToken>> {
        let mut statement = self
            .inner
            .prepare_cached("SELECT token FROM fence WHERE run_id = ?1")?;
        Ok(statement
            .query_row((run.to_string(),), |row| row.get(0).map(FenceToken))
            .optional()?)
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Transaction<'c>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}
