use app::AppError;
use bundle::canon::{Object, Value};
use bundle::format::event::Event;
use clap::Args;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::{Tone, time};

/// Show the record of actions of a case, or check it
#[derive(Debug, Args)]
pub struct Ledger {
    /// Check every entry and the chain instead
    #[arg(long)]
    verify: bool,
    /// Only entries about this item
    #[arg(long, value_name = "ITEM")]
    item: Option<u64>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// Go on after this entry
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: u64,
}

impl Run for Ledger {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk_to_read()?;
        let project = context.project_to_read(&desk)?;
        if self.verify {
            let watch = context.watch("Checking the record", 0);
            let check = watch.finish(
                desk.vault()
                    .verify_ledger(&project, &*watch)
                    .map_err(AppError::from),
            )?;
            let finding = |(seq, what): &(u64, String)| {
                Object::new()
                    .with("seq", *seq)
                    .with("finding", what.as_str())
            };
            let value = || {
                Object::new()
                    .with("entries", check.entries)
                    .with("head", check.head)
                    .with(
                        "findings",
                        check.findings.iter().map(finding).collect::<Vec<_>>(),
                    )
                    .into()
            };
            context.output.show(value, |page| {
                for (seq, what) in &check.findings {
                    page.toned(Tone::Bad, &format!("Entry {seq}: {what}."));
                }
                if check.findings.is_empty() {
                    page.toned(
                        Tone::Good,
                        &format!(
                            "The record is one unbroken chain of {} entries.",
                            check.entries
                        ),
                    );
                    page.some("Last", check.head.map(|head| head.to_string()).as_deref());
                }
            })?;
            return Ok(if check.findings.is_empty() {
                Outcome::Done
            } else {
                Outcome::Refused
            });
        }
        let events = match self.item {
            Some(item) => desk.vault().events_of_item(&project, item)?,
            None => desk.vault().events(&project, self.after, self.limit)?,
        };
        let full = self.item.is_none() && events.len() as u64 == self.limit;
        let next = full
            .then(|| events.last().map(|event| event.payload.seq))
            .flatten();
        let value = || {
            Object::new()
                .with("items", events.iter().map(object).collect::<Vec<_>>())
                .with("next", next)
                .into()
        };
        context.output.show(value, |page| {
            for event in &events {
                let who = actor(event);
                let what = words(event);
                page.line(&format!(
                    "  {:>6}  {}  {what}{who}",
                    event.payload.seq,
                    time(&event.payload.ts_utc)
                ));
            }
            if let Some(next) = next {
                page.line(&format!("There are more: --after {next}"));
            }
        })?;
        Ok(Outcome::Done)
    }
}

fn body(text: Option<&String>) -> Value {
    text.and_then(|text| Value::parse(text.as_bytes()).ok())
        .unwrap_or(Value::Null)
}

fn object(event: &Event) -> Object {
    Object::new()
        .with("seq", event.payload.seq)
        .with("ts_utc", event.payload.ts_utc.as_str())
        .with("type", event.kind.as_str())
        .with("hash", event.hash)
        .with("prev", event.prev)
        .with("content", body(event.content.as_ref()))
        .with("source", body(event.source.as_ref()))
}

fn actor(event: &Event) -> String {
    let source = body(event.source.as_ref());
    let name = source
        .as_object()
        .and_then(|source| source.get("actor")?.as_object()?.get("name")?.as_str());
    match name {
        Some("") => ", by somebody not stated".to_owned(),
        Some(name) => format!(", by {name}"),
        None => String::new(),
    }
}

/// What an entry records, in words.
fn words(event: &Event) -> String {
    let (content, source) = (body(event.content.as_ref()), body(event.source.as_ref()));
    let number = |key: &str| {
        content
            .as_object()
            .and_then(|content| content.get(key)?.as_int())
            .unwrap_or_default()
    };
    let text = |key: &str| {
        let text = source
            .as_object()
            .and_then(|source| source.get(key)?.as_str());
        text.unwrap_or_default().to_owned()
    };
    let truth = |key: &str| {
        let content = content.as_object();
        content.and_then(|content| content.get(key)) == Some(&Value::Bool(true))
    };
    let item = number("item");
    match event.kind.as_str() {
        "GENESIS" => "The record begins".to_owned(),
        "PROJECT" => format!("The case is called \"{}\"", text("title")),
        "OPERATOR" => "Another person works from here on".to_owned(),
        "INTAKE" => format!("Intake {}", number("intake")),
        "CAPTURE" => format!("Item {item} taken in: {}", text("path")),
        "SIGHTING" => format!("Item {item} seen again: {}", text("path")),
        "EXTRACT" => format!("Text of item {item} read"),
        "ANNOTATE" => format!("Item {item} annotated"),
        "AMEND" => format!("Item {item}: {} corrected", text("field")),
        "WITHDRAW" if truth("erase") => format!("Item {item} erased: {}", text("reason")),
        "WITHDRAW" => format!("Item {item} withdrawn: {}", text("reason")),
        "HOLD" if truth("set") => format!("Item {item} put on hold: {}", text("reason")),
        "HOLD" => format!("Hold on item {item} lifted: {}", text("reason")),
        "EXPORT" => format!("Item {item} exported"),
        "SEAL" => format!("Sealing of package {}", number("number")),
        "SEALED" => "Package written".to_owned(),
        "SEAL_CANCELED" => "Sealing given up".to_owned(),
        "POLICY" => "The rules of the case were changed".to_owned(),
        "KEY_ROTATED" => "The signing key was changed".to_owned(),
        "KEY_REPLACED" => "A lost signing key was replaced".to_owned(),
        "KEY_REVOKED" => "A signing key was revoked".to_owned(),
        "RESTORED" => "Continued from a backup".to_owned(),
        other => other.to_owned(),
    }
}
