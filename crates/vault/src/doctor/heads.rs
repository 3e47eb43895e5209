//! How long the records were, as it is remembered beside the keys.

use super::chains::ChainSeen;
use super::{Finding, Patient};
use crate::error::Result;
use crate::heads::{Head, HeadState};
use crate::vault::Vault;

impl Patient {
    /// How far each chain had come, as it is remembered beside the keys. True if nothing contradicts.
    pub(super) fn heads(&mut self, vault: &Vault) -> Result<bool> {
        let mut fit = true;
        for HeadState {
            path,
            project,
            found,
            head,
        } in vault.head_states()?
        {
            let finding = match head {
                Head::Fits => continue,
                Head::Missing => Finding::new(
                    "head_missing",
                    format!("nothing remembers how long the record of {project} was"),
                ),
                Head::Unreadable => Finding::new(
                    "head_unreadable",
                    format!("what remembers how long the record of {project} was cannot be read"),
                ),
                Head::RolledBack { expected } => {
                    fit = false;
                    let what = if project.is_empty() {
                        format!("a record with {expected} entries is not in the database any more")
                    } else {
                        format!(
                            "the record of {project} ends at entry {found}, but entry {expected} was written before"
                        )
                    };
                    Finding::new("ledger_rolled_back", what)
                }
            };
            if finding.code != "ledger_rolled_back" {
                self.heads.push((project, self.checkup.findings.len()));
            }
            self.checkup.add(finding.at(&path));
        }
        Ok(fit)
    }

    /// Remembers again how long sound records are.
    pub(super) fn remember_heads(&mut self, vault: &Vault, chains: &[ChainSeen]) -> Result<()> {
        for (name, finding) in std::mem::take(&mut self.heads) {
            let sound = chains
                .iter()
                .find(|chain| chain.sound && chain.project.name == name);
            if let Some(chain) = sound {
                vault.remember_head(&chain.project)?;
                self.mended(finding);
            }
        }
        Ok(())
    }
}
