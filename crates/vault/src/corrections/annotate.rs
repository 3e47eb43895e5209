//! Adding to what is said about an item.

use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::format::text::clean_lines;

use super::Recorded;
use crate::detail::{Field, Told};
use crate::error::{Result, VaultError};
use crate::items::ItemState;
use crate::ledger::Draft;
use crate::project::Project;
use crate::vault::{Act, Vault};

/// What is added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Annotation {
    /// What can be seen in it: an item has one caption.
    pub caption: Option<String>,
    /// A note; an item can have any number.
    pub note: Option<String>,
}

impl Vault {
    /// Adds a caption, a note, or both to an item. A caption that stands is corrected with [`Vault::amend`], which asks
    /// for a reason.
    ///
    /// # Errors
    /// `caption_exists`, `item_withdrawn`, `item_erased`, `item_unknown`, `project_closed`, `actor_missing`,
    /// `invalid_value` when there is nothing to add.
    pub fn annotate(
        &self,
        project: &Project,
        item: u64,
        annotation: &Annotation,
        act: &Act,
    ) -> Result<Recorded> {
        project.must_be_open()?;
        let mut source = Object::new();
        for (field, text) in [
            (Field::Caption, &annotation.caption),
            (Field::Note, &annotation.note),
        ] {
            if let Some(text) = text.as_ref().filter(|text| !text.trim().is_empty()) {
                source = clean_lines(text.as_bytes()).add_to(source, field.word());
            }
        }
        if source.is_empty() {
            return Err(VaultError::InvalidValue {
                what: "what is to be added",
                detail: "there is neither a caption nor a note".to_owned(),
            });
        }
        let (recorded, ()) = self.record_about(project, item, act, |about| {
            match about.item.state {
                ItemState::Present => {}
                ItemState::Withdrawn => return Err(VaultError::ItemWithdrawn(item)),
                ItemState::Erased => return Err(VaultError::ItemErased(item)),
            }
            let told = Told::by(about.history, None);
            if source.contains(Field::Caption.word()) && told.caption.is_some() {
                return Err(VaultError::CaptionExists(item));
            }
            let draft = Draft::new(EventType::Annotate, about.content()).source(source);
            Ok((draft, ()))
        })?;
        Ok(recorded)
    }
}
