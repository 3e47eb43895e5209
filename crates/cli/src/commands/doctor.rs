use app::AppError;
use clap::Args;
use vault::doctor::Severity;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::checkup::{checkup_object, write_checkup};

/// Look for damage in the data folder, and say what to do about it
#[derive(Debug, Args)]
pub struct Doctor {
    /// Read every byte and compare it with its digest, too
    #[arg(long)]
    read_data: bool,
    /// Mend what can be mended without losing anything; nobody else may be working in the folder
    #[arg(long)]
    repair: bool,
}

impl Run for Doctor {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let watch = context.watch("Examining", 0);
        let checkup = app::doctor(&config, self.read_data, self.repair, &*watch);
        let checkup = watch.finish(checkup)?;
        context.output.show(
            || checkup_object(&checkup, self.read_data).into(),
            |page| write_checkup(page, &checkup, self.read_data),
        )?;
        Ok(if checkup.left(Severity::Error) == 0 {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
