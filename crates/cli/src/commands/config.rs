use app::{AppError, Source};
use bundle::canon::Object;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::Tone;

/// Show each setting, its value and where that came from
#[derive(Debug, Args)]
pub struct Config {}

impl Run for Config {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let set = |set: &app::Set| {
            let line = match set.source {
                Source::File(line) => Some(line as u64),
                _ => None,
            };
            Object::new()
                .with("variable", set.setting.variable)
                .with("key", set.setting.key)
                .with("means", set.setting.means)
                .with("value", set.value.as_deref())
                .with("set", set.is_set)
                .with("source", set.source.as_str())
                .with("line", line)
        };
        let complaint = |complaint: &app::Complaint| {
            Object::new()
                .with("line", complaint.line as u64)
                .with("key", complaint.key.as_str())
                .with("what", complaint.what)
        };
        let file = config.file().display().to_string();
        let value = || {
            Object::new()
                .with("file", file.as_str())
                .with(
                    "settings",
                    config.sets().iter().map(set).collect::<Vec<_>>(),
                )
                .with(
                    "complaints",
                    config
                        .complaints()
                        .iter()
                        .map(complaint)
                        .collect::<Vec<_>>(),
                )
                .into()
        };
        context.output.show(value, |page| {
            for set in config.sets() {
                let value = match (&set.value, set.is_set) {
                    (Some(value), _) => value.as_str(),
                    (None, true) => "(set, and not shown)",
                    (None, false) => "(none)",
                };
                let source = match set.source {
                    Source::Flag => "from --data-dir".to_owned(),
                    Source::Variable => "from the variable".to_owned(),
                    Source::File(line) => format!("from line {line} of the file"),
                    Source::Default => "by default".to_owned(),
                };
                page.toned(Tone::Strong, &format!("{} = {value}", set.setting.variable));
                page.line(&format!("  {source}: {}", set.setting.means));
            }
            page.gap();
            page.line(&format!("The file is {file}."));
            for complaint in config.complaints() {
                page.toned(
                    Tone::Bad,
                    &format!(
                        "  line {}, {}: {}",
                        complaint.line, complaint.key, complaint.what
                    ),
                );
            }
        })?;
        Ok(if config.complaints().is_empty() {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
