//! Making a sealed package again from its seal event: the same bytes, or what differs.

use std::fs::File;
use std::io;
use std::path::Path;

use bundle::Sha256;
use bundle::key::PublicKey;
use bundle::seal::{Plan, Signatures, Signing};
use store::{StoreError, Watch, durable};

use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::evidence::CaseEvidence;
use crate::items::ItemState;
use crate::output::{BundleFile, tee};
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
        let made = Remake::of(self, project, seal)?;
        let signing = Signing::Kept(made.public, &made.signatures);
        let (plan, evidence) = (&made.plan, &made.evidence);
        let (written, found) = match out {
            None => tee(&mut io::sink(), plan, evidence, &signing, watch)?,
            Some(path) => {
                let opened = File::options().write(true).create_new(true).open(path);
                let mut file = opened.map_err(|error| StoreError::io("create", path, error))?;
                let done = tee(&mut file, plan, evidence, &signing, watch)?;
                durable::sync_file(&file, path)?;
                done
            }
        };
        made.must_be(found)?;
        Ok(Reproduced {
            seal: seal.clone(),
            sha256: found,
            bytes: written.bytes,
        })
    }

    /// Makes a package again in its place, over what may lie there; only the very same bytes come to lie there.
    pub(crate) fn put_bundle_back(
        &self,
        project: &Project,
        seal: &SealedBundle,
        watch: &dyn Watch,
    ) -> Result<()> {
        let made = Remake::of(self, project, seal)?;
        let path = self.bundle_path(seal).ok_or_else(|| unknown(seal))?;
        let folder = self.root().made(self.root().bundles_out())?;
        let signing = Signing::Kept(made.public, &made.signatures);
        let file = BundleFile::write(&folder, &made.plan, &made.evidence, &signing, watch)
            .map_err(|error| self.explain(project, error))?;
        made.must_be(file.sha256)?;
        file.place(&path)?;
        Ok(())
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

fn unknown(seal: &SealedBundle) -> VaultError {
    VaultError::SealUnknown(seal.head.to_string())
}

/// What a package is made from again.
struct Remake<'a> {
    evidence: CaseEvidence<'a>,
    plan: Plan,
    public: PublicKey,
    signatures: Signatures,
    expected: Sha256,
}

impl<'a> Remake<'a> {
    fn of(vault: &'a Vault, project: &'a Project, seal: &SealedBundle) -> Result<Self> {
        let (signatures, expected) = seal
            .signatures()
            .zip(seal.bundle_sha256)
            .ok_or_else(|| unknown(seal))?;
        let own = vault
            .own_key(&seal.keyid)?
            .ok_or_else(|| VaultError::KeyUnknown(seal.keyid.to_string()))?;
        let evidence = CaseEvidence {
            vault,
            project,
            unwritten: None,
        };
        let plan = Plan::new(&evidence, seal.seq)
            .map_err(VaultError::from)
            .map_err(|error| vault.explain(project, error))?;
        Ok(Self {
            evidence,
            plan,
            public: own.public,
            signatures,
            expected,
        })
    }

    fn must_be(&self, found: Sha256) -> Result<()> {
        if found == self.expected {
            return Ok(());
        }
        Err(VaultError::NotReproduced {
            expected: self.expected,
            found,
        })
    }
}
