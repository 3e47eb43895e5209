use app::AppError;
use clap::Args;
use vault::Annotation;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::item::show_recorded;

/// Add a caption or a note to an item; what stands is corrected with amend
#[derive(Debug, Args)]
pub struct Annotate {
    /// Number of the item
    item: String,
    /// What can be seen in it; an item has one caption
    #[arg(long, value_name = "TEXT", required_unless_present = "note")]
    caption: Option<String>,
    /// A note; an item can have any number
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Run for Annotate {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let item = app::item_number(&project, &self.item)?;
        let annotation = Annotation {
            caption: self.caption,
            note: self.note,
        };
        let recorded = desk.vault().annotate(&project, item, &annotation, &act)?;
        show_recorded(
            context,
            item,
            &recorded,
            &format!("It is added to item {item}."),
        )?;
        Ok(Outcome::Done)
    }
}
