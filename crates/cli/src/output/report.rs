//! The report of a check, for people.

use bundle::verify::{
    Check, CheckId, Integrity, PolicyAnswer, Report, SeriesAnswer, SignerAnswer, Status, TimeAnswer,
};

use super::page::{Page, Tone, time};

/// So many failures are told one by one.
const TOLD: usize = 10;

/// A report and how much of it is wanted.
pub struct Shown<'a> {
    /// The report.
    pub report: &'a Report,
    /// Every check, not only those that failed.
    pub all: bool,
}

impl Shown<'_> {
    /// Writes it.
    pub fn write(&self, page: &mut Page) {
        page.toned(Tone::Strong, &self.report.statement);
        self.verdict(page);
        page.gap();
        self.answers(page);
        page.gap();
        self.subject(page);
        self.failures(page);
        if self.all {
            self.checks(page);
        }
    }

    fn verdict(&self, page: &mut Page) {
        let report = self.report;
        match (report.accepted, report.signer) {
            (true, SignerAnswer::Unconfirmed) => {
                page.toned(
                    Tone::Open,
                    "ACCEPTED, although the signer is not confirmed (--any-signer).",
                );
            }
            (true, _) => page.toned(Tone::Good, "ACCEPTED."),
            (false, SignerAnswer::Unconfirmed) if self.only_unconfirmed() => {
                page.toned(Tone::Open, "NOT ACCEPTED until you confirm who sealed it.");
            }
            (false, _) => page.toned(Tone::Bad, "REFUSED."),
        }
    }

    /// Nothing is wrong but that the key is not among the trusted ones.
    fn only_unconfirmed(&self) -> bool {
        let mut failed = self
            .report
            .checks
            .iter()
            .filter(|check| check.status == Status::Fail);
        failed.all(|check| {
            let code = check.code.as_deref().unwrap_or_default();
            code.split(':').next() == Some("toolchain_not_allowed")
        })
    }

    fn answers(&self, page: &mut Page) {
        let report = self.report;
        let unchanged = match report.integrity {
            Integrity::Intact => "Yes. Every byte is the one that was listed when it was sealed.",
            Integrity::Changed => "NO. Something is not what was sealed.",
            Integrity::Incomplete => "NO. Something is missing.",
            Integrity::Unreadable => "CANNOT BE SAID. The file cannot be read as a bundle.",
        };
        page.field("Unchanged?", unchanged);
        let name = report
            .subject
            .signer_name
            .as_deref()
            .filter(|name| !name.is_empty());
        let signed = match (report.signer, name) {
            (SignerAnswer::Trusted, Some(name)) => format!("{name}, with a key that you trust."),
            (SignerAnswer::Trusted, None) => "The holder of a key that you trust.".to_owned(),
            (SignerAnswer::Unconfirmed, Some(name)) => {
                format!("NOT CONFIRMED. The card in it says: {name}.")
            }
            (SignerAnswer::Unconfirmed, None) => "NOT CONFIRMED.".to_owned(),
            (SignerAnswer::Expired, _) => {
                "A key that you trusted for another period only.".to_owned()
            }
            (SignerAnswer::Revoked, _) => "A key that was REVOKED.".to_owned(),
            (SignerAnswer::BadSignature, _) => "WRONG SIGNATURE.".to_owned(),
            (SignerAnswer::Unsigned, _) => "Nobody.".to_owned(),
            (SignerAnswer::NotChecked, _) => "Not checked.".to_owned(),
        };
        page.field("Signed by?", &signed);
        let rules = match report.policy {
            PolicyAnswer::Met => format!("Met ({}).", report.policy_id),
            PolicyAnswer::NotMet => format!("NOT MET ({}).", report.policy_id),
            PolicyAnswer::NotChecked => format!("Not checked ({}).", report.policy_id),
        };
        page.field("Your rules?", &rules);
        let time = match report.time {
            TimeAnswer::DeviceClaim => "Only the sealing device's clock says when.",
            TimeAnswer::Witnessed => "A witness whom you trust signed what was sealed.",
            TimeAnswer::Timestamped => "A time stamp that you trust lies beside it.",
            TimeAnswer::NotChecked => "Not checked.",
        };
        page.field("Its time?", time);
    }

    fn subject(&self, page: &mut Page) {
        let report = self.report;
        let subject = &report.subject;
        page.some("Case", subject.project.as_deref());
        let number = match (subject.kind.as_deref(), subject.number) {
            (Some("excerpt"), _) => Some("an excerpt".to_owned()),
            (_, number) => number.map(|number| format!("no. {number}")),
        };
        page.some("Package", number.as_deref());
        page.some("Label", subject.label.as_deref());
        let sealed = subject.sealed_utc.as_deref().map(time);
        page.some("Sealed at", sealed.as_deref());
        page.some(
            "Documents",
            subject.documents.map(|n| n.to_string()).as_deref(),
        );
        let entries = subject
            .events
            .map(|(first, last)| format!("{first} to {last}"));
        page.some("Entries", entries.as_deref());
        let withdrawn: Vec<String> = subject
            .withdrawn
            .iter()
            .take(20)
            .map(u64::to_string)
            .collect();
        page.some("Withdrawn items", Some(&withdrawn.join(", ")));
        page.some("Series", subject.series.as_ref().map(series).as_deref());
        // An increment proves nothing about what came before it, until that is known here.
        let previous = report
            .checks
            .iter()
            .find(|check| check.id == CheckId::Previous);
        let before = previous.filter(|check| check.status == Status::Pass);
        page.some("Before it", before.map(|check| check.detail.as_str()));
        page.some("File SHA-256", Some(&report.bundle_sha256.to_string()));
        if report.signer != SignerAnswer::Trusted {
            let fingerprint = report.signer_keyid.map(|keyid| keyid.to_string());
            page.some("Fingerprint", fingerprint.as_deref());
        }
    }

    fn failures(&self, page: &mut Page) {
        let failed = self
            .report
            .checks
            .iter()
            .filter(|check| check.status == Status::Fail);
        let failed: Vec<&Check> = failed.collect();
        for check in failed.iter().take(TOLD) {
            page.gap();
            failure(page, check);
        }
        if let Some(more) = failed.len().checked_sub(TOLD).filter(|more| *more > 0) {
            page.gap();
            page.line(&format!("… and {more} more; --all shows every check."));
        }
    }

    fn checks(&self, page: &mut Page) {
        page.gap();
        page.line("All checks:");
        for check in &self.report.checks {
            let (word, tone) = match check.status {
                Status::Pass => ("pass", Tone::Plain),
                Status::Fail => ("FAIL", Tone::Bad),
                Status::Skipped => ("skipped", Tone::Plain),
            };
            let mut line = format!("  {word:<8} {}", check.id.question());
            for more in [check.code.as_deref(), Some(check.detail.as_str())] {
                if let Some(more) = more.filter(|more| !more.is_empty()) {
                    for part in [" ", more, ";"] {
                        line.push_str(part);
                    }
                }
            }
            page.toned(tone, line.trim_end_matches(';'));
        }
    }
}

/// What failed, why, where, and what to do.
fn failure(page: &mut Page, check: &Check) {
    let code = check.code.as_deref().unwrap_or_default();
    let (word, place) = code.split_once(':').unwrap_or((code, ""));
    let entry = app::explain(code);
    let means = entry.map_or("This check failed.", |entry| entry.means);
    page.toned(Tone::Bad, &format!("failed[{word}]: {means}"));
    for (name, text) in [
        ("at", place),
        ("found", check.detail.as_str()),
        ("next", entry.map_or("", |entry| entry.next)),
    ] {
        if !text.is_empty() {
            page.line(&format!("  {name}: {text}"));
        }
    }
}

fn series(answer: &SeriesAnswer) -> String {
    match answer {
        SeriesAnswer::Complete => "complete up to this package".to_owned(),
        SeriesAnswer::Missing(numbers) => {
            let numbers: Vec<String> = numbers.iter().take(20).map(u64::to_string).collect();
            format!("not known here: no. {}", numbers.join(", "))
        }
        SeriesAnswer::Unknown => "the packages before this one are not known here".to_owned(),
        SeriesAnswer::Fork => "ANOTHER PACKAGE CLAIMS THE SAME PLACE".to_owned(),
        SeriesAnswer::ContinuedFromBackup => "goes on from a backup, which is on record".to_owned(),
    }
}
