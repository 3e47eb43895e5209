use app::AppError;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::item::{Shown, show_object, write_item};

/// Show one item with everything that was said about it, its custody, and the sealed packages that hold it
#[derive(Debug, Args)]
pub struct Show {
    /// Number of the item: 43, #43, or with the case's reference before it
    item: String,
}

impl Run for Show {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let project = context.project_to_read(&desk)?;
        let item = app::item_number(&project, &self.item)?;
        let detail = desk.vault().item_detail(&project, item)?;
        let custody = desk.vault().custody(&project, item)?;
        let holdings = desk.vault().holdings(&project, &detail.item)?;
        let shown = Shown {
            desk: &desk,
            detail: &detail,
            custody: &custody,
            holdings: &holdings,
        };
        context.output.show(
            || show_object(&shown).into(),
            |page| write_item(page, &shown),
        )?;
        Ok(Outcome::Done)
    }
}
