use app::AppError;
use bundle::canon::Object;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Outcome, Run};
use crate::args::Cli;
use crate::context::Context;

/// Print what a shell needs to complete commands and options
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Run for Completions {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "fieldgrade", &mut script);
        let script = String::from_utf8_lossy(&script);
        let value = || {
            Object::new()
                .with("shell", self.shell.to_string())
                .with("script", &*script)
                .into()
        };
        context.output.show(value, |page| page.verbatim(&script))?;
        Ok(Outcome::Done)
    }
}
