use app::{AppError, Fault};
use clap::Args;
use vault::{Amendment, Field};

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::item::show_recorded;

/// Correct what was said about an item; what stood before stays on record
#[derive(Debug, Args)]
pub struct Amend {
    /// Number of the item
    item: String,
    /// What is corrected, and what is right: caption, note (of several: note:ENTRY), from, where, when, how, authority,
    /// reference, intake_note. Nothing after the = takes it back
    #[arg(value_name = "FIELD=VALUE", verbatim_doc_comment)]
    change: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Run for Amend {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let (field, entry, new) = change(&self.change)?;
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let item = app::item_number(&project, &self.item)?;
        let amendment = Amendment {
            field,
            entry,
            new: new.to_owned(),
            reason: self.reason,
        };
        let recorded = desk.vault().amend(&project, item, &amendment, &act)?;
        let done = format!(
            "The {} of item {item} is corrected; what stood before stays on record.",
            field.word()
        );
        show_recorded(context, item, &recorded, &done)?;
        Ok(Outcome::Done)
    }
}

/// `FIELD=VALUE` or `note:ENTRY=VALUE`.
fn change(text: &str) -> Result<(Field, Option<u64>, &str), AppError> {
    let words: Vec<&str> = Field::ALL.iter().map(|field| field.word()).collect();
    let wrong = || {
        Fault::Usage
            .error()
            .saying(format!("{text:?} does not say what is corrected."))
            .advising(format!(
                "Write FIELD=VALUE with one of: {}; one of several notes as note:ENTRY=VALUE.",
                words.join(", ")
            ))
    };
    let (name, new) = text.split_once('=').ok_or_else(wrong)?;
    let (name, entry) = match name.split_once(':') {
        Some(("note", entry)) => ("note", Some(entry.parse().map_err(|_| wrong())?)),
        _ => (name, None),
    };
    let field = Field::from_word(name).ok_or_else(wrong)?;
    Ok((field, entry, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_a_field_and_a_value() {
        assert_eq!(
            change("caption=a=b").unwrap(),
            (Field::Caption, None, "a=b")
        );
        assert_eq!(change("note:12=x").unwrap(), (Field::Note, Some(12), "x"));
        assert_eq!(change("where=").unwrap(), (Field::Where, None, ""));
        for bad in ["", "caption", "name=x", "note:x=y", "caption:3=y", "=x"] {
            assert_eq!(change(bad).unwrap_err().code, "usage", "{bad}");
        }
    }
}
