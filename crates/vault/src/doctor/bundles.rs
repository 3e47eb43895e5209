//! The files of sealed packages: there, of the right size and bytes; made again where they are not.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bundle::Sha256;
use store::Watch;

use super::chains::ChainSeen;
use super::{DoctorOptions, Finding, Patient, Severity};
use crate::bundles::SealedBundle;
use crate::error::{Result, VaultError};
use crate::hashing::{Files, From};
use crate::project::Project;
use crate::vault::Vault;

/// How many seals are asked for at once.
const PAGE: u64 = 1000;

/// A package that is not as it was sealed.
pub(super) struct Unsound {
    project: Project,
    seal: SealedBundle,
    /// Place of the finding in the checkup.
    finding: usize,
}

/// A package whose size is right.
struct ToRead {
    project: Project,
    seal: SealedBundle,
    path: PathBuf,
    digest: Sha256,
}

impl Patient {
    /// Looks at every sealed package; those that are missing or damaged come back.
    pub(super) fn bundles(
        &mut self,
        vault: &Vault,
        chains: &[ChainSeen],
        options: &DoctorOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<Unsound>> {
        let (mut unsound, mut to_read, mut total) = (Vec::new(), Vec::new(), 0);
        for ChainSeen { project, .. } in chains.iter().filter(|chain| chain.id != 0) {
            let mut after = 0;
            loop {
                let seals = vault.seals(project, after, PAGE)?;
                let Some(last) = seals.last() else { break };
                after = last.seq;
                for seal in seals {
                    watch.go_on()?;
                    if let Some(good) = self.one(vault, project, seal, &mut unsound) {
                        total += good.seal.bytes.unwrap_or(0);
                        to_read.push(good);
                    }
                }
            }
        }
        if options.read_data {
            self.read_bundles(&to_read, total, &mut unsound, watch)?;
        }
        Ok(unsound)
    }

    fn one(
        &mut self,
        vault: &Vault,
        project: &Project,
        seal: SealedBundle,
        unsound: &mut Vec<Unsound>,
    ) -> Option<ToRead> {
        let name = named(project, &seal);
        if seal.state == "open" {
            let finding = Finding::new("seal_open", format!("{name} was begun and not finished"));
            self.checkup.add(finding);
            return None;
        }
        let (Some(path), Some(digest), Some(bytes)) =
            (vault.bundle_path(&seal), seal.bundle_sha256, seal.bytes)
        else {
            return None;
        };
        self.checkup.counts.bundles += 1;
        let finding = match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() && found.len() == bytes => {
                return Some(ToRead {
                    project: project.clone(),
                    seal,
                    path,
                    digest,
                });
            }
            Ok(found) if found.is_file() => Finding::new(
                "bundle_damaged",
                format!("{name} has {} bytes instead of {bytes}", found.len()),
            ),
            Ok(_) => Finding::new("bundle_damaged", format!("{name} is not a file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Finding::new(
                "bundle_missing",
                format!("the file of {name} is not here any more"),
            )
            .advising(again(project, &seal)),
            Err(error) => {
                let what = format!("{name} cannot be read: {error}");
                Finding::new("bundle_damaged", what)
            }
        };
        unsound.push(Unsound {
            project: project.clone(),
            seal,
            finding: self.checkup.findings.len(),
        });
        self.checkup.add(finding.at(&path));
        None
    }

    fn read_bundles(
        &mut self,
        to_read: &[ToRead],
        total: u64,
        unsound: &mut Vec<Unsound>,
        watch: &dyn Watch,
    ) -> Result<()> {
        let path = |index: usize| {
            to_read
                .get(index)
                .map(|one| one.path.clone())
                .unwrap_or_default()
        };
        let wrong = Mutex::new(Vec::new());
        let files = Files {
            count: to_read.len(),
            total,
            path: &path,
            from: From::Anywhere,
        };
        let heard = |index: usize, hashed: io::Result<(Sha256, u64)>| {
            let expected = to_read.get(index).map(|one| one.digest);
            let damage = match hashed {
                Ok((found, _)) if Some(found) == expected => return,
                Ok((found, _)) => format!("has the SHA-256 {found}"),
                Err(error) => format!("cannot be read: {error}"),
            };
            wrong
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((index, damage));
        };
        self.checkup.counts.bytes_read += files.hash(watch, &heard)?;
        let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
        wrong.sort_unstable();
        for (index, damage) in wrong {
            let Some(one) = to_read.get(index) else {
                continue;
            };
            let what = format!("{} {damage}", named(&one.project, &one.seal));
            unsound.push(Unsound {
                project: one.project.clone(),
                seal: one.seal.clone(),
                finding: self.checkup.findings.len(),
            });
            self.checkup
                .add(Finding::new("bundle_damaged", what).at(&one.path));
        }
        Ok(())
    }

    /// Makes packages again from the record; only the very same bytes take their place.
    pub(super) fn make_bundles_again(
        &mut self,
        vault: &Vault,
        unsound: &[Unsound],
        watch: &dyn Watch,
    ) -> Result<()> {
        for Unsound {
            project,
            seal,
            finding,
        } in unsound
        {
            watch.go_on()?;
            match vault.put_bundle_back(project, seal, watch) {
                Ok(()) => self.mended(*finding),
                Err(VaultError::Store(store::StoreError::Canceled)) => {
                    return Err(VaultError::Store(store::StoreError::Canceled));
                }
                Err(error) => {
                    if let Some(finding) = self.checkup.findings.get_mut(*finding) {
                        // What was erased on purpose is no damage.
                        if !matches!(error, VaultError::Withdrawn(_)) {
                            finding.severity = Severity::Error;
                        }
                        finding.what = format!("{}; {error}", finding.what);
                        finding.next = error.next_step();
                    }
                }
            }
        }
        Ok(())
    }
}

fn named(project: &Project, seal: &SealedBundle) -> String {
    match seal.number {
        Some(number) => format!("sealed package no. {number} of {}", project.name),
        None => format!(
            "the excerpt sealed at entry {} of {}",
            seal.seq, project.name
        ),
    }
}

fn again(project: &Project, seal: &SealedBundle) -> String {
    let which = match (seal.number, seal.bundle_sha256) {
        (Some(number), _) => number.to_string(),
        (None, Some(digest)) => digest.short(),
        (None, None) => String::new(),
    };
    format!(
        "Make it again with `fieldgrade reproduce {which} --project {} --out FILE`, or put it back with `fieldgrade doctor --repair`.",
        project.name
    )
}
