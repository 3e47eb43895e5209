use app::{AppError, Desk, Fault};
use bundle::canon::Object;
use clap::Args;
use vault::{Holding, Item, ItemState, Project, VaultError, Withdrawal};

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Page;
use crate::output::item::{holding_object, numbers, package};

/// Hide an item from lists and searches; with --erase remove its bytes
#[derive(Debug, Args)]
pub struct Withdraw {
    /// Number of the item
    item: String,
    /// Why; it stands in the record and in every sealed package from now on
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Remove its bytes and its text too, which cannot be undone
    #[arg(long)]
    erase: bool,
    /// With --erase: remove its names, paths, captions and notes too
    #[arg(long, requires = "erase")]
    names: bool,
    /// Erase without asking
    #[arg(long)]
    yes: bool,
}

impl Run for Withdraw {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let number = app::item_number(&project, &self.item)?;
        let item = desk.vault().item(&project, number)?;
        let held_by = if self.erase {
            still_held_by(&desk, &project, &item)?
        } else {
            Vec::new()
        };
        if self.erase && !self.yes {
            self.confirm(context, &item, &held_by)?;
        }
        let withdrawal = Withdrawal {
            reason: &self.reason,
            erase: self.erase,
            names: self.names,
        };
        let done = desk.vault().withdraw(&project, number, &withdrawal, &act)?;
        let value = || {
            let file = |holding: &Holding| holding_object(&desk, holding);
            Object::new()
                .with("item", number)
                .with("entry", done.recorded.entry)
                .with("hash", done.recorded.hash)
                .with("ts_utc", done.recorded.ts_utc.as_str())
                .with("erase", self.erase)
                .with("names", self.names)
                .with("erased", done.erased.clone())
                .with("kept_for", done.kept_for.clone())
                .with("unfinished", done.unfinished.as_deref())
                .with("held_by", held_by.iter().map(file).collect::<Vec<_>>())
                .into()
        };
        context.output.show(value, |page| {
            if !self.erase {
                page.line(&format!(
                    "Item {number} is withdrawn: lists and searches do not show it any more."
                ));
            } else if done.kept_for.is_empty() {
                page.line(&format!("Item {number} is erased from this case."));
            } else {
                page.line(&format!(
                    "Item {number} is withdrawn, but its bytes stay: of this case, {} the same.",
                    numbers(&done.kept_for, "has", "have")
                ));
                page.line("They go when these are erased too.");
            }
            if let Some(why) = &done.unfinished {
                page.line(&format!("Something of it is still here and is removed at the next start of the program: {why}."));
            }
            tell_holders(page, &desk, &held_by);
            page.field("Entry", &done.recorded.entry.to_string());
        })?;
        Ok(Outcome::Done)
    }
}

impl Withdraw {
    fn confirm(&self, context: &Context, item: &Item, held_by: &[Holding]) -> Result<(), AppError> {
        if item.state == ItemState::Erased && !self.names {
            return Err(VaultError::ItemErased(item.item).into());
        }
        let names = if self.names { " and its names" } else { "" };
        let packages = match held_by {
            [] => String::new(),
            held_by => {
                let names: Vec<String> = held_by.iter().map(package).collect();
                format!(" It stays in {}.", names.join(", "))
            }
        };
        let name = bundle::format::text::clean(item.name.as_bytes()).text;
        let question = format!(
            "Erase item {} ({name}){names}? This cannot be undone.{packages}",
            item.item
        );
        match context.output.ask(&question)? {
            Some(true) => Ok(()),
            Some(false) => Err(Fault::NotConfirmed.error().saying("Nothing was erased.")),
            None => Err(Fault::NotConfirmed.error()),
        }
    }
}

/// The packages that hold the bytes whatever happens here.
fn still_held_by(desk: &Desk, project: &Project, item: &Item) -> Result<Vec<Holding>, AppError> {
    let holdings = desk.vault().holdings(project, item)?;
    Ok(holdings
        .into_iter()
        .filter(|holding| holding.bytes)
        .collect())
}

fn tell_holders(page: &mut Page, desk: &Desk, held_by: &[Holding]) {
    if held_by.is_empty() {
        return;
    }
    page.line("Sealed packages that hold the bytes, here and wherever they were handed over:");
    for holding in held_by {
        let path = desk
            .vault()
            .bundle_path(&holding.bundle)
            .filter(|path| path.exists());
        let file = path.map_or_else(
            || "not here any more".to_owned(),
            |path| path.display().to_string(),
        );
        page.field(&package(holding), &file);
    }
}
