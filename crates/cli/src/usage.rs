//! What clap says about the command line, in the house's form.

use std::ffi::OsStr;
use std::process::ExitCode;

use app::Fault;
use clap::error::ErrorKind;

use crate::output::Output;

/// Shows help or version, or what is wrong with the command line.
pub fn show(error: &clap::Error) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let json = std::env::args_os()
        .skip(1)
        .take_while(|arg| arg != OsStr::new("--"))
        .any(|arg| arg == OsStr::new("--json"));
    let output = Output::new(json && !asked, false);
    if asked || (error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json) {
        // Help that was asked for goes to standard output; help instead of an error to standard error.
        let _ = error.print();
        return ExitCode::from(if asked { 0 } else { 2 });
    }
    let rendered = error.render().to_string();
    let mut paragraphs = rendered.split("\n\n");
    let joined = |paragraph: &str| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
        lines.join(" ")
    };
    let first = joined(paragraphs.next().unwrap_or_default());
    let first = first.strip_prefix("error: ").unwrap_or(&first);
    let mut message: String = first.chars().take(1).flat_map(char::to_uppercase).collect();
    message.extend(first.chars().skip(1));
    if !message.ends_with('.') {
        message.push('.');
    }
    let usage = rendered
        .lines()
        .find_map(|line| line.strip_prefix("Usage: "));
    let mut error = Fault::Usage.error().saying(message);
    if let Some(usage) = usage {
        error = error.advising(format!("Write it as: {usage}"));
    }
    output.error(&error);
    for paragraph in paragraphs {
        if let Some(tip) = joined(paragraph).strip_prefix("tip: ") {
            output.hint(tip);
        }
    }
    ExitCode::from(crate::status(&error))
}
