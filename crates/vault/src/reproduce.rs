//! Making a sealed package again from its seal event: the same bytes, or what differs.

use std::fs::File;
use std::io;
use std::path::Path;

use bundle::Sha256;
use bundle::key::PublicKey;
use bundle::seal::{Plan, Signatures, Signing};
use store::{BlobKind, StoreError, Watch, durable};

use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::evidence::CaseEvidence;
use crate::holdings::chosen_items;
use crate::items::{Item, ItemState};
use crate::ledger::chain_of;
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
        let explained = |error| self.explain(project, seal, error);
        let (plan, evidence) = (&made.plan, &made.evidence);
        let (written, found) = match out {
            None => tee(&mut io::sink(), plan, evidence, &signing, watch).map_err(explained)?,
            Some(path) => {
                let opened = File::options().write(true).create_new(true).open(path);
                let mut file = opened.map_err(|error| StoreError::io("create", path, error))?;
                let done = tee(&mut file, plan, evidence, &signing, watch).map_err(explained)?;
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
            .map_err(|error| self.explain(project, seal, error))?;
        made.must_be(file.sha256)?;
        file.place(&path)?;
        Ok(())
    }

    /// A missing blob that was erased on purpose is a tombstone, not damage: then the items are named that the package held
    /// and that were erased since.
    pub(crate) fn explain(
        &self,
        project: &Project,
        seal: &SealedBundle,
        error: VaultError,
    ) -> VaultError {
        if !matches!(&error, VaultError::Store(StoreError::BlobMissing { .. })) {
            return error;
        }
        match self.erased_since(project, seal) {
            Ok(erased) if !erased.is_empty() => VaultError::Withdrawn(erased),
            _ => error,
        }
    }

    fn erased_since(&self, project: &Project, seal: &SealedBundle) -> Result<Vec<u64>> {
        let chosen = self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?.id;
            chosen_items(connection, chain, seal)
        })?;
        let mut erased = Vec::new();
        let mut after = 0;
        loop {
            let items = self.items(project, after, 1000)?;
            let Some(last) = items.last() else {
                return Ok(erased);
            };
            after = last.item;
            for item in items {
                let held = (seal.first..seal.seq).contains(&item.seq)
                    && chosen.as_ref().is_none_or(|set| set.contains(&item.item));
                if item.state == ItemState::Erased
                    && held
                    && self.is_gone_since(project, seal, &item)?
                {
                    erased.push(item.item);
                }
            }
        }
    }

    /// Whether bytes of an item are missing that were not erased when the package was sealed.
    fn is_gone_since(&self, project: &Project, seal: &SealedBundle, item: &Item) -> Result<bool> {
        let detail = self.item_detail(project, item.item)?;
        let before = detail
            .withdrawals
            .iter()
            .any(|withdrawal| withdrawal.erase && withdrawal.remark.entry < seal.seq);
        let gone = |kind, digest| Ok::<_, VaultError>(self.blobs().size(kind, digest)?.is_none());
        let text_gone = match item.extract_sha256 {
            Some(digest) => gone(BlobKind::Extract, digest)?,
            None => false,
        };
        Ok(!before && (text_gone || gone(BlobKind::Raw, item.raw_sha256)?))
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
            .map_err(|error| vault.explain(project, seal, error))?;
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
