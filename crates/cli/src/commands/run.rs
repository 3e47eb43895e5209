use std::path::PathBuf;

use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;
use vault::{ItemStatus, Scope};

use super::ingest::{IntakeFields, stored_all_the_same};
use super::seal::SealFields;
use super::{Outcome, Run as Command};
use crate::context::Context;
use crate::output::capture::{Listing, outcome_object, summary};
use crate::output::report::Shown;
use crate::output::sealing::{seal_object, write_seal};
use crate::passphrase;

/// The main job: capture, seal, check, and say what to do next
#[derive(Debug, Args)]
pub struct Run {
    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    intake: IntakeFields,
    #[command(flatten)]
    seal: SealFields,
    /// Write one JSON line for each file, after it is stored
    #[arg(long)]
    json_lines: bool,
}

impl Command for Run {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let vault = desk.vault();
        let passphrase = passphrase::of_present(&desk)?;
        let watch = context.watch("Capturing", 0);
        let mut listing = Listing::new(context, self.json_lines);
        let captured = vault.capture(
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
            Ok(report) if !report.canceled => report,
            ended => {
                watch.clear();
                return Err(ended.map_or_else(
                    |error| {
                        listing.interrupted(context);
                        AppError::from(error)
                    },
                    |_| app::Fault::Canceled.error().saying(watch.told()),
                ));
            }
        };
        listing.written()?;
        watch.phase("Reading texts");
        let texts = vault.catch_up(&project, &act, &*watch);
        let texts = watch.finish(texts.map(drop).map_err(AppError::from));
        stored_all_the_same(context, texts)?;
        watch.phase("Sealing");
        let options = self.seal.options(Scope::New);
        let sealed = watch.finish(app::seal(
            &desk,
            &project,
            &options,
            passphrase.as_ref().map(|text| text.as_str()),
            &act,
            &*watch,
        ))?;
        watch.phase("Checking");
        let request = app::VerifyRequest {
            policy: options.policy.clone(),
            allowlist: None,
            ..Default::default()
        };
        let checked = match &sealed.path {
            Some(path) => Some(watch.finish(app::verify_at(
                &desk,
                Some(&project),
                path,
                &request,
                &*watch,
            ))?),
            None => None,
        };
        let value = || {
            let items: Vec<Object> = listing.items().iter().map(outcome_object).collect();
            Object::new()
                .with("intake", report.intake)
                .with("documents", items)
                .with("captured", report.captured)
                .with("duplicates", report.duplicates)
                .with("failed", report.failed)
                .with("seal", seal_object(&sealed))
                .with(
                    "report",
                    checked.as_ref().map_or(Value::Null, app::Report::to_value),
                )
                .into()
        };
        if self.json_lines {
            crate::output::Output::line(&seal_object(&sealed).into())?;
        } else {
            context.output.show(value, |page| {
                listing.write(page);
                summary(page, &report);
                page.gap();
                write_seal(page, &project, &sealed);
                if let Some(checked) = &checked {
                    page.gap();
                    Shown {
                        report: checked,
                        all: false,
                    }
                    .write(page);
                }
            })?;
        }
        if let Some(path) = &sealed.path {
            context.output.hint(&format!(
                "hand over the file {} and, by another way, the fingerprint of the key; anybody checks it with: fieldgrade verify FILE --fingerprint F",
                path.display()
            ));
        }
        let good = checked.as_ref().is_none_or(|report| report.accepted) && report.failed == 0;
        Ok(if good {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}
