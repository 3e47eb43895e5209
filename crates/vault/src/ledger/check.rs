//! Checking every entry of a chain.

use bundle::Sha256;
use bundle::format::event::{Event, event_hash};
use bundle::merkle::Frontier;
use rusqlite::Connection;

use super::{chain_of, read_event};
use crate::error::Result;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// What a check of the ledger found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerCheck {
    /// How many entries were checked.
    pub entries: u64,
    /// Hash of the last one.
    pub head: Option<Sha256>,
    /// What is wrong, with the entry; empty if nothing is.
    pub findings: Vec<(u64, String)>,
}

impl Vault {
    /// Checks every entry: number, link, hash, bodies, and that the chain's own state fits.
    pub fn verify_ledger(
        &self,
        project: &Project,
        watch: &dyn store::Watch,
    ) -> Result<LedgerCheck> {
        let mut nobody = |_: &Event| Ok(());
        self.db()
            .read(|connection| check_chain(connection, &project.id, watch, &mut nobody))
    }
}

/// Checks every entry of a chain within one reading; `on_event` hears of each in order.
pub(crate) fn check_chain(
    connection: &Connection,
    project_id: &str,
    watch: &dyn store::Watch,
    on_event: &mut dyn FnMut(&Event) -> Result<()>,
) -> Result<LedgerCheck> {
    let chain = chain_of(connection, project_id)?;
    let mut check = LedgerCheck {
        entries: 0,
        head: None,
        findings: Vec::new(),
    };
    let mut tree = Frontier::new();
    let size = chain.tree.size();
    let mut statement = connection.prepare_cached(sql::EVENTS_RANGE)?;
    let mut rows = statement.query((chain.id, 1, i64::MAX))?;
    while let Some(row) = rows.next()? {
        let event = read_event(row)?;
        check.entries += 1;
        for finding in judge(&event, check.entries, check.head) {
            check.findings.push((check.entries, finding));
        }
        check.head = Some(event.hash);
        tree.push(&event.hash);
        on_event(&event)?;
        watch.progress(check.entries, Some(size));
        watch.go_on()?;
    }
    if check.entries != size || tree != chain.tree || check.head != chain.head {
        check.findings.push((
            check.entries,
            "the chain's state is not that of its entries".to_owned(),
        ));
    }
    Ok(check)
}

fn judge(event: &Event, place: u64, prev: Option<Sha256>) -> Vec<String> {
    let mut findings = Vec::new();
    let payload = &event.payload;
    if payload.seq != place {
        findings.push(format!(
            "entry {} stands where {place} belongs",
            payload.seq
        ));
    }
    if event.prev != prev {
        findings.push("it does not name the entry before it".to_owned());
    }
    if event_hash(
        event.prev.as_ref(),
        event.kind.as_str(),
        &payload.to_canonical(),
    ) != event.hash
    {
        findings.push("its hash is not its own".to_owned());
    }
    let bodies = [
        ("content", Some(payload.content_sha256), &event.content),
        ("source", payload.source_sha256, &event.source),
        ("machine", payload.machine_sha256, &event.machine),
    ];
    for (name, digest, body) in bodies {
        // A body that was erased on purpose leaves its digest.
        if body
            .as_ref()
            .is_some_and(|body| Some(Sha256::of(body.as_bytes())) != digest)
        {
            findings.push(format!("its {name} is not the one that was hashed"));
        }
    }
    findings
}
