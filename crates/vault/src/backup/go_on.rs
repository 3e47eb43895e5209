//! Going on from a backup, on record: from then on two histories of one chain are no fork in secret.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::kind::EventType;
use bundle::format::text::{Clean, clean, clean_lines};

use crate::error::Result;
use crate::heads::Head;
use crate::hex;
use crate::house::Entry;
use crate::ledger::{Draft, Ledger};
use crate::vault::{Act, Vault};

/// What was put on record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Continued {
    /// How many records say it, that of the house included.
    pub chains: u64,
    /// What is known to be lost: name of the case (empty if it is not here at all), where its record ends here, and where
    /// it ended.
    pub lost: Vec<(String, u64, u64)>,
}

/// What is restored from.
pub(super) struct Origin<'a> {
    pub manifest_sha256: Sha256,
    pub place: &'a std::path::Path,
}

impl Vault {
    /// Declares that the database here is an older one, or a copy, put here on purpose. Every record says so from now
    /// on, and what is remembered beside the keys is brought in line.
    pub fn adopt_older(&self, reason: &str, act: &Act) -> Result<Continued> {
        self.go_on(reason, None, act)
    }

    pub(super) fn go_on(
        &self,
        reason: &str,
        origin: Option<&Origin<'_>>,
        act: &Act,
    ) -> Result<Continued> {
        let house = self.house(act)?;
        let lost: Vec<(String, u64, u64)> = self
            .head_states()?
            .into_iter()
            .filter_map(|state| match state.head {
                Head::RolledBack { expected } => Some((state.project, state.found, expected)),
                _ => None,
            })
            .collect();
        let mut projects = self.projects()?;
        projects.push(house);
        let reason = clean_lines(reason.as_bytes());
        let entry = restore_entry(&lost, projects.len(), &reason, origin);
        // All of it or nothing: who is cut short before this has told nothing, and after it everything.
        self.db().write(act.origin(), |tx| {
            for project in &projects {
                let random = hex(&self.entropy().bits128()?);
                let mut ledger = Ledger::resume(tx, self, &project.id)?;
                let (head, size) = (ledger.chain().head, ledger.chain().tree.size());
                let content = Object::new()
                    .with("random", random.as_str())
                    .with("restored_head", head)
                    .with("restored_size", size);
                let source = reason.add_to(Object::new(), "reason");
                ledger.append(act, Draft::new(EventType::Restored, content).source(source))?;
                ledger.end()?;
            }
            self.append_in_house(tx, act, entry)
        })?;
        for project in &projects {
            self.remember_head(project)?;
        }
        self.set_aside_lost_heads()?;
        Ok(Continued {
            chains: projects.len() as u64,
            lost,
        })
    }
}

/// What the house's record says of it.
fn restore_entry(
    lost: &[(String, u64, u64)],
    chains: usize,
    reason: &Clean,
    origin: Option<&Origin<'_>>,
) -> Entry {
    let lost = lost.iter().map(|(_, found, expected)| {
        Value::from(
            Object::new()
                .with("found", *found)
                .with("expected", *expected),
        )
    });
    let content = Object::new()
        .with("backup_sha256", origin.map(|origin| origin.manifest_sha256))
        .with("chains", chains as u64)
        .with("lost", lost.collect::<Vec<Value>>());
    let mut source = reason.add_to(Object::new(), "reason");
    if let Some(origin) = origin {
        let place = clean(origin.place.as_os_str().as_encoded_bytes());
        source = place.add_to(source, "place");
    }
    Entry::new(EventType::Restore, content, source)
}
