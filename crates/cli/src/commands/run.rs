use std::path::PathBuf;

use app::AppError;
use bundle::canon::{Object, Value};
use clap::Args;
use vault::{CaptureReport, ItemStatus, Project, Scope};

use super::ingest::{IntakeFields, stored_all_the_same};
use super::seal::SealFields;
use super::{Outcome, Run as Command};
use crate::context::Context;
use crate::output::Page;
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
        let checked = match sealed.path.as_ref().filter(|path| path.exists()) {
            Some(path) => Some(watch.finish(app::verify_at(
                &desk,
                Some(&project),
                path,
                &request,
                &*watch,
            ))?),
            None => None,
        };
        let done = Done {
            report,
            sealed,
            checked,
        };
        if self.json_lines {
            crate::output::Output::line(&seal_object(&done.sealed).into())?;
        } else {
            context.output.show(
                || done.value(&listing),
                |page| done.write(page, &project, &listing),
            )?;
        }
        if let Some(path) = &done.sealed.path {
            context.output.hint(&format!(
                "hand over the file {} and, by another way, the fingerprint of the key; anybody checks it with: fieldgrade verify FILE --fingerprint F",
                path.display()
            ));
        }
        let accepted = done.checked.as_ref().is_none_or(|report| report.accepted);
        let good = accepted && done.report.failed == 0;
        Ok(if good {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}

/// What the main job has done.
struct Done {
    report: CaptureReport,
    sealed: app::Sealed,
    checked: Option<app::Report>,
}

impl Done {
    fn value(&self, listing: &Listing<'_>) -> Value {
        let items: Vec<Object> = listing.items().iter().map(outcome_object).collect();
        let checked = self.checked.as_ref();
        Object::new()
            .with("intake", self.report.intake)
            .with("documents", items)
            .with("captured", self.report.captured)
            .with("duplicates", self.report.duplicates)
            .with("failed", self.report.failed)
            .with("seal", seal_object(&self.sealed))
            .with("report", checked.map_or(Value::Null, app::Report::to_value))
            .into()
    }

    fn write(&self, page: &mut Page, project: &Project, listing: &Listing<'_>) {
        listing.write(page);
        summary(page, &self.report);
        page.gap();
        write_seal(page, project, &self.sealed);
        if let Some(report) = &self.checked {
            page.gap();
            Shown { report, all: false }.write(page);
        }
    }
}
