use std::path::PathBuf;

use app::AppError;
use bundle::canon::Object;
use clap::{Args, ValueEnum};
use vault::{Intake, ItemStatus};

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::capture::{Listing, outcome_object, summary};
use crate::watch::Watch;

/// When the text of what was captured becomes searchable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Index {
    /// Before the command ends
    Now,
    /// Later: searches catch up bit by bit
    Later,
}

/// What is known of a drop
#[derive(Debug, Clone, Default, Args)]
pub struct IntakeFields {
    /// From whom it was obtained
    #[arg(long, value_name = "TEXT")]
    from: Option<String>,
    /// Where it was obtained
    #[arg(long = "where", value_name = "TEXT")]
    place: Option<String>,
    /// When it was obtained
    #[arg(long, value_name = "TEXT")]
    when: Option<String>,
    /// How it was obtained
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
    /// Why, or on what authority
    #[arg(long, value_name = "TEXT")]
    authority: Option<String>,
    /// Your own reference
    #[arg(long = "ref", value_name = "TEXT")]
    reference: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl From<IntakeFields> for Intake {
    fn from(fields: IntakeFields) -> Self {
        let IntakeFields {
            from,
            place,
            when,
            how,
            authority,
            reference,
            note,
        } = fields;
        Self {
            from,
            place,
            when,
            how,
            authority,
            reference,
            note,
        }
    }
}

/// Capture files and folders as one intake: their bytes are kept, and every act is put on record
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    intake: IntakeFields,
    /// When the text becomes searchable
    #[arg(long, value_enum, default_value = "now")]
    index: Index,
    /// Write one JSON line for each file, after it is stored: that line is the acknowledgement
    #[arg(long)]
    json_lines: bool,
}

impl Run for Ingest {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let watch = context.watch("Capturing", 0);
        let mut listing = Listing::new(context, self.json_lines);
        let captured = desk.vault().capture(
            &project,
            &self.paths,
            &self.intake.into(),
            &act,
            &*watch,
            &mut |item| {
                listing.add(item);
                if item.status != ItemStatus::Failed {
                    watch.stored();
                }
            },
        );
        let report = match captured {
            Ok(report) => report,
            // What was acknowledged before stays stored, and is said before the reason for the end.
            Err(error) => {
                watch.clear();
                listing.interrupted(context);
                return Err(error.into());
            }
        };
        watch.clear();
        listing.written()?;
        let stopped = report.canceled.then(|| canceled(&watch));
        // A program gets what was stored, and that it was stopped, in its one document; a person the error.
        if let Some(stopped) = stopped.filter(|_| self.json_lines || !context.global.json) {
            return Err(stopped);
        }
        let mut texts = Ok(());
        if self.index == Index::Now && !report.canceled {
            watch.phase("Reading texts");
            let caught_up = desk.vault().catch_up(&project, &act, &*watch);
            texts = watch.finish(caught_up.map(drop).map_err(AppError::from));
        }
        if !self.json_lines {
            let value = || {
                let items: Vec<Object> = listing.items().iter().map(outcome_object).collect();
                Object::new()
                    .with("intake", report.intake)
                    .with("documents", items)
                    .with("captured", report.captured)
                    .with("duplicates", report.duplicates)
                    .with("failed", report.failed)
                    .with("canceled", report.canceled)
                    .into()
            };
            context.output.show(value, |page| {
                listing.write(page);
                summary(page, &report);
            })?;
        }
        if report.clock_went_back {
            context.output.hint("the clock of this computer shows an earlier time than for the entry before; the order of the record does not depend on it");
        }
        if report.canceled {
            return Err(canceled(&watch));
        }
        stored_all_the_same(context, texts)?;
        Ok(if report.failed > 0 {
            Outcome::Refused
        } else {
            Outcome::Done
        })
    }
}

/// Texts are derived: that they could not be read takes nothing from what is stored, and they are read later.
pub fn stored_all_the_same(context: &Context, texts: Result<(), AppError>) -> Result<(), AppError> {
    match texts {
        Err(error) if error.code != app::Fault::Canceled.code() => {
            context.output.hint(&format!(
                "everything is stored; only the text could not be read yet. {} {}",
                error.message, error.next
            ));
            Ok(())
        }
        texts => texts,
    }
}

fn canceled(watch: &Watch) -> AppError {
    let next = "Start the same command again: what is stored is recognised, the rest is captured.";
    let error = app::Fault::Canceled.error();
    error.saying(watch.told()).advising(next)
}
