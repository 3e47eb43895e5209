//! The ledger: events appended to a chain inside one transaction, read back in order, and checked.

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::event::{Bodies, Event, Payload, event_hash};
use bundle::format::kind::EventType;
use bundle::merkle::Frontier;
use rusqlite::{Connection, OptionalExtension, Row};
use store::Tx;

use crate::error::{Result, VaultError};
use crate::project::Project;
use crate::vault::{Act, Vault};
use crate::{hex, sql};

/// An event about to be written: without salts, clock and person, which the ledger adds.
pub(crate) struct Draft {
    kind: EventType,
    content: Object,
    source: Option<Object>,
    machine: Option<Object>,
    clock: bool,
}

impl Draft {
    /// With a `source` that holds nothing but the person.
    pub(crate) fn new(kind: EventType, content: Object) -> Self {
        Self {
            kind,
            content,
            source: Some(Object::new()),
            machine: None,
            clock: true,
        }
    }

    pub(crate) fn source(mut self, source: Object) -> Self {
        self.source = Some(source);
        self
    }

    pub(crate) fn machine(mut self, machine: Object) -> Self {
        self.machine = Some(machine);
        self
    }

    /// A SEALED: it follows from another event and has neither clock nor person.
    pub(crate) fn bare(kind: EventType, content: Object) -> Self {
        Self {
            kind,
            content,
            source: None,
            machine: None,
            clock: false,
        }
    }
}

/// The state of a chain.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub id: i64,
    pub genesis: Option<Sha256>,
    pub tree: Frontier,
    pub head: Option<Sha256>,
    pub next_item: u64,
    pub next_intake: u64,
    pub last_ts_utc: String,
    pub toolchain_id: String,
}

/// Writes events for the end of a chain; inserting them is the [`Ledger`]'s business.
pub(crate) struct Scribe<'v> {
    vault: &'v Vault,
    pub chain: Chain,
    zone: String,
    utc_offset: String,
    sync: &'static str,
    boot: String,
}

impl<'v> Scribe<'v> {
    pub(crate) fn new(vault: &'v Vault, chain: Chain) -> Self {
        let reading = vault.clock().reading();
        let (zone, utc_offset, boot) = (reading.zone, reading.utc_offset, reading.boot);
        Self {
            vault,
            chain,
            zone,
            utc_offset,
            sync: reading.sync.as_str(),
            boot,
        }
    }

    /// The next event. Its number, time, link, salts and person are added here and nowhere else.
    pub(crate) fn write(&self, act: &Act, draft: Draft) -> Result<Event> {
        let seq = self.chain.tree.size() + 1;
        let ts_utc = self.vault.clock().now().to_string();
        let mut content = draft.content;
        if draft.clock {
            content.insert("clock", self.clock_object());
        }
        let source = draft
            .source
            .map(|source| source.with("actor", act.actor().to_object()));
        let bodies = Bodies {
            content: self.salted(content)?,
            source: source.map(|body| self.salted(body)).transpose()?,
            machine: draft.machine.map(|body| self.salted(body)).transpose()?,
        };
        Ok(Event::new(
            draft.kind,
            seq,
            &ts_utc,
            &self.chain.toolchain_id,
            self.chain.head,
            bodies,
        ))
    }

    fn clock_object(&self) -> Object {
        let chain = self
            .chain
            .genesis
            .map(|genesis| genesis.to_string())
            .unwrap_or_default();
        let boot = Sha256::of_parts(&[self.boot.as_bytes(), b"|", chain.as_bytes()]).to_string();
        Object::new()
            .with("zone", self.zone.as_str())
            .with("utc_offset", self.utc_offset.as_str())
            .with("sync", self.sync)
            .with("boot", boot.get(..16).unwrap_or_default())
            .with("mono_ms", self.vault.clock().monotonic_ms())
    }

    fn salted(&self, body: Object) -> Result<Object> {
        Ok(body.with("salt", hex(&self.vault.entropy().bits128()?)))
    }
}

/// A chain opened for appending, within one transaction: two processes can never fork it.
pub(crate) struct Ledger<'t, 'c> {
    tx: &'t Tx<'c>,
    project_id: String,
    scribe: Scribe<'t>,
}

impl<'t, 'c> Ledger<'t, 'c> {
    /// Starts the chain of a new project.
    pub(crate) fn begin(
        tx: &'t Tx<'c>,
        vault: &'t Vault,
        project_id: &str,
        toolchain_id: &str,
    ) -> Result<Self> {
        // The hash of the first event becomes known when it is appended; until then something unique stands there.
        let placeholder = Sha256::of(project_id.as_bytes());
        tx.prepare_cached(sql::CHAIN_INSERT)?.execute((
            project_id,
            placeholder.as_bytes(),
            toolchain_id,
        ))?;
        Self::resume(tx, vault, project_id)
    }

    /// Goes on with the chain of a project.
    pub(crate) fn resume(tx: &'t Tx<'c>, vault: &'t Vault, project_id: &str) -> Result<Self> {
        let scribe = Scribe::new(vault, chain_of(tx, project_id)?);
        Ok(Self {
            tx,
            project_id: project_id.to_owned(),
            scribe,
        })
    }

    /// The chain as it stands with what was appended.
    pub(crate) fn chain(&mut self) -> &mut Chain {
        &mut self.scribe.chain
    }

    /// Appends an event.
    pub(crate) fn append(&mut self, act: &Act, draft: Draft) -> Result<Event> {
        let event = self.scribe.write(act, draft)?;
        self.insert(&event)?;
        Ok(event)
    }

    /// Appends an event that was written before, if the chain still ends where it was written for.
    pub(crate) fn append_written(&mut self, event: &Event) -> Result<bool> {
        if event.prev != self.scribe.chain.head {
            return Ok(false);
        }
        self.insert(event)?;
        Ok(true)
    }

    /// Writes the chain's new state; without this the transaction must not be committed.
    pub(crate) fn end(self) -> Result<()> {
        let chain = &self.scribe.chain;
        let roots: Vec<u8> = chain
            .tree
            .roots()
            .iter()
            .flat_map(|root| *root.as_bytes())
            .collect();
        let digest =
            |digest: Option<Sha256>| digest.map(|d| d.as_bytes().to_vec()).unwrap_or_default();
        self.tx.prepare_cached(sql::CHAIN_UPDATE)?.execute((
            chain.id,
            digest(chain.genesis),
            number(chain.tree.size()),
            digest(chain.head),
            roots,
            number(chain.next_item),
            number(chain.next_intake),
            &chain.last_ts_utc,
            &chain.toolchain_id,
        ))?;
        self.tx
            .changed("ledger", &chain.tree.size().to_string(), &self.project_id)?;
        Ok(())
    }

    /// Whether the wall clock shows an earlier time than it did for the last event.
    pub(crate) fn clock_went_back(&self) -> bool {
        self.scribe.vault.clock().now().to_string() < self.scribe.chain.last_ts_utc
    }

    fn insert(&mut self, event: &Event) -> Result<()> {
        let payload = &event.payload;
        let content = event.content.as_deref().unwrap_or_default();
        let item = Value::parse(content.as_bytes()).ok();
        let item = item
            .as_ref()
            .and_then(Value::as_object)
            .and_then(|content| content.get("item")?.as_int());
        let mut statement = self.tx.prepare_cached(sql::EVENT_INSERT)?;
        statement.execute(rusqlite::params![
            self.scribe.chain.id,
            number(payload.seq),
            self.project_id,
            payload.ts_utc,
            event.kind.as_str(),
            payload.toolchain_id,
            payload.content_sha256.as_bytes(),
            payload.source_sha256.as_ref().map(Sha256::as_bytes),
            payload.machine_sha256.as_ref().map(Sha256::as_bytes),
            event.prev.as_ref().map(Sha256::as_bytes),
            event.hash.as_bytes(),
            content,
            event.source,
            event.machine,
            item,
        ])?;
        let chain = &mut self.scribe.chain;
        chain.genesis.get_or_insert(event.hash);
        chain.head = Some(event.hash);
        chain.tree.push(&event.hash);
        chain.last_ts_utc.clone_from(&payload.ts_utc);
        Ok(())
    }
}

/// SQLite's integers are signed; sizes and counters never come near the limit.
pub(crate) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A counter or size from a row.
pub(crate) fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// A digest from a row.
pub(crate) fn digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Sha256> {
    row.get::<_, [u8; 32]>(index).map(Sha256::from_bytes)
}

/// A digest or null from a row.
pub(crate) fn opt_digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Sha256>> {
    Ok(row
        .get::<_, Option<[u8; 32]>>(index)?
        .map(Sha256::from_bytes))
}

pub(crate) fn chain_of(connection: &Connection, project_id: &str) -> Result<Chain> {
    let damaged = |detail: &str| VaultError::LedgerDamaged {
        seq: 0,
        detail: detail.to_owned(),
    };
    let mut statement = connection.prepare_cached(sql::CHAIN_BY_PROJECT)?;
    let row = statement.query_row((project_id,), |row| {
        let chain = Chain {
            id: row.get(0)?,
            genesis: opt_blob(row, 1)?,
            tree: Frontier::new(),
            head: opt_blob(row, 3)?,
            next_item: unsigned(row, 5)?,
            next_intake: unsigned(row, 6)?,
            last_ts_utc: row.get(7)?,
            toolchain_id: row.get(8)?,
        };
        Ok((chain, unsigned(row, 2)?, row.get::<_, Vec<u8>>(4)?))
    });
    let (mut chain, size, roots) = row
        .optional()?
        .ok_or_else(|| damaged("the case has no chain"))?;
    let roots = roots
        .chunks(32)
        .map(|root| root.try_into().map(Sha256::from_bytes));
    let roots = roots
        .collect::<Result<_, _>>()
        .map_err(|_| damaged("the hash tree's subtrees"))?;
    chain.tree = Frontier::from_parts(size, roots).map_err(|error| damaged(&error.to_string()))?;
    if size == 0 {
        chain.genesis = None;
    }
    Ok(chain)
}

/// Before the first event, head and subtrees are empty.
fn opt_blob(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Sha256>> {
    let bytes: Vec<u8> = row.get(index)?;
    Ok(<[u8; 32]>::try_from(bytes).ok().map(Sha256::from_bytes))
}

/// An event from a row of the range statements.
pub(crate) fn read_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind: String = row.get(2)?;
    let payload = Payload {
        seq: unsigned(row, 0)?,
        ts_utc: row.get(1)?,
        toolchain_id: row.get(3)?,
        content_sha256: digest(row, 4)?,
        source_sha256: opt_digest(row, 5)?,
        machine_sha256: opt_digest(row, 6)?,
    };
    Ok(Event {
        kind: EventType::parse(&kind).unwrap_or(EventType::Other(kind.into())),
        payload,
        prev: opt_digest(row, 7)?,
        hash: digest(row, 8)?,
        content: row.get(9)?,
        source: row.get(10)?,
        machine: row.get(11)?,
    })
}

/// One entry.
pub(crate) fn event_at(connection: &Connection, chain: i64, seq: u64) -> Result<Option<Event>> {
    let mut statement = connection.prepare_cached(sql::EVENTS_RANGE)?;
    let fields = (chain, number(seq), number(seq));
    Ok(statement.query_row(fields, read_event).optional()?)
}

/// Entries about one item, oldest first.
pub(crate) fn events_of(connection: &Connection, chain: i64, item: u64) -> Result<Vec<Event>> {
    let mut statement = connection.prepare_cached(sql::EVENTS_OF_ITEM)?;
    let rows = statement.query_map((chain, number(item)), read_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

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
    /// Entries of a case after `after`, oldest first, at most `limit`.
    pub fn events(&self, project: &Project, after: u64, limit: u64) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        self.each_event::<VaultError>(
            &project.id,
            after + 1,
            after.saturating_add(limit),
            &mut |event| {
                events.push(event);
                Ok(())
            },
        )?;
        Ok(events)
    }

    /// Entries about one item, oldest first.
    pub fn events_of_item(&self, project: &Project, item: u64) -> Result<Vec<Event>> {
        self.db()
            .read(|connection| events_of(connection, chain_of(connection, &project.id)?.id, item))
    }

    /// How many entries a case has.
    pub fn ledger_size(&self, project: &Project) -> Result<u64> {
        self.db()
            .read(|connection| Ok(chain_of(connection, &project.id)?.tree.size()))
    }

    pub(crate) fn each_event<E: From<VaultError>>(
        &self,
        project_id: &str,
        first: u64,
        last: u64,
        on_event: &mut dyn FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut result = Ok(());
        let read: Result<()> = self.db().read(|connection| {
            let chain = chain_of(connection, project_id)?;
            let mut statement = connection.prepare_cached(sql::EVENTS_RANGE)?;
            let mut rows = statement.query((chain.id, number(first), number(last)))?;
            while let Some(row) = rows.next()? {
                result = on_event(read_event(row)?);
                if result.is_err() {
                    break;
                }
            }
            Ok(())
        });
        read?;
        result
    }

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
