//! What the doctor says.

use bundle::canon::Object;
use vault::doctor::{Checkup, Finding, Severity};

use super::page::{Page, Tone, bytes};

/// `doctor --json`.
pub fn checkup_object(checkup: &Checkup, read_data: bool) -> Object {
    let finding = |finding: &Finding| {
        Object::new()
            .with("code", finding.code)
            .with("severity", finding.severity.as_str())
            .with("what", finding.what.as_str())
            .with("place", finding.place.as_deref())
            .with("next", finding.next.as_str())
            .with("repaired", finding.repaired)
    };
    let counts = checkup.counts;
    let left = |severity| checkup.left(severity) as u64;
    Object::new()
        .with(
            "findings",
            checkup.findings.iter().map(finding).collect::<Vec<_>>(),
        )
        .with("errors", left(Severity::Error))
        .with("warnings", left(Severity::Warning))
        .with("notes", left(Severity::Note))
        .with("repaired", checkup.repaired() as u64)
        .with("read_data", read_data)
        .with(
            "checked",
            Object::new()
                .with("entries", counts.entries)
                .with("items", counts.items)
                .with("blobs", counts.blobs)
                .with("bundles", counts.bundles)
                .with("bytes_read", counts.bytes_read),
        )
}

/// Each finding, with its place and what to do about it.
pub fn write_findings(page: &mut Page, checkup: &Checkup) {
    for finding in &checkup.findings {
        let (word, tone) = match (finding.repaired, finding.severity) {
            (true, _) => ("repaired", Tone::Good),
            (false, Severity::Error) => ("error", Tone::Bad),
            (false, Severity::Warning) => ("warning", Tone::Open),
            (false, Severity::Note) => ("note", Tone::Plain),
        };
        page.toned(tone, &format!("{word}[{}]: {}", finding.code, finding.what));
        if let Some(place) = finding.place.as_deref().filter(|place| !place.is_empty()) {
            page.line(&format!("  at: {place}"));
        }
        if !finding.repaired {
            page.line(&format!("  next: {}", finding.next));
        }
    }
    if !checkup.findings.is_empty() {
        page.gap();
    }
}

/// What a person reads.
pub fn write_checkup(page: &mut Page, checkup: &Checkup, read_data: bool) {
    write_findings(page, checkup);
    let counts = checkup.counts;
    let read = if read_data {
        format!("every byte read ({})", bytes(counts.bytes_read))
    } else {
        "whose bytes were not read (--read-data does)".to_owned()
    };
    page.line(&format!(
        "Checked: {}, {}, {} and {}, {read}.",
        plural(counts.entries, "entry", "entries"),
        plural(counts.items, "item", "items"),
        plural(counts.blobs, "stored file", "stored files"),
        plural(counts.bundles, "sealed package", "sealed packages"),
    ));
    let errors = checkup.left(Severity::Error);
    let mended = match checkup.repaired() {
        0 => String::new(),
        count => format!(" {count} repaired."),
    };
    if errors == 0 {
        let found = if read_data {
            "No damage is left"
        } else {
            "Nothing is missing"
        };
        page.toned(Tone::Good, &format!("{found}.{mended}"));
    } else {
        let what = if errors == 1 {
            "1 error is left; what to do about it stands above.".to_owned()
        } else {
            format!("{errors} errors are left; what to do about each stands above.")
        };
        page.toned(Tone::Bad, &format!("{what}{mended}"));
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
