//! Sealed packages of a case: what was sealed, under which file, with which signatures.

use std::path::PathBuf;

use bundle::Sha256;
use bundle::key::Signature;
use bundle::seal::Signatures;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::column::{digest, number, opt_digest, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::chain_of;
use crate::project::{Project, shown};
use crate::sql;
use crate::vault::Vault;

/// A seal, and the bundle that it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBundle {
    /// Place of its SEAL.
    pub seq: u64,
    /// Hash of its SEAL.
    pub head: Sha256,
    /// `series` or `excerpt`.
    pub kind: String,
    /// Number in the series.
    pub number: Option<u64>,
    /// `open`, `sealed` or `canceled`.
    pub state: String,
    /// First entry that it carries.
    pub first: u64,
    /// How many documents it carries.
    pub documents: u64,
    /// When it was sealed.
    pub ts_utc: String,
    /// Its label.
    pub label: String,
    /// Id of the key that signed.
    pub keyid: Sha256,
    /// Root of the tree, the SEAL counted.
    pub root: Sha256,
    /// Digest of its manifest, once sealed.
    pub manifest_sha256: Option<Sha256>,
    /// Digest of its file, once sealed.
    pub bundle_sha256: Option<Sha256>,
    /// Size of its file in bytes.
    pub bytes: Option<u64>,
    /// Name of its file in the bundles folder.
    pub file_name: Option<String>,
    pub(crate) signatures: Option<String>,
}

impl SealedBundle {
    /// The three signatures that are kept with the seal.
    pub fn signatures(&self) -> Option<Signatures> {
        let mut parts = self
            .signatures
            .as_deref()?
            .split(' ')
            .map(|text| Signature::from_base64(text).ok());
        let (attestation, build, sbom) = (parts.next()??, parts.next()??, parts.next()??);
        Some(Signatures {
            attestation,
            build,
            sbom,
        })
    }

    pub(crate) fn signatures_text(signatures: &Signatures) -> String {
        let Signatures {
            attestation,
            build,
            sbom,
        } = signatures;
        [attestation, build, sbom]
            .map(Signature::to_base64)
            .join(" ")
    }
}

impl Vault {
    /// Seals of a case in order, open and cancelled ones included.
    pub fn seals(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<SealedBundle>> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(sql::SEAL_LIST)?;
            let rows = statement.query_map((chain.id, number(after), number(limit)), read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The sealed package of a number, or of a digest or the beginning of one (at least eight digits).
    pub fn sealed(&self, project: &Project, which: &str) -> Result<SealedBundle> {
        let unknown = || VaultError::SealUnknown(shown(which));
        let seals = self.seals(project, 0, u64::from(u32::MAX))?;
        let mut sealed = seals.into_iter().filter(|seal| seal.state == "sealed");
        let wanted = which.to_lowercase();
        let found = match which.parse::<u64>() {
            Ok(number) if which.len() < 8 => sealed.find(|seal| seal.number == Some(number)),
            _ if wanted.len() >= 8 => sealed.find(|seal| {
                seal.bundle_sha256
                    .is_some_and(|digest| digest.to_string().starts_with(&wanted))
            }),
            _ => None,
        };
        found.ok_or_else(unknown)
    }

    /// Where the file of a sealed package lies, whether or not it is still there.
    pub fn bundle_path(&self, seal: &SealedBundle) -> Option<PathBuf> {
        seal.file_name
            .as_ref()
            .map(|name| self.root().bundles_out().join(name))
    }
}

pub(crate) fn latest_series(connection: &Connection, chain: i64) -> Result<Option<SealedBundle>> {
    let mut statement = connection.prepare_cached(sql::SEAL_LATEST)?;
    Ok(statement.query_row((chain,), read).optional()?)
}

/// All of a chain, open and cancelled ones included.
pub(crate) fn all_seals(connection: &Connection, chain: i64) -> Result<Vec<SealedBundle>> {
    let mut statement = connection.prepare_cached(sql::SEAL_LIST)?;
    let rows = statement.query_map((chain, 0, i64::MAX), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn open_seals(connection: &Connection, chain: i64) -> Result<Vec<SealedBundle>> {
    let mut statement = connection.prepare_cached(sql::SEAL_OPEN)?;
    let rows = statement.query_map((chain,), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn of_chain(connection: &Connection, genesis: &Sha256) -> Result<Vec<SealedBundle>> {
    let mut statement = connection.prepare_cached(sql::SEAL_OF_CHAIN)?;
    let rows = statement.query_map((genesis.as_bytes(),), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SealedBundle> {
    let opt_unsigned = |index: usize| {
        let value: Option<i64> = row.get(index)?;
        Ok::<_, rusqlite::Error>(value.and_then(|value| u64::try_from(value).ok()))
    };
    Ok(SealedBundle {
        seq: unsigned(row, 0)?,
        head: digest(row, 1)?,
        kind: row.get(2)?,
        number: opt_unsigned(3)?,
        state: row.get(4)?,
        first: unsigned(row, 5)?,
        documents: unsigned(row, 6)?,
        ts_utc: row.get(7)?,
        label: row.get(8)?,
        keyid: digest(row, 9)?,
        root: digest(row, 10)?,
        manifest_sha256: opt_digest(row, 11)?,
        bundle_sha256: opt_digest(row, 12)?,
        bytes: opt_unsigned(13)?,
        signatures: row.get(14)?,
        file_name: row.get(15)?,
    })
}
