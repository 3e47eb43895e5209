//! A few connections that read, opened as they are needed.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::{Mode, connect};
use crate::error::{Result, StoreError};

/// How many readers a database has at most; who comes then waits for one.
const MAX: usize = 8;

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    mode: Mode,
    busy: Duration,
    shelf: Mutex<Shelf>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Shelf {
    idle: Vec<Connection>,
    out: usize,
}

impl Readers {
    pub(super) fn new(path: &Path, mode: Mode, busy: Duration) -> Self {
        Self {
            path: path.to_owned(),
            mode,
            busy,
            shelf: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Lends a connection. If `look` panics, that connection is given up.
    pub(super) fn with<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let place = self.place();
        let idle = self.shelf().idle.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path, self.mode, self.busy)?,
        };
        let seen = look(&connection);
        self.shelf().idle.push(connection);
        drop(place);
        seen
    }

    fn place(&self) -> Place<'_> {
        let wait = self
            .returned
            .wait_while(self.shelf(), |shelf| shelf.out >= MAX);
        wait.unwrap_or_else(PoisonError::into_inner).out += 1;
        Place(self)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to one of the connections.
struct Place<'r>(&'r Readers);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.shelf().out -= 1;
        self.0.returned.notify_one();
    }
}
