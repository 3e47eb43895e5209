use std::path::PathBuf;

use app::{AppError, inspect_file};
use clap::Args;

use super::{Outcome, Run, size_of};
use crate::context::Context;
use crate::output::inspection;

/// Show what is inside a bundle, trusting nothing
#[derive(Debug, Args)]
pub struct Inspect {
    /// The bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
}

impl Run for Inspect {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let watch = context.watch("Looking", size_of(&self.bundle));
        let inspection = watch.finish(inspect_file(&self.bundle, &*watch))?;
        let people = |page: &mut _| inspection::write(&inspection, page);
        context.output.show(|| inspection.to_value(), people)?;
        context.output.hint("fieldgrade verify checks it");
        Ok(if inspection.whole() {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
