use std::fmt::Write;

use app::{AppError, Entry, Group};
use bundle::canon::Object;
use clap::{Arg, Args, Command, CommandFactory, ValueEnum};
use vault::doctor::Severity;

use super::{Outcome, Run};
use crate::args::Cli;
use crate::context::Context;

/// Print a page of the documentation that is made from the program
#[derive(Debug, Args)]
pub struct Docs {
    /// The page
    #[arg(value_name = "PAGE")]
    page: Page,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Page {
    /// The reference of commands and options
    Cli,
    /// The catalogue of codes
    Errors,
    /// The description of the HTTP API
    Openapi,
}

impl Run for Docs {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let text = match self.page {
            Page::Cli => cli(),
            Page::Errors => errors(),
            Page::Openapi => http_api::openapi() + "\n",
        };
        let value = || Object::new().with("markdown", text.as_str()).into();
        context.output.show(value, |page| page.verbatim(&text))?;
        Ok(Outcome::Done)
    }
}

const MADE: &str =
    "<!-- Made from the program: FIELDGRADE_BLESS=1 cargo test -p fieldgrade-cli -->\n";

fn cli() -> String {
    let mut root = Cli::command();
    root.build();
    let mut text = format!(
        "{MADE}\n# Command line\n\n{}\n\n    {}\n\n",
        about(&root),
        usage(&mut root.clone())
    );
    text.push_str(
        "Exit status: 0 it is done; 1 refused, or a check found something wrong; 2 wrong usage; 3 the environment \
         failed or somebody stopped it.\nAnswers go to standard output; problems, progress and hints to standard \
         error. With `--json` there is exactly one JSON document\non standard output, for errors too: \
         `{\"error\":{\"code\":…,\"message\":…,\"next\":…,\"place\":…}}`. The codes stand in [errors](errors.md).\n\n\
         ## Options of every command\n\n",
    );
    table(
        &mut text,
        root.get_arguments().filter(|arg| arg.is_global_set()),
    );
    for command in root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        describe(&mut text, "##", command.get_name(), command);
        let parts = command.get_subcommands();
        for part in parts.filter(|part| !part.is_hide_set() && part.get_name() != "help") {
            let name = format!("{} {}", command.get_name(), part.get_name());
            describe(&mut text, "###", &name, part);
        }
    }
    text
}

/// A command under a heading, with its own arguments.
fn describe(text: &mut String, heading: &str, name: &str, command: &Command) {
    let about = about(command);
    let usage = usage(&mut command.clone());
    // What cannot be written into a string cannot be written anywhere.
    let _ = write!(text, "\n{heading} {name}\n\n{about}\n\n    {usage}\n");
    let mut own = command
        .get_arguments()
        .filter(|arg| !arg.is_global_set() && arg.get_id() != "help")
        .peekable();
    if own.peek().is_some() {
        text.push('\n');
        table(text, own);
    }
}

fn about(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    let mut about = about.unwrap_or_default();
    if !about.ends_with(['.', '?']) {
        about.push('.');
    }
    about
}

fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

fn table<'a>(text: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    text.push_str("| | |\n|---|---|\n");
    for argument in arguments {
        let help = argument
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let values = argument.get_possible_values();
        let values: Vec<&str> = values
            .iter()
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        let values = if argument.get_action().takes_values() && !values.is_empty() {
            format!(": {}", values.join(", "))
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "| `{argument}` | {}{values} |",
            help.replace('|', "\\|")
        );
    }
}

fn errors() -> String {
    let mut text = format!(
        "{MADE}\n# Codes\n\nEvery reason has a stable word. A program may rely on the words; the sentences may change. \
         In a report the\nword may be followed by a colon and the place.\n"
    );
    let all = app::codes();
    for (group, title) in [
        (Group::Bundle, "What a check of a bundle can find"),
        (
            Group::Archive,
            "What can be wrong with the archive around a bundle",
        ),
        (Group::Program, "What the program itself can stumble over"),
        (Group::Case, "What a case can refuse"),
        (Group::Storage, "What the data folder can stumble over"),
        (Group::Source, "Why a file is not captured"),
        (Group::Runs, "Why a run is refused or fails"),
    ] {
        let _ = writeln!(text, "\n## {title}");
        for entry in all.iter().filter(|entry| entry.group == group) {
            let Entry {
                word,
                means,
                next,
                kind,
                ..
            } = entry;
            let status = crate::status_of(*kind);
            let _ = writeln!(
                text,
                "\n### {word}\n\n{means} {next} (Exit status {status}.)"
            );
        }
    }
    text.push_str("\n## What `doctor` can find\n");
    for (word, severity, means, next) in vault::doctor::FINDINGS {
        let severity = match severity {
            Severity::Error => "An error: exit status 1 until it is repaired.",
            Severity::Warning => "A warning.",
            Severity::Note => "A note.",
        };
        let _ = writeln!(text, "\n### {word}\n\n{means} {next} ({severity})");
    }
    text
}
