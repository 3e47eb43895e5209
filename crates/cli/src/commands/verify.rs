use std::path::{Path, PathBuf};

use app::{AppError, VerifyRequest, verify_at, verify_file};
use bundle::verify::{Report, SignerAnswer};
use clap::Args;

use super::{Outcome, Run, size_of};
use crate::context::Context;
use crate::output::report;
use crate::watch::Watch;

/// Check a bundle: unchanged? signed by whom? within your rules? what is known of its time?
#[derive(Debug, Args)]
pub struct Verify {
    /// The bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Your rules; without them those of a new case hold
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The list of the keys you trust
    #[arg(long, value_name = "FILE")]
    allowlist: Option<PathBuf>,
    /// The fingerprint of the signer's key, as they gave it to you by another way: confirms them for this one check
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// Accept a signer who is not confirmed, and say so
    #[arg(long)]
    any_signer: bool,
    /// Show every check, not only those that failed
    #[arg(long)]
    all: bool,
}

impl Run for Verify {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        // Every byte is read twice: as part of the file, and as part of its member.
        let total = size_of(&self.bundle).saturating_mul(2);
        let watch = context.watch("Checking", total);
        let request = VerifyRequest {
            policy: self.policy,
            allowlist: self.allowlist,
            fingerprint: self.fingerprint,
            any_signer: self.any_signer,
        };
        let report = watch.finish(check(context, &self.bundle, &request, &watch))?;
        let shown = report::Shown {
            report: &report,
            all: self.all,
        };
        context
            .output
            .show(|| report.to_value(), |page| shown.write(page))?;
        hint(context, &report, &request);
        Ok(if report.accepted {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    }
}

/// With the files given; or, where none is given, with the rules and keys of the data root, if there is one.
fn check(
    context: &Context,
    bundle: &Path,
    request: &VerifyRequest,
    watch: &Watch,
) -> Result<Report, AppError> {
    if request.policy.is_some() || request.allowlist.is_some() {
        return verify_file(bundle, request, watch);
    }
    let desk = match context.desk_to_read() {
        Ok(desk) => desk,
        Err(error)
            if matches!(
                error.code,
                "not_a_data_root" | "no_such_file" | "reference_root"
            ) =>
        {
            return verify_file(bundle, request, watch);
        }
        Err(error) => return Err(error),
    };
    let project = match context.project_to_read(&desk) {
        Ok(project) => Some(project),
        Err(error) if context.global.project.is_some() => return Err(error),
        Err(_) => None,
    };
    verify_at(&desk, project.as_ref(), bundle, request, watch)
}

/// What helps the person on.
fn hint(context: &Context, report: &Report, request: &VerifyRequest) {
    if report.signer != SignerAnswer::Unconfirmed || request.fingerprint.is_some() {
        return;
    }
    context.output.hint(
        "ask the sender, by telephone or face to face, for the fingerprint of their key, and give it with --fingerprint",
    );
    if request.allowlist.is_none() {
        context
            .output
            .hint("the keys that you trust are given with --allowlist FILE; none were");
    }
}
