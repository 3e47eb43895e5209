//! An open vault: one data root's documents, ledgers, keys and bundles.

use std::path::Path;
use std::sync::{Arc, Mutex};

use bundle::format::text::clean;
use rusqlite::{Connection, OptionalExtension};
use store::durable::{self, Swept};
use store::{
    Access, Blobs, Clock, DataRoot, Database, Db, Entropy, FenceToken, Origin, RequestId, RunId, Tx,
};

use crate::error::Result;
use crate::heads::must_not_begin_anew;
use crate::machine::Machine;
use crate::person::{Actor, By, Operator};
use crate::{hex, sql};

/// One data root, opened. Any number of threads may use it.
pub struct Vault {
    root: DataRoot,
    db: Db,
    blobs: Blobs,
    machine: Machine,
    /// The search index, once it was needed.
    index: Mutex<Option<Arc<Db>>>,
}

/// Who does something, and on whose behalf it is written.
#[derive(Debug, Clone)]
pub struct Act {
    actor: Actor,
    origin: Origin,
}

impl Act {
    /// An act of `actor` within `origin`.
    pub fn new(actor: Actor, origin: Origin) -> Self {
        Self { actor, origin }
    }

    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// On whose behalf.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same act by somebody else.
    pub(crate) fn by(&self, actor: Actor) -> Self {
        Self::new(actor, self.origin.clone())
    }
}

impl Vault {
    /// Opens the vault of a data root; for writing, tidies up what a crash left half done and says what that was.
    pub fn open(root: DataRoot, machine: Machine) -> Result<(Self, Swept)> {
        if root.access() == Access::Write {
            must_not_begin_anew(&root)?;
        }
        let db = Db::open(&root, Database::Termite, &sql::TERMITE)?;
        let blobs = Blobs::open(&root)?;
        let mut swept = Swept::default();
        if root.access() == Access::Write {
            swept += blobs.sweep_tmp()?;
            for folder in [root.bundles_out(), root.keys()] {
                swept += durable::sweep(&folder)?;
            }
        }
        Ok((
            Self {
                root,
                db,
                blobs,
                machine,
                index: Mutex::default(),
            },
            swept,
        ))
    }

    /// A vault to be looked at, whose record is a copy that lies at `database`.
    pub(crate) fn over_copy(root: DataRoot, database: &Path, machine: Machine) -> Result<Self> {
        let db = Db::open_copy(database, &sql::TERMITE, root.busy_timeout())?;
        Ok(Self {
            blobs: Blobs::open(&root)?,
            root,
            db,
            machine,
            index: Mutex::default(),
        })
    }

    /// The data root.
    pub fn root(&self) -> &DataRoot {
        &self.root
    }

    /// The database of documents and ledgers.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The content-addressed store.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Clock, randomness, names.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    pub(crate) fn index_cell(&self) -> &Mutex<Option<Arc<Db>>> {
        &self.index
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.machine.clock
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.machine.entropy
    }

    /// The name of this computer.
    pub fn host(&self) -> &str {
        &self.machine.host
    }

    /// Makes a token the one that a run must show to write here: the first act of whoever has claimed the run.
    ///
    /// # Errors
    /// `lease_lost` when a later claim was here already.
    pub fn raise_fence(&self, run: &RunId, token: FenceToken) -> Result<()> {
        Ok(self.db().raise_fence(run, token)?)
    }

    /// A new act: by the person given for this once, else by the operator, else by nobody named.
    pub fn act(&self, once: Option<&str>, by: By) -> Result<Act> {
        let operator = self.operator()?;
        let actor = match (once, operator) {
            (Some(name), Some(operator)) if operator.name == name => actor_of(&operator, by),
            (Some(name), _) => Actor {
                name: clean(name.as_bytes()).text,
                ..Actor::not_stated(by)
            },
            (None, Some(operator)) => actor_of(&operator, by),
            (None, None) => Actor::not_stated(by),
        };
        let id = hex(&self.entropy().bits128()?);
        Ok(Act::new(
            actor,
            Origin::Request {
                id: RequestId::from(id.as_str()),
            },
        ))
    }

    /// The operator, if one was set.
    pub fn operator(&self) -> Result<Option<Operator>> {
        Ok(self
            .setting("", "operator")?
            .map(|text| Operator::from_text(&text))
            .filter(|o| !o.name.is_empty()))
    }

    pub(crate) fn setting(&self, scope: &str, key: &str) -> Result<Option<String>> {
        self.db
            .read(|connection| setting_in(connection, scope, key))
    }

    pub(crate) fn set(&self, scope: &str, key: &str, value: &str) -> Result<()> {
        self.write_as("setting", |tx| {
            tx.prepare_cached(sql::SETTING_SET)?
                .execute((scope, key, value))?;
            Ok(())
        })
    }

    /// Writes something of the program's own that is nobody's act.
    pub(crate) fn write_as<T>(
        &self,
        what: &str,
        work: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let id = RequestId::from(what);
        self.db.write(&Origin::Request { id }, work)
    }

    /// Whether a path lies inside the data root; such files are never captured.
    pub fn holds(&self, path: &Path) -> bool {
        path.starts_with(self.root.path())
    }
}

/// A setting, asked within a transaction.
pub(crate) fn setting_in(
    connection: &Connection,
    scope: &str,
    key: &str,
) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(sql::SETTING_GET)?;
    Ok(statement
        .query_row((scope, key), |row| row.get(0))
        .optional()?)
}

fn actor_of(operator: &Operator, by: By) -> Actor {
    Actor {
        id: operator.id.clone(),
        name: operator.name.clone(),
        role: operator.role.clone(),
        by,
    }
}
