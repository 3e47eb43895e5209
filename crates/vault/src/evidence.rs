//! The ledger and blobs of one case, as a sealer takes them.

use std::io::Read;

use bundle::Sha256;
use bundle::canon::Value;
use bundle::format::event::Event;
use bundle::merkle::Frontier;
use bundle::seal::{Evidence, SealError};
use bundle::zip::Folder;
use rusqlite::OptionalExtension;
use store::blobs::Stored;
use store::{BlobKind, StoreError};

use crate::column::{digest, number, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::chain_of;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// How much of a blob is handed on at once.
const PIECE: usize = 256 << 10;

/// The folder of a bundle for a kind of blob.
pub(crate) const fn kind_of(folder: Folder) -> BlobKind {
    match folder {
        Folder::Raw => BlobKind::Raw,
        Folder::Extract => BlobKind::Extract,
        Folder::Aux => BlobKind::Aux,
    }
}

/// The folder of a bundle for a kind of blob, the other way round.
pub(crate) const fn folder_of(kind: BlobKind) -> Folder {
    match kind {
        BlobKind::Raw => Folder::Raw,
        BlobKind::Extract => Folder::Extract,
        BlobKind::Aux => Folder::Aux,
    }
}

/// A SEAL that is not in the ledger yet, and the papers that it pins.
#[derive(Clone, Copy)]
pub(crate) struct Unwritten<'a> {
    pub event: &'a Event,
    pub aux: &'a [Stored],
}

/// One case's part of the vault.
pub(crate) struct CaseEvidence<'a> {
    pub vault: &'a Vault,
    pub project: &'a Project,
    /// A SEAL that is not in the ledger yet: what a bundle of it would be is asked before.
    pub unwritten: Option<Unwritten<'a>>,
}

impl CaseEvidence<'_> {
    fn hashes(&self, size: u64) -> Result<Frontier> {
        self.vault.db().read(|connection| {
            let chain = chain_of(connection, &self.project.id)?;
            if chain.tree.size() == size {
                return Ok(chain.tree);
            }
            let mut tree = Frontier::new();
            let mut statement = connection.prepare_cached(sql::EVENT_HASHES)?;
            let mut rows = statement.query((chain.id, 1, number(size)))?;
            while let Some(row) = rows.next()? {
                tree.push(&digest(row, 0)?);
            }
            Ok(tree)
        })
    }

    fn title(&self, seq: u64) -> Result<String> {
        let source: Option<String> = self.vault.db().read(|connection| {
            let chain = chain_of(connection, &self.project.id)?;
            let mut statement = connection.prepare_cached(sql::EVENT_TITLE_BEFORE)?;
            Ok::<_, VaultError>(
                statement
                    .query_row((chain.id, number(seq)), |row| row.get(0))
                    .optional()?,
            )
        })?;
        let source = source.and_then(|text| Value::parse(text.as_bytes()).ok());
        let title = source
            .as_ref()
            .and_then(Value::as_object)
            .and_then(|source| source.get("title")?.as_str());
        Ok(title.unwrap_or_default().to_owned())
    }

    fn facts(&self, folder: Folder, sha256: &Sha256) -> Result<(u64, u32)> {
        let kind = kind_of(folder);
        let aux = self.unwritten.map(|seal| seal.aux).unwrap_or_default();
        if let Some(stored) = aux
            .iter()
            .find(|stored| stored.digest == *sha256 && stored.kind == kind)
        {
            return Ok((stored.size, stored.crc32));
        }
        let found = self.vault.db().read(|connection| {
            let mut statement = connection.prepare_cached(sql::BLOB_FACTS)?;
            let row = statement.query_row((sha256.as_bytes(), kind.as_str()), |row| {
                let crc: i64 = row.get(1)?;
                Ok((unsigned(row, 0)?, u32::try_from(crc).unwrap_or_default()))
            });
            Ok::<_, VaultError>(row.optional()?)
        })?;
        let missing = || StoreError::BlobMissing {
            kind,
            digest: *sha256,
            path: self.vault.blobs().path(kind, *sha256),
        };
        Ok(found.ok_or_else(missing)?)
    }
}

impl Evidence for CaseEvidence<'_> {
    fn events(
        &self,
        first: u64,
        last: u64,
        on_event: &mut dyn FnMut(Event) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        struct Carried(SealError);
        impl From<VaultError> for Carried {
            fn from(error: VaultError) -> Self {
                Self(SealError::evidence(error))
            }
        }
        let each = &mut |event| on_event(event).map_err(Carried);
        self.vault
            .each_event(&self.project.id, first, last, each)
            .map_err(|Carried(error)| error)?;
        match self
            .unwritten
            .filter(|seal| (first..=last).contains(&seal.event.payload.seq))
        {
            Some(seal) => on_event(seal.event.clone()),
            None => Ok(()),
        }
    }

    fn tree_at(&self, size: u64) -> Result<Frontier, SealError> {
        self.hashes(size).map_err(SealError::evidence)
    }

    fn project(&self, seq: u64) -> Result<(String, String), SealError> {
        let title = self.title(seq).map_err(SealError::evidence)?;
        Ok((self.project.id.clone(), title))
    }

    fn blob(&self, folder: Folder, digest: &Sha256) -> Result<(u64, u32), SealError> {
        self.facts(folder, digest).map_err(SealError::evidence)
    }

    fn copy_blob(
        &self,
        folder: Folder,
        digest: &Sha256,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), SealError>,
    ) -> Result<(), SealError> {
        let opened = self.vault.blobs().open_blob(kind_of(folder), *digest);
        let mut reader = opened.map_err(|error| SealError::evidence(VaultError::from(error)))?;
        let mut buffer = vec![0; PIECE];
        loop {
            let got = reader.read(&mut buffer).map_err(|error| {
                let path = self.vault.blobs().path(kind_of(folder), *digest);
                SealError::evidence(VaultError::from(StoreError::io("read", path, error)))
            })?;
            if got == 0 {
                return Ok(());
            }
            sink(buffer.get(..got).unwrap_or_default())?;
        }
    }
}
