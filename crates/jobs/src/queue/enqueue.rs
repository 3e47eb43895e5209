//! Asking for a run.

use rusqlite::{Connection, OptionalExtension};
use store::{RunId, Tx};

use super::{Queue, announce, get};
use crate::error::{JobsError, Result};
use crate::id;
use crate::run::{NewRun, Run};
use crate::sql;

/// Words are shown in lists and named in addresses.
const LONGEST_WORD: usize = 64;
/// Labels stand in every list.
const LONGEST_LABEL: usize = 1000;

impl Queue {
    /// Puts a run into the queue. Once this returns, the run survives a crash. With an idempotency key that was used
    /// before, the run of then is returned, however far it is.
    ///
    /// # Errors
    /// `idempotency_conflict` when the key was used for something else; `invalid_run`; as [`store::Db::write`].
    pub fn enqueue(&self, new: &NewRun) -> Result<Run> {
        check(new)?;
        let random = self.entropy.bits128()?;
        let (now, ms) = (self.utc(), self.wall_ms());
        self.write("enqueue", |tx| {
            if let Some(run) = asked_before(tx, new)? {
                return Ok(run);
            }
            let newest: Option<String> = tx
                .prepare_cached(sql::RUN_NEWEST)?
                .query_row((), |row| row.get(0))?;
            let ms = u64::try_from(ms).unwrap_or(0);
            let id = RunId::from(id::next(ms, random, newest.as_deref()).as_str());
            tx.prepare_cached(sql::RUN_INSERT)?.execute((
                id.as_str(),
                &new.project,
                &new.kind,
                &new.label,
                &new.params,
                &new.actor,
                new.priority,
                &new.serial_key,
                &new.request,
                new.max_attempts,
                &now,
            ))?;
            announce(tx, &id, &new.project)?;
            get(tx, &id)
        })
    }

    /// The run that was asked for with an idempotency key.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub fn asked(&self, key: &str) -> Result<Option<Run>> {
        self.db.read(|connection| of_request(connection, key))
    }
}

fn of_request(connection: &Connection, key: &str) -> Result<Option<Run>> {
    let mut statement = connection.prepare_cached(sql::RUN_OF_REQUEST)?;
    Ok(statement.query_row((key,), Run::from_row).optional()?)
}

/// The run that this key stands for, if it asks for the same.
fn asked_before(tx: &Tx<'_>, new: &NewRun) -> Result<Option<Run>> {
    let Some(key) = &new.request else {
        return Ok(None);
    };
    match of_request(tx, key)? {
        Some(run) if !asks_the_same(new, &run) => Err(JobsError::IdempotencyConflict {
            key: key.clone(),
            run: run.id,
        }),
        found => Ok(found),
    }
}

/// Whoever repeats a request repeats what it asks for; priority and the like are the program's own.
fn asks_the_same(new: &NewRun, run: &Run) -> bool {
    (&new.project, &new.kind, &new.label, &new.params)
        == (&run.project, &run.kind, &run.label, &run.params)
}

fn check(new: &NewRun) -> Result<()> {
    let invalid = |what, given: &str, rule| {
        Err(JobsError::InvalidRun {
            what,
            given: given.chars().take(LONGEST_WORD).collect(),
            rule,
        })
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if new.kind.is_empty() || new.kind.len() > LONGEST_WORD || !new.kind.chars().all(plain) {
        let rule = "it is a word of at most 64 letters, digits, points, lines and underlines";
        return invalid("the kind", &new.kind, rule);
    }
    if new.label.chars().count() > LONGEST_LABEL {
        return invalid("the label", &new.label, "it has at most 1000 characters");
    }
    if new.max_attempts == 0 {
        return invalid("the number of attempts", "0", "it is at least 1");
    }
    if new.request.as_ref().is_some_and(String::is_empty) {
        return invalid("the idempotency key", "", "it is not empty");
    }
    Ok(())
}
