use std::path::{Path, PathBuf};

use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;
use vault::backup::Continued;
use vault::doctor::Severity;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::checkup::{checkup_object, write_findings};
use crate::output::{Page, Tone, bytes, time};

/// Restore a backup into an empty data folder, prove one, or declare that the data here are an older copy
#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of the backup
    #[arg(value_name = "FOLDER", required_unless_present = "here")]
    backup: Option<PathBuf>,
    /// Only prove it: read every byte, check every entry, touch nothing
    #[arg(long)]
    check: bool,
    /// An older copy of the data was put here on purpose: put that on record and go on from it
    #[arg(long, conflicts_with_all = ["backup", "check"], requires = "reason")]
    here: bool,
    /// Why; it stands in the record
    #[arg(long, value_name = "TEXT", conflicts_with = "check")]
    reason: Option<String>,
}

impl Run for Restore {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        match &self.backup {
            Some(backup) if self.check => check(context, backup),
            Some(backup) => self.restore(context, backup),
            None => self.declare(context),
        }
    }
}

impl Restore {
    fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }

    fn restore(&self, context: &Context, backup: &Path) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let watch = context.watch("Restoring", 0);
        let actor = context.global.actor.as_deref();
        let restored = app::restore(&config, backup, self.reason(), actor, &*watch);
        let restored = watch.finish(restored)?;
        let value = || {
            Object::new()
                .with("created_utc", restored.created_utc.as_str())
                .with("manifest_sha256", restored.manifest_sha256)
                .with("entries", restored.entries)
                .with("items", restored.items)
                .with("blobs", restored.blobs)
                .with("bundles", restored.bundles)
                .with("with_keys", restored.with_keys)
                .with("continued", continued_object(&restored.continued))
                .with("problems", restored.problems.clone())
                .into()
        };
        context.output.show(value, |page| {
            for problem in &restored.problems {
                page.toned(Tone::Bad, &format!("Not restored: {problem}."));
            }
            let (tone, line) = if restored.problems.is_empty() {
                (
                    Tone::Good,
                    "The backup is restored, and the records say so.",
                )
            } else {
                (
                    Tone::Bad,
                    "Not everything of the backup could be restored; the records go on.",
                )
            };
            page.toned(tone, line);
            page.field("Made at", &time(&restored.created_utc));
            page.field("Entries", &restored.entries.to_string());
            page.field("Items", &restored.items.to_string());
            page.field("Packages", &restored.bundles.to_string());
            write_lost(page, &restored.continued);
        })?;
        if !restored.with_keys {
            context.output.hint("the signing keys were not in the backup: put them back into the keys folder before the next seal");
        }
        Ok(if restored.problems.is_empty() {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }

    fn declare(&self, context: &Context) -> Result<Outcome, AppError> {
        let config = context.config()?;
        let actor = context.global.actor.as_deref();
        let continued = app::adopt_older(&config, self.reason(), actor)?;
        context.output.show(
            || continued_object(&continued).into(),
            |page| {
                let what = if continued.chains == 1 {
                    "record says"
                } else {
                    "records say"
                };
                page.toned(
                    Tone::Strong,
                    &format!(
                        "{} {what} now that they go on from an older copy.",
                        continued.chains
                    ),
                );
                write_lost(page, &continued);
            },
        )?;
        Ok(Outcome::Done)
    }
}

fn check(context: &Context, backup: &Path) -> Result<Outcome, AppError> {
    let watch = context.watch("Checking", 0);
    let check = watch.finish(app::check_backup(backup, &*watch))?;
    let errors = check.checkup.left(Severity::Error);
    let value = || {
        checkup_object(&check.checkup, true)
            .with("created_utc", check.created_utc.as_str())
            .with("manifest_sha256", check.manifest_sha256)
            .with("blobs", check.blobs)
            .with("bundles", check.bundles)
            .into()
    };
    context.output.show(value, |page| {
        write_findings(page, &check.checkup);
        if errors == 0 {
            page.toned(
                Tone::Good,
                "The backup is good: every byte was read, and the records are unbroken.",
            );
        } else {
            page.toned(Tone::Bad, "The backup is damaged. Do not rely on it.");
        }
        page.field("Made at", &time(&check.created_utc));
        page.field("Items", &check.checkup.counts.items.to_string());
        page.field(
            "Stored files",
            &format!("{} ({})", check.blobs, bytes(check.blob_bytes)),
        );
        page.field("Packages", &check.bundles.to_string());
        page.field("SHA-256", &check.manifest_sha256.to_string());
    })?;
    Ok(if errors == 0 {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

fn continued_object(continued: &Continued) -> Object {
    let lost = continued.lost.iter().map(|(project, found, expected)| {
        Value::from(
            Object::new()
                .with("project", project.as_str())
                .with("found", *found)
                .with("expected", *expected),
        )
    });
    Object::new()
        .with("chains", continued.chains)
        .with("lost", lost.collect::<Vec<Value>>())
}

/// What is known to be lost. That a restored record waits for its entry is no loss.
fn write_lost(page: &mut Page, continued: &Continued) {
    for (project, found, expected) in &continued.lost {
        if project.is_empty() {
            page.toned(
                Tone::Bad,
                &format!("A record with {expected} entries is lost."),
            );
        } else if *expected > found + 1 {
            page.toned(
                Tone::Bad,
                &format!(
                    "Of the record of {project} the entries {} to {expected} are lost.",
                    found + 1
                ),
            );
        }
    }
}
