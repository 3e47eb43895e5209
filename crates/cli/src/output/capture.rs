//! What became of each file of a drop.

use app::AppError;
use bundle::canon::Object;
use vault::{CaptureReport, ItemOutcome, ItemStatus};

use super::page::{Page, Tone, bytes};
use crate::context::Context;

/// So many files are told one by one; failures always are.
const TOLD: usize = 40;

/// Collects what became of each file, or writes it at once as a JSON line.
pub struct Listing<'a> {
    context: &'a Context,
    lines: bool,
    items: Vec<ItemOutcome>,
    count: usize,
    stored: usize,
    failure: Option<AppError>,
}

impl<'a> Listing<'a> {
    pub fn new(context: &'a Context, lines: bool) -> Self {
        Self {
            context,
            lines,
            items: Vec::new(),
            count: 0,
            stored: 0,
            failure: None,
        }
    }

    /// Hears of a file that is stored, or was refused.
    pub fn add(&mut self, item: &ItemOutcome) {
        self.count += 1;
        self.stored += usize::from(item.status != ItemStatus::Failed);
        if self.lines {
            let written = crate::output::Output::line(&outcome_object(item).into());
            self.failure = self.failure.take().or(written.err());
        } else if self.context.global.json
            || item.status == ItemStatus::Failed
            || self.items.len() < TOLD
        {
            self.items.push(item.clone());
        }
    }

    /// Fails if an acknowledgement could not be written.
    pub fn written(&mut self) -> Result<(), AppError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    pub fn items(&self) -> &[ItemOutcome] {
        &self.items
    }

    /// Says what is stored although the drop ended early.
    pub fn interrupted(&self, context: &Context) {
        let told = match self.stored {
            0 => "nothing of this drop is stored yet".to_owned(),
            1 => "1 file of this drop is stored and on record; start the same command again for the rest".to_owned(),
            stored => format!("{stored} files of this drop are stored and on record; start the same command again for the rest"),
        };
        context.output.hint(&told);
    }

    pub fn write(&self, page: &mut Page) {
        for item in &self.items {
            let number = item
                .item
                .map_or_else(|| "-".to_owned(), |item| item.to_string());
            let size = item.bytes.map(bytes).unwrap_or_default();
            match item.status {
                ItemStatus::Failed => {
                    let error = item.error.as_ref();
                    let code = error.map_or("failed", |error| error.code);
                    page.toned(Tone::Bad, &format!("  not captured   {}", item.path));
                    page.line(&format!(
                        "                 {code}: {}",
                        error.map_or("", |error| error.message.as_str())
                    ));
                    page.line(&format!(
                        "                 next: {}",
                        error.map_or("", |error| error.next)
                    ));
                }
                ItemStatus::Captured => {
                    page.line(&format!("  {number:>5}  {size:>9}  {}", item.path));
                }
                ItemStatus::Duplicate if item.sighting => {
                    page.line(&format!(
                        "  {number:>5}  {size:>9}  {} (the same file, seen again)",
                        item.path
                    ));
                }
                ItemStatus::Duplicate => {
                    let first = item.same_as.unwrap_or_default();
                    page.line(&format!(
                        "  {number:>5}  {size:>9}  {} (same content as {first})",
                        item.path
                    ));
                }
            }
        }
        if self.count > self.items.len() {
            page.line(&format!(
                "         … and {} more",
                self.count - self.items.len()
            ));
        }
    }
}

/// One file as `ingest --json` gives it.
pub fn outcome_object(item: &ItemOutcome) -> Object {
    let error = item.error.as_ref().map(|error| {
        Object::new()
            .with("code", error.code)
            .with("message", error.message.as_str())
            .with("next", error.next)
    });
    Object::new()
        .with("item", item.item)
        .with("id", item.id)
        .with("path", item.path.as_str())
        .with("sha256", item.sha256)
        .with("bytes", item.bytes)
        .with("status", item.status.as_str())
        .with("same_as", item.same_as)
        .with("sighting", item.sighting)
        .with("error", error)
}

/// The last line.
pub fn summary(page: &mut Page, report: &CaptureReport) {
    let stored = report.captured + report.duplicates;
    let files = |count: u64| {
        if count == 1 {
            "1 file".to_owned()
        } else {
            format!("{count} files")
        }
    };
    let mut text = match report.intake {
        Some(intake) => format!(
            "Stored: {} ({}) as intake {intake}.",
            files(stored),
            bytes(report.bytes)
        ),
        None => "Nothing was captured.".to_owned(),
    };
    if report.duplicates > 0 {
        text.push_str(&format!(
            " {} had been there before.",
            files(report.duplicates)
        ));
    }
    page.toned(Tone::Strong, &text);
    if report.failed > 0 {
        page.toned(
            Tone::Bad,
            &format!(
                "{} could not be captured; the reasons stand above.",
                files(report.failed)
            ),
        );
    }
}
