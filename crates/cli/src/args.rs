//! What stands before and around every command.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::commands::Command;

/// Capture evidence, seal it, and check what others sealed.
#[derive(Debug, Parser)]
#[command(
    name = "fieldgrade",
    version,
    propagate_version = false,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// Where cases, documents and keys are kept [default: the system's folder for data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The case to work in
    #[arg(long, global = true, value_name = "NAME")]
    pub project: Option<String>,
    /// Who acts, as it will stand in the record
    #[arg(long, global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// Write one JSON document to standard output, and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Show no progress and no hints
    #[arg(long, short, global = true)]
    pub quiet: bool,
}
