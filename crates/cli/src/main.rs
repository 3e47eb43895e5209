//! `fieldgrade`: everything the program does, from the command line.
//!
//! One file a command in `commands`; what a person or a program reads is written in `output` and nowhere else.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod args;
mod commands;
mod context;
mod output;
mod passphrase;
mod probe;
mod usage;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use app::{AppError, ErrorKind, Fault};
use clap::Parser;

use args::Cli;
use commands::{Outcome, Run};
use context::Context;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::show(&error),
    };
    let context = Context::new(cli.global);
    let result = catch_unwind(AssertUnwindSafe(|| cli.command.run(&context)))
        .unwrap_or_else(|_| Err(Fault::Internal.error()));
    let status = match &result {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Refused) => 1,
        Err(error) => {
            context.output.error(error);
            status(error)
        }
    };
    ExitCode::from(status)
}

/// The exit status of an error.
fn status(error: &AppError) -> u8 {
    status_of(error.kind)
}

fn status_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Refused => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Environment => 3,
    }
}
