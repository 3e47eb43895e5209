//! The commands. A new one is a file here with a `clap::Args` struct that implements [`Run`], its `mod` line, and its
//! line in the list.

mod amend;
mod annotate;
mod backup;
mod bundles;
mod completions;
mod config;
mod docs;
mod doctor;
mod documents;
mod export;
mod hold;
mod ingest;
mod inspect;
mod keys;
mod ledger;
mod operator;
mod policy;
mod projects;
mod reproduce;
mod restore;
mod run;
mod seal;
mod search;
mod selftest;
mod serve;
mod show;
mod tokens;
mod verify;
mod withdraw;
mod worker;

use std::path::Path;

use app::AppError;
use clap::Subcommand;

use crate::context::Context;

pub use documents::item_object;

/// How a command ended that could be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The answer is no, or a check found something wrong.
    Refused,
}

/// What every command does.
pub trait Run {
    /// Does it and shows the answer. An error is shown by the caller.
    fn run(self, context: &Context) -> Result<Outcome, AppError>;
}

/// The size of a file, for guessing how long it takes; whether it can be read is somebody else's question.
fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

macro_rules! commands {
    ($($(#[$attribute:meta])* $command:ident = $file:ident),* $(,)?) => {
        /// What can be asked for.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $($(#[$attribute])* $command($file::$command)),*
        }

        impl Run for Command {
            fn run(self, context: &Context) -> Result<Outcome, AppError> {
                match self { $(Self::$command(command) => command.run(context)),* }
            }
        }
    };
}

commands! {
    Run = run,
    Ingest = ingest,
    Documents = documents,
    Search = search,
    Show = show,
    Annotate = annotate,
    Amend = amend,
    Withdraw = withdraw,
    Hold = hold,
    Seal = seal,
    Reproduce = reproduce,
    Verify = verify,
    Inspect = inspect,
    Bundles = bundles,
    Export = export,
    Ledger = ledger,
    Projects = projects,
    Policy = policy,
    Operator = operator,
    Keys = keys,
    Doctor = doctor,
    Backup = backup,
    Restore = restore,
    Serve = serve,
    Worker = worker,
    Tokens = tokens,
    Config = config,
    Selftest = selftest,
    Completions = completions,
    #[command(hide = true)]
    Docs = docs,
}
