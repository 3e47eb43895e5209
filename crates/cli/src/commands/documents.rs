use app::AppError;
use bundle::canon::Object;
use clap::Args;
use vault::Item;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::bytes;

/// List the items of a case
#[derive(Debug, Args)]
pub struct Documents {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// Go on after this item
    #[arg(long, value_name = "ITEM", default_value_t = 0)]
    after: u64,
    /// Those that were withdrawn too
    #[arg(long)]
    all: bool,
}

/// An item as `documents --json` and `show --json` give it.
pub fn item_object(item: &Item) -> Object {
    Object::new()
        .with("item", item.item)
        .with("id", item.capture)
        .with("intake", item.intake)
        .with("name", item.name.as_str())
        .with("path", item.path.as_str())
        .with("sha256", item.raw_sha256)
        .with("bytes", item.size)
        .with("media_type", item.media_type.as_str())
        .with("modified_utc", item.modified_utc.as_str())
        .with("captured_utc", item.captured_utc.as_str())
        .with("state", item.state.as_str())
        .with("text", item.extract_state.as_str())
}

impl Run for Documents {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let project = context.project_to_read(&desk)?;
        let items = if self.all {
            desk.vault().items(&project, self.after, self.limit)?
        } else {
            desk.vault()
                .present_items(&project, self.after, self.limit)?
        };
        let next = (items.len() as u64 == self.limit)
            .then(|| items.last().map(|item| item.item))
            .flatten();
        let value = || {
            Object::new()
                .with("items", items.iter().map(item_object).collect::<Vec<_>>())
                .with("next", next)
                .into()
        };
        context.output.show(value, |page| {
            if items.is_empty() {
                page.line("There is nothing in this case yet.");
            }
            for item in &items {
                let state = match item.state {
                    vault::ItemState::Present => String::new(),
                    other => format!(" ({})", other.as_str()),
                };
                page.line(&format!(
                    "  {:>5}  {:>9}  {}{state}",
                    item.item,
                    bytes(item.size),
                    item.path
                ));
            }
            if let Some(next) = next {
                page.line(&format!("There are more: --after {next}"));
            }
        })?;
        Ok(Outcome::Done)
    }
}
