//! The doctor: what is damaged in a data root, what it means, what to do. It repairs only where nothing can be lost.

mod blobs;
mod bundles;
mod chains;
mod codes;
mod copies;
mod databases;
mod finding;
mod heads;
mod heal;
mod keys;
mod rows;
mod shelf;
mod surroundings;

use std::sync::Arc;

use bundle::Sha256;
use store::{Access, BlobKind, DataRoot, Folder, FolderLock, Watch};

use crate::error::Result;
use crate::machine::Machine;
use crate::vault::Vault;

pub use codes::FINDINGS;
pub use finding::{Checkup, Counts, Finding, Severity};
pub(crate) use heal::Silent;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoctorOptions {
    /// Read every byte, too.
    pub read_data: bool,
    /// Mend what can be mended without losing anything.
    pub repair: bool,
    /// How many bytes should be free on each disk.
    pub reserve: u64,
}

/// Examines a data root. Damage is no error: it stands in the answer. Without `repair` nothing is written, so that a
/// root on a read-only mount is examined as any other.
///
/// # Errors
/// `root_in_use` when it shall repair and others work in it; `canceled`.
pub fn doctor(
    root: DataRoot,
    machine: Machine,
    options: &DoctorOptions,
    watch: &dyn Watch,
) -> Result<Checkup> {
    let mut patient = Patient {
        repair: options.repair,
        reserve: options.reserve,
        checkup: Checkup::default(),
        heads: Vec::new(),
        _alone: alone(&root, options)?,
    };
    patient.surroundings(&root, watch)?;
    patient.databases(&root, watch)?;
    let Some(vault) = patient.open(root, machine)? else {
        return Ok(patient.checkup.sorted());
    };
    let heads_fit = patient.heads(&vault)?;
    let mut shelves = patient.list_blobs(&vault, watch)?;
    let chains = patient.chains(&vault, &mut shelves, options, watch)?;
    let known = heads_fit && chains.iter().all(|chain| chain.sound);
    patient.blobs(&vault, &mut shelves, known, options, watch)?;
    let unsound = patient.bundles(&vault, &chains, options, watch)?;
    if patient.repair {
        patient.heal_blobs(&vault, &mut shelves, watch)?;
        patient.rebuild_rows(&vault, &chains)?;
        if heads_fit {
            patient.remember_heads(&vault, &chains)?;
        }
        patient.make_bundles_again(&vault, &unsound, watch)?;
    }
    patient.keys(&vault)?;
    patient.clock_and_texts(&vault, &chains)?;
    patient.copies(&vault, &chains)?;
    Ok(patient.checkup.sorted())
}

/// Examines a copy: its record, and whether everything is there that the record or `listed` names; read, if wanted.
pub(crate) fn examine_copy(
    vault: &Vault,
    listed: &[(BlobKind, Sha256, u64)],
    read_data: bool,
    watch: &dyn Watch,
) -> Result<Checkup> {
    let mut patient = Patient {
        repair: false,
        reserve: 0,
        checkup: Checkup::default(),
        heads: Vec::new(),
        _alone: None,
    };
    let options = DoctorOptions {
        read_data,
        repair: false,
        reserve: 0,
    };
    let mut shelves = patient.list_blobs(vault, watch)?;
    for (kind, digest, size) in listed {
        let who = || "the list of the backup".to_owned();
        shelves.need(*kind, *digest, Some(*size), &who);
    }
    patient.chains(vault, &mut shelves, &options, watch)?;
    patient.blobs(vault, &mut shelves, false, &options, watch)?;
    Ok(patient.checkup.sorted())
}

/// A data root under examination.
struct Patient {
    repair: bool,
    reserve: u64,
    checkup: Checkup,
    /// Cases whose length nobody remembers, with the place of the finding.
    heads: Vec<(String, usize)>,
    /// While it is mended nobody else works in it.
    _alone: Option<Arc<FolderLock>>,
}

fn alone(root: &DataRoot, options: &DoctorOptions) -> Result<Option<Arc<FolderLock>>> {
    if options.repair && root.access() == Access::Write {
        Ok(Some(root.hold_alone(Folder::TermiteRuntime)?))
    } else {
        Ok(None)
    }
}

impl Patient {
    /// Opens the vault; what keeps it shut is a finding.
    fn open(&mut self, root: DataRoot, machine: Machine) -> Result<Option<Vault>> {
        match Vault::open(root, machine) {
            Ok((vault, _)) => Ok(Some(vault)),
            Err(error) => {
                let told = |finding: &Finding| finding.code == error.code();
                if !self.checkup.findings.iter().any(told) {
                    self.checkup
                        .add(Finding::of_error(&error, Severity::Error)?);
                }
                Ok(None)
            }
        }
    }
}
