//! The house's own record: trust, settings, backups, tokens. It is no case: it is never listed, never sealed, and no
//! package carries it.

use bundle::canon::Object;
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use store::Tx;

use crate::error::{Result, VaultError};
use crate::ledger::{Draft, Ledger, LedgerCheck};
use crate::project::{HOUSE, Naming, Project, by_name};
use crate::vault::{Act, Vault};

/// What an entry of the house is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HouseEvent {
    /// Trust in a key was given or taken back.
    Trust,
    /// A setting changed.
    Setting,
    /// A backup was made.
    Backup,
    /// A backup was restored.
    Restore,
    /// An access token was made or revoked.
    Token,
}

impl HouseEvent {
    fn kind(self) -> EventType {
        match self {
            Self::Trust => EventType::Trust,
            Self::Setting => EventType::Setting,
            Self::Backup => EventType::Backup,
            Self::Restore => EventType::Restore,
            Self::Token => EventType::Token,
        }
    }
}

/// An entry about to be written.
pub(crate) struct Entry {
    kind: EventType,
    content: Object,
    source: Object,
}

impl Entry {
    pub(crate) fn new(kind: EventType, content: Object, source: Object) -> Self {
        Self {
            kind,
            content,
            source,
        }
    }
}

impl Vault {
    /// The house's chain, if there is one yet.
    pub(crate) fn house_at_hand(&self) -> Result<Option<Project>> {
        self.db().read(|connection| by_name(connection, HOUSE))
    }

    /// The house's chain; made when it is first needed.
    pub(crate) fn house(&self, act: &Act) -> Result<Project> {
        match self.house_at_hand()? {
            Some(house) => Ok(house),
            None => self.make_project(HOUSE, &Naming::default(), act),
        }
    }

    /// Appends an entry in the transaction of what it tells of. [`Vault::house`] must have been called before.
    pub(crate) fn append_in_house(&self, tx: &Tx<'_>, act: &Act, entry: Entry) -> Result<()> {
        let house = by_name(tx, HOUSE)?.ok_or_else(|| VaultError::LedgerDamaged {
            seq: 0,
            detail: "the house has no record".to_owned(),
        })?;
        let mut ledger = Ledger::resume(tx, self, &house.id)?;
        ledger.append(
            act,
            Draft::new(entry.kind, entry.content).source(entry.source),
        )?;
        ledger.end()
    }

    /// Records something that was done elsewhere: a backup, a token, a setting. Names and words belong into `source`,
    /// numbers and digests into `content`; secrets into neither.
    pub fn record_in_house(
        &self,
        event: HouseEvent,
        content: Object,
        source: Object,
        act: &Act,
    ) -> Result<()> {
        let house = self.house(act)?;
        self.db().write(act.origin(), |tx| {
            let entry = Entry::new(event.kind(), content, source);
            self.append_in_house(tx, act, entry)
        })?;
        self.remember_head(&house)
    }

    /// Entries of the house after `after`, oldest first, at most `limit`.
    pub fn house_events(&self, after: u64, limit: u64) -> Result<Vec<Event>> {
        match self.house_at_hand()? {
            Some(house) => self.events(&house, after, limit),
            None => Ok(Vec::new()),
        }
    }

    /// Checks every entry of the house, as [`Vault::verify_ledger`] does for a case. None if there is no record yet.
    pub fn verify_house(&self, watch: &dyn store::Watch) -> Result<Option<LedgerCheck>> {
        let house = self.house_at_hand()?;
        house
            .map(|house| self.verify_ledger(&house, watch))
            .transpose()
    }
}
