//! Correcting what is said about an item: the old value, the new one and the reason stand in the entry.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::{clean, clean_lines};

use super::{Recorded, reason};
use crate::detail::{Field, Stated, Told, intake_event};
use crate::error::{Result, VaultError};
use crate::items::ItemState;
use crate::ledger::Draft;
use crate::project::Project;
use crate::vault::{Act, Vault};

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// What is corrected.
    pub field: Field,
    /// The entry that said it; needed only where an item has several notes.
    pub entry: Option<u64>,
    /// What is right. Empty takes the old value back without another.
    pub new: String,
    /// Why.
    pub reason: String,
}

impl Vault {
    /// Corrects a caption, a note, or what was said about how the item was obtained. What was found by the program itself
    /// (names, times, digests, sizes) can never be corrected: a remark on it is a note.
    ///
    /// What an intake says holds for all of its items; corrected here, it is corrected for this item only.
    ///
    /// # Errors
    /// `reason_missing`, `nothing_to_amend`, `note_ambiguous`, `item_withdrawn`, `item_erased`, `item_unknown`,
    /// `project_closed`, `actor_missing`, `invalid_value` when the new value is the old one.
    pub fn amend(
        &self,
        project: &Project,
        item: u64,
        amendment: &Amendment,
        act: &Act,
    ) -> Result<Recorded> {
        project.must_be_open()?;
        let reason = clean_lines(reason(&amendment.reason)?.as_bytes());
        let field = amendment.field;
        let new = field.clean(&amendment.new);
        let (recorded, ()) = self.record_about(project, item, act, |about| {
            match about.item.state {
                ItemState::Present => {}
                ItemState::Withdrawn => return Err(VaultError::ItemWithdrawn(item)),
                ItemState::Erased => return Err(VaultError::ItemErased(item)),
            }
            let intake = intake_event(about.tx, about.chain, about.item)?;
            let told = Told::by(about.history, intake.as_ref());
            let said = said(&told, amendment, item)?;
            let old = said.map_or("", |said| said.text.as_str());
            if old == new {
                return Err(VaultError::InvalidValue {
                    what: "the new value",
                    detail: "it is the one that stands already".to_owned(),
                });
            }
            let amends = match said {
                Some(said) => Some(said.hash),
                None => intake.as_ref().map(|intake| intake.hash),
            };
            let content = about.content().with_some("amends", amends);
            let source = Object::new().with("field", field.word());
            let source = clean(old.as_bytes()).add_to(source, "old");
            let source = clean(new.as_bytes()).add_to(source, "new");
            let source = reason.add_to(source, "reason");
            let draft = Draft::new(EventType::Amend, content).source(source);
            Ok((draft, ()))
        })?;
        Ok(recorded)
    }
}

/// What is corrected. A fact of the intake that was not stated can be: then it is stated now.
fn said<'a>(told: &'a Told, amendment: &Amendment, item: u64) -> Result<Option<&'a Stated>> {
    let field = amendment.field;
    let nothing = || VaultError::NothingToAmend {
        item,
        field: field.word(),
    };
    match field {
        Field::Caption => told.caption.as_ref().map(Some).ok_or_else(nothing),
        Field::Note => match (amendment.entry, told.notes.as_slice()) {
            (None, []) => Err(nothing()),
            (None, [only]) => Ok(Some(only)),
            (None, several) => Err(VaultError::NoteAmbiguous {
                item,
                entries: several.iter().map(|note| note.entry).collect(),
            }),
            (Some(entry), notes) => {
                let found = notes.iter().find(|note| note.entry == entry);
                found.map(Some).ok_or_else(nothing)
            }
        },
        fact => Ok(told.facts.iter().find(|said| said.field == fact)),
    }
}
