use app::AppError;
use clap::Args;
use vault::doctor::{DoctorOptions, Severity};

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
        let options = DoctorOptions {
            read_data: self.read_data,
            repair: self.repair,
            reserve: app::DISK_RESERVE,
        };
        let watch = context.watch("Examining", 0);
        let data_dir = context.global.data_dir.as_deref();
        let checkup = watch.finish(app::doctor(data_dir, &options, &*watch))?;
        context.output.show(
            || checkup_object(&checkup, &options).into(),
            |page| write_checkup(page, &checkup, &options),
        )?;
        Ok(if checkup.left(Severity::Error) == 0 {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
