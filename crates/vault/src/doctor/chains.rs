//! The ledgers, entry by entry, against what else is written: the rows of items and seals, and the bytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::body::{Fact, Told, Withdrawal, aux_digests};
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::seal::Pins;
use rusqlite::Connection;
use store::{BlobKind, Watch};

use super::heal::Silent;
use super::rows::Rows;
use super::shelf::Shelves;
use super::{DoctorOptions, Finding, Patient, Severity};
use crate::column::{number, unsigned};
use crate::error::{Result, VaultError};
use crate::ledger::{chain_of, check_chain};
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

/// A chain that was gone through.
pub(super) struct ChainSeen {
    pub project: Project,
    pub id: i64,
    pub entries: u64,
    /// The clock at its last entry.
    pub last_ts_utc: String,
    /// Whether the ledger holds together.
    pub sound: bool,
    /// Items whose row is missing or says something else, with the place of the finding.
    pub rebuild: BTreeMap<u64, usize>,
    /// The right next numbers of item and intake, where they are not, with the place of the finding.
    pub counters: Option<(u64, u64, usize)>,
}

impl Patient {
    pub(super) fn chains(
        &mut self,
        vault: &Vault,
        shelves: &mut Shelves,
        options: &DoctorOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<ChainSeen>> {
        let mut projects = vault.projects()?;
        projects.extend(vault.house_at_hand()?);
        let mut seen = Vec::new();
        // With the bytes read, they are what takes time, and what the progress counts.
        let quiet = Silent(watch);
        let watch = if options.read_data { &quiet } else { watch };
        for project in projects {
            match self.chain(vault, project.clone(), shelves, watch) {
                Ok(chain) => seen.push(chain),
                Err(error) => {
                    let finding = Finding::of_error(&error, Severity::Error)?;
                    self.checkup
                        .add(finding.within(format!("the record of {}", project.name)));
                    seen.push(ChainSeen {
                        project,
                        id: 0,
                        entries: 0,
                        last_ts_utc: String::new(),
                        sound: false,
                        rebuild: BTreeMap::new(),
                        counters: None,
                    });
                }
            }
        }
        Ok(seen)
    }

    fn chain(
        &mut self,
        vault: &Vault,
        project: Project,
        shelves: &mut Shelves,
        watch: &dyn Watch,
    ) -> Result<ChainSeen> {
        let place = format!("the record of {}", project.name);
        let (chain, check, reader) = vault.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let erased = erasures(connection, chain.id, 0)?;
            let mut statement = connection.prepare_cached(sql::ITEM_ALL)?;
            let mut reader = Reader {
                name: &project.name,
                shelves,
                erased,
                rows: Rows::new(statement.query((chain.id,))?)?,
                withdrawn: BTreeSet::new(),
                seals: BTreeSet::new(),
                last_item: 0,
                last_intake: 0,
                problems: Vec::new(),
                items: 0,
            };
            let check = check_chain(connection, &project.id, watch, &mut |event| {
                reader.hear(event)
            })?;
            let told = reader.finish(connection, chain.id)?;
            Ok::<_, VaultError>((chain, check, told))
        })?;
        for digest in &reader.erased {
            shelves.erased(digest);
        }
        // What was erased by others while this went on is no damage.
        let later = vault
            .db()
            .read(|connection| erasures(connection, chain.id, check.entries))?;
        for digest in later.keys() {
            shelves.forgive(digest);
        }
        for (seq, what) in &check.findings {
            let finding = Finding::new("ledger_damaged", format!("entry {seq}: {what}"));
            self.checkup.add(finding.within(place.clone()));
        }
        let mut rebuild = BTreeMap::new();
        for problem in reader.problems {
            if let Some(item) = problem.rebuild {
                rebuild.insert(item, self.checkup.findings.len());
            }
            self.checkup
                .add(Finding::new(problem.code, problem.what).within(place.clone()));
        }
        let counters = (reader.last_item + 1, reader.last_intake + 1);
        let behind = chain.next_item < counters.0 || chain.next_intake < counters.1;
        let counters = behind.then(|| {
            let what = format!(
                "the next item would be {} and the next intake {}, which are taken",
                chain.next_item, chain.next_intake
            );
            self.checkup
                .add(Finding::new("counters_behind", what).within(place.clone()));
            (
                counters.0.max(chain.next_item),
                counters.1.max(chain.next_intake),
                self.checkup.findings.len() - 1,
            )
        });
        self.checkup.counts.entries += check.entries;
        self.checkup.counts.items += reader.items;
        Ok(ChainSeen {
            project,
            id: chain.id,
            entries: check.entries,
            last_ts_utc: chain.last_ts_utc,
            sound: check.findings.is_empty(),
            rebuild,
            counters,
        })
    }
}

/// Something about the rows of a chain.
pub(super) struct Problem {
    pub code: &'static str,
    pub what: String,
    /// The item whose row can be made again.
    pub rebuild: Option<u64>,
}

/// Goes through the entries of one chain.
struct Reader<'a> {
    name: &'a str,
    shelves: &'a mut Shelves,
    /// Where each digest was erased last.
    erased: HashMap<Sha256, u64>,
    rows: Rows<'a>,
    withdrawn: BTreeSet<u64>,
    seals: BTreeSet<u64>,
    last_item: u64,
    last_intake: u64,
    problems: Vec<Problem>,
    items: u64,
}

/// What was found on the way.
struct Heard {
    problems: Vec<Problem>,
    erased: Vec<Sha256>,
    last_item: u64,
    last_intake: u64,
    items: u64,
}

impl Reader<'_> {
    fn hear(&mut self, event: &Event) -> Result<()> {
        let text = event.content.as_deref().unwrap_or_default();
        let telling = matches!(
            event.kind,
            EventType::Intake
                | EventType::Capture
                | EventType::Extract
                | EventType::Withdraw
                | EventType::Seal
        );
        if !telling && !text.contains("\"aux_sha256\"") {
            return Ok(());
        }
        let Ok(Value::Object(content)) = Value::parse(text.as_bytes()) else {
            return Ok(()); // the ledger's own check tells of it
        };
        let seq = event.payload.seq;
        let who = || format!("entry {seq} of {}", self.name);
        for digest in aux_digests(&content).unwrap_or_default() {
            need(
                self.shelves,
                &self.erased,
                seq,
                (BlobKind::Aux, digest, None),
                &who,
            );
        }
        match event.kind {
            EventType::Intake => {
                self.last_intake = self.last_intake.max(content.count("intake").unwrap_or(0));
            }
            EventType::Seal => self.seal(seq, &content),
            EventType::Withdraw => {
                self.withdrawn.extend(content.count("item").ok());
            }
            _ => self.fact(event, &content)?,
        }
        Ok(())
    }

    fn fact(&mut self, event: &Event, content: &Object) -> Result<()> {
        let Ok(Some(fact)) = Fact::read(&event.kind, content) else {
            return Ok(());
        };
        let (seq, item) = (event.payload.seq, fact.item);
        let who = || format!("item {item} of {}", self.name);
        let named = match &fact.told_by {
            Told::Capture { .. } => Some((BlobKind::Raw, fact.raw_sha256, Some(fact.raw_size))),
            Told::Extract {
                extract_sha256: Some(digest),
                extract_size,
                ..
            } => Some((BlobKind::Extract, *digest, Some(*extract_size))),
            _ => None,
        };
        if let Some(named) = named {
            need(self.shelves, &self.erased, seq, named, &who);
        }
        if let Told::Capture { media_type } = &fact.told_by {
            self.items += 1;
            self.last_item = self.last_item.max(item);
            let intake = content.count("intake").unwrap_or(0);
            self.rows.meet(event, &fact, media_type, intake)?;
        }
        Ok(())
    }

    fn seal(&mut self, seq: u64, content: &Object) {
        self.seals.insert(seq);
        let Ok(pins) = Pins::read(content) else {
            return;
        };
        let who = || format!("the seal at entry {seq} of {}", self.name);
        for digest in [
            pins.policy_sha256,
            pins.sbom_sha256,
            pins.card_sha256,
            pins.readme_sha256,
        ] {
            need(
                self.shelves,
                &self.erased,
                seq,
                (BlobKind::Aux, digest, None),
                &who,
            );
        }
    }

    fn finish(mut self, connection: &Connection, chain: i64) -> Result<Heard> {
        self.problems = self.rows.finish(&self.withdrawn)?;
        let mut statement = connection.prepare_cached(sql::SEAL_SEQS)?;
        let rows = statement.query_map((chain,), |row| unsigned(row, 0))?;
        let listed: BTreeSet<u64> = rows.collect::<rusqlite::Result<_>>()?;
        for seq in self.seals.symmetric_difference(&listed) {
            self.problems.push(Problem {
                code: "seal_differs",
                what: format!("the list of sealed packages and the record differ about the seal at entry {seq}"),
                rebuild: None,
            });
        }
        Ok(Heard {
            problems: self.problems,
            erased: self.erased.into_keys().collect(),
            last_item: self.last_item,
            last_intake: self.last_intake,
            items: self.items,
        })
    }
}

/// Bytes are needed unless they were erased after the entry that names them.
fn need(
    shelves: &mut Shelves,
    erased: &HashMap<Sha256, u64>,
    seq: u64,
    (kind, digest, size): (BlobKind, Sha256, Option<u64>),
    who: &dyn Fn() -> String,
) {
    if erased.get(&digest).is_none_or(|at| *at < seq) {
        shelves.need(kind, digest, size, who);
    }
}

/// What was erased after an entry, and where last.
fn erasures(connection: &Connection, chain: i64, after: u64) -> Result<HashMap<Sha256, u64>> {
    let mut statement = connection.prepare_cached(sql::ERASURES)?;
    let mut rows = statement.query((chain, number(after)))?;
    let mut erased = HashMap::new();
    while let Some(row) = rows.next()? {
        let (seq, text) = (unsigned(row, 0)?, row.get::<_, String>(1)?);
        let content = Value::parse(text.as_bytes()).ok();
        let withdrawal = content
            .as_ref()
            .and_then(Value::as_object)
            .and_then(|content| Withdrawal::read(content).ok());
        for digest in withdrawal.map(|it| it.erased).unwrap_or_default() {
            erased.insert(digest, seq);
        }
    }
    Ok(erased)
}
