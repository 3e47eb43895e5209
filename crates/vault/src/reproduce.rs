//! Making a sealed package again from its seal event: the same bytes, or what differs.

use std::fs::File;
use std::io;
use std::path::Path;

use bundle::Sha256;
use bundle::seal::{Plan, Signing};
use store::{StoreError, Watch, durable};

use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::evidence::CaseEvidence;
use crate::items::ItemState;
use crate::output::tee;
use crate::project::Project;
use crate::vault::Vault;

/// A package made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reproduced {
    /// The seal that it was made from.
    pub seal: SealedBundle,
    /// Digest of the bytes, equal to the one of the first sealing.
    pub sha256: Sha256,
    /// Their number.
    pub bytes: u64,
}

impl Vault {
    /// Makes a package again, with the signatures kept from the first sealing and without any private key. Writes it to
    /// `out`, or nowhere.
    pub fn reproduce(
        &self,
        project: &Project,
        seal: &SealedBundle,
        out: Option<&Path>,
        watch: &dyn Watch,
    ) -> Result<Reproduced> {
        let unknown = || VaultError::SealUnknown(seal.head.to_string());
        let (signatures, expected) = seal
            .signatures()
            .zip(seal.bundle_sha256)
            .ok_or_else(unknown)?;
        let own = self
            .own_key(&seal.keyid)?
            .ok_or_else(|| VaultError::KeyUnknown(seal.keyid.to_string()))?;
        let evidence = CaseEvidence {
            vault: self,
            project,
            unwritten: None,
        };
        let plan = Plan::new(&evidence, seal.seq)
            .map_err(VaultError::from)
            .map_err(|error| self.explain(project, error))?;
        let signing = Signing::Kept(own.public, &signatures);
        let (written, found) = match out {
            None => tee(&mut io::sink(), &plan, &evidence, &signing, watch)?,
            Some(path) => {
                let opened = File::options().write(true).create_new(true).open(path);
                let mut file = opened.map_err(|error| StoreError::io("create", path, error))?;
                let done = tee(&mut file, &plan, &evidence, &signing, watch)?;
                durable::sync_file(&file, path)?;
                done
            }
        };
        if found != expected {
            return Err(VaultError::NotReproduced { expected, found });
        }
        Ok(Reproduced {
            seal: seal.clone(),
            sha256: found,
            bytes: written.bytes,
        })
    }

    /// A missing blob that was erased on purpose is a tombstone, not damage.
    fn explain(&self, project: &Project, error: VaultError) -> VaultError {
        let VaultError::Store(StoreError::BlobMissing { digest, .. }) = &error else {
            return error;
        };
        let mut erased = Vec::new();
        let mut after = 0;
        while let Ok(items) = self.items(project, after, 1000) {
            let Some(last) = items.last() else { break };
            after = last.item;
            let gone = |item: &&crate::items::Item| {
                item.state == ItemState::Erased
                    && (item.raw_sha256 == *digest || item.extract_sha256 == Some(*digest))
            };
            erased.extend(items.iter().filter(gone).map(|item| item.item));
        }
        if erased.is_empty() {
            error
        } else {
            VaultError::Withdrawn(erased)
        }
    }
}
