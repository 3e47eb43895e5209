//! One item with everything that was said about it, as it stands now, and what it replaced.

mod told;

use bundle::Sha256;
use bundle::format::text::{clean, clean_lines};

use crate::column::{number, unsigned};
use crate::corrections::read_about;
use crate::error::Result;
use crate::items::{Item, ItemState};
use crate::ledger::chain_of;
use crate::project::Project;
use crate::sql;
use crate::vault::Vault;

pub(crate) use told::{Told, actor, body, intake_event, text};

/// So many items with the same bytes are named.
const NAMED: u64 = 100;

/// What people say about an item, and may correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// What can be seen in it.
    Caption,
    /// A note about it.
    Note,
    /// From whom it was obtained.
    From,
    /// Where.
    Where,
    /// When.
    When,
    /// How.
    How,
    /// Why, or on what authority.
    Authority,
    /// The organisation's own reference.
    Reference,
    /// The note of its intake.
    IntakeNote,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Caption,
        Self::Note,
        Self::From,
        Self::Where,
        Self::When,
        Self::How,
        Self::Authority,
        Self::Reference,
        Self::IntakeNote,
    ];

    /// As it is written, typed and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Caption => "caption",
            Self::Note => "note",
            Self::From => "from",
            Self::Where => "where",
            Self::When => "when",
            Self::How => "how",
            Self::Authority => "authority",
            Self::Reference => "reference",
            Self::IntakeNote => "intake_note",
        }
    }

    /// The field of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == word)
    }

    /// The key under which an INTAKE says it; none for what is said about a single item.
    const fn in_intake(self) -> Option<&'static str> {
        match self {
            Self::Caption | Self::Note => None,
            Self::IntakeNote => Some("note"),
            other => Some(other.word()),
        }
    }

    /// A text as this field takes it: several lines where these make sense.
    pub(crate) fn clean(self, text: &str) -> String {
        self.clean_bytes(text.as_bytes())
    }

    fn clean_bytes(self, bytes: &[u8]) -> String {
        match self {
            Self::Caption | Self::Note | Self::Authority | Self::IntakeNote => {
                clean_lines(bytes).text
            }
            _ => clean(bytes).text,
        }
    }
}

/// What is said, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// What it is about.
    pub field: Field,
    /// What stands now. Empty: it was taken back.
    pub text: String,
    /// The entry that said it first.
    pub entry: u64,
    /// Hash of that entry.
    pub hash: Sha256,
    /// When it was said first.
    pub ts_utc: String,
    /// Who said it first; empty: not stated.
    pub by: String,
    /// What stood before, oldest first; empty if it was never corrected.
    pub corrections: Vec<Correction>,
}

/// One correction of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What stood before.
    pub old: String,
    /// Why it was corrected.
    pub remark: Remark,
}

/// A reason that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The reason.
    pub reason: String,
    /// The entry.
    pub entry: u64,
    /// When.
    pub ts_utc: String,
    /// Who; empty: not stated.
    pub by: String,
}

/// Why an item was withdrawn, and what was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRemark {
    /// Who, when, why.
    pub remark: Remark,
    /// Whether its bytes were to go.
    pub erase: bool,
    /// Digests whose bytes went.
    pub erased: Vec<Sha256>,
    /// Whether its names went.
    pub names: bool,
}

/// An item and everything that was said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDetail {
    /// As it was captured.
    pub item: Item,
    /// What was said about how it was obtained, in the order of [`Field::ALL`].
    pub facts: Vec<Stated>,
    /// Its caption.
    pub caption: Option<Stated>,
    /// Its notes, oldest first.
    pub notes: Vec<Stated>,
    /// The hold that stands.
    pub hold: Option<Remark>,
    /// Its withdrawals: a second one erases what the first one only hid.
    pub withdrawals: Vec<WithdrawalRemark>,
    /// How often the very same file was seen again.
    pub sightings: u64,
    /// Other items of the case with the same bytes; the first hundred.
    pub same_bytes: Vec<(u64, ItemState)>,
}

impl Vault {
    /// One item of a case with everything that was said about it.
    ///
    /// # Errors
    /// `item_unknown`; what the store says when it cannot be read.
    pub fn item_detail(&self, project: &Project, item: u64) -> Result<ItemDetail> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?.id;
            let (item, history) = read_about(connection, project, item)?;
            let intake = intake_event(connection, chain, &item)?;
            let told = Told::by(&history, intake.as_ref());
            let mut statement = connection.prepare_cached(sql::ITEMS_SAME_BYTES)?;
            let raw = item.raw_sha256;
            let fields = (chain, raw.as_bytes(), number(item.item), number(NAMED));
            let same = statement.query_map(fields, |row| {
                let state: String = row.get(1)?;
                Ok((unsigned(row, 0)?, ItemState::from_word(&state)))
            })?;
            Ok(ItemDetail {
                facts: told.facts,
                caption: told.caption,
                notes: told.notes,
                hold: told.hold,
                withdrawals: told.withdrawals,
                sightings: told.sightings,
                same_bytes: same.collect::<rusqlite::Result<_>>()?,
                item,
            })
        })
    }
}
