//! How far each chain had come, kept beside the keys: an older database put back in place is noticed.

use std::fs;
use std::io;
use std::path::PathBuf;

use bundle::Sha256;
use rusqlite::{Connection, OptionalExtension};
use store::{DataRoot, StoreError, durable};

use crate::column::{number, unsigned};
use crate::error::{Result, VaultError};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// How the names of these files end.
const END: &str = ".head";

/// In the place of a hash: whatever the entry is. No entry has this hash.
const ANY: Sha256 = Sha256::from_bytes([0; 32]);

/// What is remembered of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// The chain has the entry that was remembered.
    Fits,
    /// Nothing is remembered.
    Missing,
    /// The file cannot be read.
    Unreadable,
    /// The chain ends before the entry that was remembered, has another one in its place, or is gone.
    RolledBack {
        /// Where it was remembered to end.
        expected: u64,
    },
}

/// A chain and what is remembered of it.
#[derive(Debug, Clone)]
pub(crate) struct HeadState {
    /// The file.
    pub path: PathBuf,
    /// Name of the case; empty for a chain that is not in the database.
    pub project: String,
    /// Where the chain ends.
    pub found: u64,
    /// What is remembered.
    pub head: Head,
}

impl Vault {
    fn head_file(&self, genesis: &Sha256) -> PathBuf {
        self.root().keys().join(format!("{genesis}{END}"))
    }

    /// Remembers where the chain of a case stands now. Called after what was acknowledged must never be forgotten.
    pub(crate) fn remember_head(&self, project: &Project) -> Result<()> {
        self.remember_head_of(&project.id)
    }

    /// The same by the id of the case.
    pub(crate) fn remember_head_of(&self, project_id: &str) -> Result<()> {
        let chain = self
            .db()
            .read(|connection| crate::ledger::chain_of(connection, project_id))?;
        if let (Some(genesis), Some(head)) = (chain.genesis, chain.head) {
            let text = format!("{} {head}\n", chain.tree.size());
            let folder = self.root().made(self.root().keys())?;
            durable::write_over(&folder.join(format!("{genesis}{END}")), text.as_bytes())?;
        }
        Ok(())
    }

    /// Puts aside what is remembered of chains that are not in the database; it stays to be looked at.
    pub(crate) fn set_aside_lost_heads(&self) -> Result<()> {
        for state in self.head_states()? {
            if state.project.is_empty() {
                durable::rename_over(&state.path, &state.path.with_extension("lost"))?;
            }
        }
        Ok(durable::sync_folder(&self.root().keys())?)
    }

    /// Refuses a database that is older than what was remembered, or has another history.
    pub fn check_heads(&self) -> Result<()> {
        for state in self.head_states()? {
            if let Head::RolledBack { expected } = state.head {
                return Err(VaultError::LedgerRolledBack {
                    found: state.found,
                    expected,
                });
            }
        }
        Ok(())
    }

    /// All chains and all that is remembered. The files are read first: what is written meanwhile only adds to a chain.
    pub(crate) fn head_states(&self) -> Result<Vec<HeadState>> {
        let files = head_files(self.root())?;
        self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::CHAIN_NAMES)?;
            let rows = statement.query_map((), |row| {
                let genesis: Vec<u8> = row.get(0)?;
                Ok((genesis, unsigned(row, 1)?, row.get::<_, String>(2)?))
            })?;
            let mut states = Vec::new();
            let mut known = Vec::new();
            for row in rows {
                let (genesis, found, project) = row?;
                let Ok(genesis) = <[u8; 32]>::try_from(genesis).map(Sha256::from_bytes) else {
                    continue;
                };
                known.push(genesis);
                let remembered = files.iter().find(|(chain, _)| *chain == genesis);
                let head = match remembered {
                    None => Head::Missing,
                    Some((_, None)) => Head::Unreadable,
                    Some((_, Some((size, head)))) => judge(connection, &genesis, *size, head)?,
                };
                states.push(HeadState {
                    path: self.head_file(&genesis),
                    project,
                    found,
                    head,
                });
            }
            let gone = files.iter().filter(|(chain, _)| !known.contains(chain));
            states.extend(gone.filter_map(|(genesis, remembered)| {
                Some(HeadState {
                    path: self.head_file(genesis),
                    project: String::new(),
                    found: 0,
                    head: Head::RolledBack {
                        expected: remembered.as_ref()?.0,
                    },
                })
            }));
            Ok(states)
        })
    }
}

/// What is remembered of each chain; none where the file cannot be read.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn head_files(root: &DataRoot) -> Result<Vec<(Sha256, Option<(u64, Sha256)>)>> {
    let folder = root.keys();
    let failed = |error| StoreError::io("list", &folder, error);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut heads = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let genesis = name.to_str().and_then(|name| name.strip_suffix(END));
        let Some(genesis) = genesis.and_then(|text| text.parse().ok()) else {
            continue;
        };
        let path = entry.path();
        let text = fs::read_to_string(&path);
        let text = match text {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
            text => text.map_err(|error| StoreError::io("read", path, error))?,
        };
        let parts = text.trim_end().split_once(' ');
        let parts = parts.and_then(|(size, head)| Some((size.parse().ok()?, head.parse().ok()?)));
        heads.push((genesis, parts));
    }
    Ok(heads)
}

/// Before a database comes from a backup: remembers one entry more than it has, unless more is remembered already.
/// With that it is refused until it is on record that it was restored.
pub(crate) fn expect_more(root: &DataRoot, genesis: &Sha256, size: u64) -> Result<()> {
    let folder = root.made(root.keys())?;
    let path = folder.join(format!("{genesis}{END}"));
    let known = fs::read_to_string(&path).unwrap_or_default();
    let known = known.split(' ').next().and_then(|text| text.parse().ok());
    if known.is_none_or(|known: u64| known <= size) {
        let text = format!("{} {ANY}\n", size + 1);
        durable::write_over(&path, text.as_bytes())?;
    }
    Ok(())
}

/// Whether a database that came from a backup still waits for the entry that says so.
pub(crate) fn waits_for_entry(root: &DataRoot) -> Result<bool> {
    let waits = |head: Option<(u64, Sha256)>| head.is_some_and(|(_, head)| head == ANY);
    Ok(head_files(root)?.into_iter().any(|(_, head)| waits(head)))
}

fn judge(connection: &Connection, genesis: &Sha256, size: u64, head: &Sha256) -> Result<Head> {
    let mut statement = connection.prepare_cached(sql::EVENT_HASH_OF_CHAIN)?;
    let found: Option<Vec<u8>> = statement
        .query_row((genesis.as_bytes(), number(size)), |row| row.get(0))
        .optional()?;
    Ok(match found {
        // The entry that was waited for is there; its hash was not known before.
        Some(_) if *head == ANY => Head::Fits,
        Some(found) if found == head.as_bytes() => Head::Fits,
        _ => Head::RolledBack { expected: size },
    })
}

/// Refuses to begin a new database where an earlier one is remembered: it would be an empty record in the place of a
/// lost one, and nobody would notice.
pub(crate) fn must_not_begin_anew(root: &DataRoot) -> Result<()> {
    let there = fs::metadata(root.termite_db()).is_ok_and(|found| found.len() > 0);
    let remembered = head_files(root)?.into_iter();
    match remembered.filter_map(|(_, head)| Some(head?.0)).max() {
        Some(expected) if !there => Err(VaultError::LedgerRolledBack { found: 0, expected }),
        _ => Ok(()),
    }
}
