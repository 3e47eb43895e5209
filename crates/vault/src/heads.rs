//! How far each chain had come, kept beside the keys: an older database put back in place is noticed.

use std::fs;
use std::path::PathBuf;

use bundle::Sha256;
use store::{StoreError, durable};

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
        self.remember_head_of(&project.id)
    }

    /// The same by the id of the case.
    pub(crate) fn remember_head_of(&self, project_id: &str) -> Result<()> {
        let chain = self
            .db()
            .read(|connection| crate::ledger::chain_of(connection, project_id))?;
        if let (Some(genesis), Some(head)) = (chain.genesis, chain.head) {
            let text = format!("{} {head}\n", chain.tree.size());
            durable::write_over(&self.head_file(&genesis), text.as_bytes())?;
        }
        Ok(())
    }

    /// Refuses a database that is older than what was remembered, or has another history.
    pub fn check_heads(&self) -> Result<()> {
        let chains: Vec<(Vec<u8>, u64)> = self.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::CHAIN_HEADS)?;
            let rows = statement.query_map((), |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
            Ok::<_, VaultError>(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        for (genesis, size) in chains {
            let Ok(genesis) = <[u8; 32]>::try_from(genesis) else {
                continue;
            };
            let path = self.head_file(&Sha256::from_bytes(genesis));
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(StoreError::io("read", path, error).into()),
            };
            let (expected, head) = text.trim_end().split_once(' ').unwrap_or_default();
            let (Ok(expected), Ok(head)) = (expected.parse::<u64>(), head.parse::<Sha256>()) else {
                continue;
            };
            let found: Option<Vec<u8>> = self.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::EVENT_HASH_OF_CHAIN)?;
                let mut rows = statement.query((genesis, number(expected)))?;
                Ok::<_, VaultError>(rows.next()?.map(|row| row.get(0)).transpose()?)
            })?;
            if found.as_deref() != Some(head.as_bytes().as_slice()) {
                return Err(VaultError::LedgerRolledBack {
                    found: size,
                    expected,
                });
            }
        }
        Ok(())
    }
}
