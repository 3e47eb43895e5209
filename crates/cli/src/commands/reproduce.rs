use std::path::PathBuf;

use app::AppError;
use bundle::canon::Object;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::{bytes, sealing::name};

/// Make a sealed package again from its seal: the same bytes, or what differs
#[derive(Debug, Args)]
pub struct Reproduce {
    /// Number of the package, or its SHA-256 (the first eight digits are enough)
    #[arg(value_name = "SHA256|NUMBER")]
    which: String,
    /// Write it here; without this it is only compared
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Run for Reproduce {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let project = context.project_to_read(&desk)?;
        let seal = desk.vault().sealed(&project, &self.which)?;
        let watch = context.watch("Making it again", seal.bytes.unwrap_or(0));
        let made = desk
            .vault()
            .reproduce(&project, &seal, self.out.as_deref(), &*watch);
        let made = watch.finish(made.map_err(AppError::from))?;
        let value = || {
            Object::new()
                .with("sha256", made.sha256)
                .with("bytes", made.bytes)
                .with("number", made.seal.number)
                .with("same", true)
                .with(
                    "out",
                    self.out.as_ref().map(|path| path.display().to_string()),
                )
                .into()
        };
        context.output.show(value, |page| {
            page.line(&format!(
                "The same bytes: {} ({}).",
                name(&made.seal),
                bytes(made.bytes)
            ));
            page.field("SHA-256", &made.sha256.to_string());
            page.some(
                "File",
                self.out
                    .as_ref()
                    .map(|path| path.display().to_string())
                    .as_deref(),
            );
        })?;
        Ok(Outcome::Done)
    }
}
