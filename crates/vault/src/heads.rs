//! How far each chain had come, kept beside the keys: an older database put back in place is noticed.

use std::fs;
use std::io;
use std::path::PathBuf;

use bundle::Sha256;
use store::{DataRoot, StoreError, durable};

use crate::error::{Result, VaultError};
use crate::ledger::{number, unsigned};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

impl Vault {
    fn head_file(&self, genesis: &Sha256) -> PathBuf {
        self.root().keys().join(format!("{genesis}.head"))
    }

    /// Remembers where the chain of a case stands now. Called after what was acknowledged must never be forgotten.
    pub(crate) fn remember_head(&self, project: &Project) -> Result<()> {
        let chain = self
            .db()
            .read(|connection| crate::ledger::chain_of(connection, &project.id))?;
        if let (Some(genesis), Some(head)) = (chain.genesis, chain.head) {
            let text = format!("{} {head}\n", chain.tree.size());
            durable::write_over(&self.head_file(&genesis), text.as_bytes())?;
        }
        Ok(())
    }

    /// Refuses a database that is older than what was remembered, or has another history.
    pub fn check_heads(&self) -> Result<()> {
        for remembered in remembered(self.root())? {
            let expected = remembered.size;
            let genesis = remembered.genesis.as_bytes();
            let (found, size) = self.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::EVENT_HASH_OF_CHAIN)?;
                let mut rows = statement.query((genesis, number(expected)))?;
                let found: Option<Vec<u8>> = rows.next()?.map(|row| row.get(0)).transpose()?;
                let mut statement = connection.prepare_cached(sql::CHAIN_HEADS)?;
                let chains = statement
                    .query_map((), |row| Ok((row.get::<_, Vec<u8>>(0)?, unsigned(row, 1)?)))?;
                let mut size = 0;
                for chain in chains {
                    let chain = chain?;
                    if chain.0 == genesis {
                        size = chain.1;
                    }
                }
                Ok::<_, VaultError>((found, size))
            })?;
            if found.as_deref() != Some(remembered.head.as_bytes().as_slice()) {
                return Err(VaultError::LedgerRolledBack {
                    found: size,
                    expected,
                });
            }
        }
        Ok(())
    }
}

/// Refuses to begin a new database where an earlier one is remembered: it would be an empty record in the place of a
/// lost one, and nobody would notice.
pub(crate) fn must_not_begin_anew(root: &DataRoot) -> Result<()> {
    let there = fs::metadata(root.termite_db()).is_ok_and(|found| found.len() > 0);
    let longest = remembered(root)?.into_iter().map(|head| head.size).max();
    match longest {
        Some(expected) if !there => Err(VaultError::LedgerRolledBack { found: 0, expected }),
        _ => Ok(()),
    }
}

/// How far a chain had come.
struct Remembered {
    genesis: Sha256,
    size: u64,
    head: Sha256,
}

fn remembered(root: &DataRoot) -> Result<Vec<Remembered>> {
    let folder = root.keys();
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| StoreError::io("list", &folder, error))?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| StoreError::io("list", &folder, error))?
            .path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(Ok(genesis)) = name
            .and_then(|name| name.strip_suffix(".head"))
            .map(str::parse)
        else {
            continue;
        };
        let text =
            fs::read_to_string(&path).map_err(|error| StoreError::io("read", &path, error))?;
        let (size, head) = text.trim_end().split_once(' ').unwrap_or_default();
        if let (Ok(size), Ok(head)) = (size.parse(), head.parse()) {
            all.push(Remembered {
                genesis,
                size,
                head,
            });
        }
    }
    Ok(all)
}
