use app::AppError;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::item::show_recorded;

/// Forbid erasing an item, or allow it again
#[derive(Debug, Args)]
pub struct Hold {
    /// Number of the item
    item: String,
    /// Lift the hold
    #[arg(long)]
    lift: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Run for Hold {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let item = app::item_number(&project, &self.item)?;
        let recorded = desk
            .vault()
            .hold(&project, item, !self.lift, &self.reason, &act)?;
        let done = if self.lift {
            format!("The hold on item {item} is lifted.")
        } else {
            format!("Item {item} is on hold: it cannot be erased.")
        };
        show_recorded(context, item, &recorded, &done)?;
        Ok(Outcome::Done)
    }
}
