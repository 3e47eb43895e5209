//! What is inside a bundle, for people.

use app::{ArchiveFacts, BlobFacts, Inspection};
use bundle::canon::{Object, Value};

use super::page::{Page, Tone, bytes, time};

/// Writes it.
pub fn write(inspection: &Inspection, page: &mut Page) {
    page.toned(
        Tone::Strong,
        "This is what the file says of itself. Nothing of it was checked.",
    );
    page.gap();
    subject(inspection, page);
    if let Some(archive) = &inspection.archive {
        members(archive, page);
    }
    documents(inspection, page);
    technical(inspection, page);
    if let Some(archive) = inspection
        .archive
        .as_ref()
        .filter(|archive| archive.problem_count > 0)
    {
        page.gap();
        page.toned(
            Tone::Bad,
            &format!("Problems of the archive: {}", archive.problem_count),
        );
        for problem in &archive.problems {
            page.line(&format!(
                "  {} {} ({})",
                problem.code, problem.place, problem.detail
            ));
        }
    }
    if !inspection.unreadable.is_empty() {
        page.gap();
        page.toned(Tone::Bad, "Cannot be read:");
        for flaw in &inspection.unreadable {
            page.line(&format!("  {}: {}", flaw.part, flaw.why));
        }
    }
}

fn subject(inspection: &Inspection, page: &mut Page) {
    let ours = inspection.fieldgrade.as_ref().and_then(Value::as_object);
    let part = |key: &str| {
        ours.and_then(|ours| ours.get(key))
            .and_then(Value::as_object)
    };
    let kind = match (&inspection.manifest, ours) {
        (None, _) => None,
        (Some(_), None) => Some("a bundle of the reference platform".to_owned()),
        (Some(_), Some(ours)) => {
            let number = ours.get("number").and_then(Value::as_int);
            let number = number.map(|number| format!(", no. {number}"));
            text(ours, "kind").map(|kind| format!("{kind}{}", number.unwrap_or_default()))
        }
    };
    page.some("Kind", kind.as_deref());
    page.some(
        "Case",
        part("project").and_then(|project| text(project, "name")),
    );
    page.some("Label", inspection.label.as_deref());
    let manifest = inspection.manifest.as_ref();
    let sealed = manifest
        .and_then(|manifest| text(manifest, "created_utc"))
        .map(time);
    page.some("Sealed at", sealed.as_deref());
    if let Some(card) = &inspection.card {
        let words = ["name", "role", "organisation", "contact"];
        let words = words.into_iter().filter_map(|key| text(card, key));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        page.some("Signer's card", Some(&words.join(", ")));
    }
    page.some(
        "Fingerprint",
        part("signer").and_then(|signer| text(signer, "keyid")),
    );
    page.some("Sealer's rules", inspection.policy_id.as_deref());
    let range = part("ledger").and_then(|ledger| {
        let end = |key: &str| ledger.get(key).and_then(Value::as_int);
        Some(format!(" (no. {} to {})", end("first")?, end("last")?))
    });
    let range = range.unwrap_or_default();
    page.some(
        "Entries",
        inspection.entries.map(|n| format!("{n}{range}")).as_deref(),
    );
    page.some(
        "Changes",
        inspection.changes.map(|n| n.to_string()).as_deref(),
    );
    page.some(
        "Documents",
        inspection.documents.map(|n| n.to_string()).as_deref(),
    );
    page.field("File", &bytes(inspection.file_bytes));
}

fn members(archive: &ArchiveFacts, page: &mut Page) {
    let ways = [
        (archive.stored, "stored"),
        (archive.deflated, "deflated"),
        (archive.other_methods, "in an unknown way"),
    ];
    let ways = ways.into_iter().filter(|(count, _)| *count > 0);
    let ways: Vec<String> = ways.map(|(count, way)| format!("{count} {way}")).collect();
    let unpacked = bytes(archive.bytes);
    let members = if ways.is_empty() {
        "none".to_owned()
    } else {
        format!("{}, {unpacked} unpacked", ways.join(", "))
    };
    page.field("Members", &members);
    for (name, blobs) in [
        ("  originals", archive.raw),
        ("  texts", archive.extract),
        ("  attachments", archive.aux),
    ] {
        let BlobFacts { count, bytes: size } = blobs;
        let said = (count > 0).then(|| format!("{count}, {}", bytes(size)));
        page.some(name, said.as_deref());
    }
}

fn documents(inspection: &Inspection, page: &mut Page) {
    if inspection.first_documents.is_empty() {
        return;
    }
    page.gap();
    page.line("Documents:");
    for document in &inspection.first_documents {
        let item = document
            .item
            .map_or("?".to_owned(), |item| item.to_string());
        let size = document.bytes.map_or("?".to_owned(), bytes);
        let kind = document.media_type.as_deref().unwrap_or("?");
        let name = document.name.as_deref().unwrap_or("(its name is not told)");
        page.line(&format!("  item {item:<6} {size:>10}  {kind:<24} {name}"));
    }
    let shown = inspection.first_documents.len() as u64;
    more(
        inspection.documents.unwrap_or(0).saturating_sub(shown),
        page,
    );
}

fn technical(inspection: &Inspection, page: &mut Page) {
    if inspection.archive.is_none() {
        return;
    }
    page.gap();
    page.line("Technical details:");
    if let Some(manifest) = &inspection.manifest {
        page.some("Toolchain id", text(manifest, "toolchain_id"));
        page.some(
            "Manifest",
            text(manifest, "manifest_version")
                .map(|v| format!("version {v}"))
                .as_deref(),
        );
    }
    page.some(
        "Listed members",
        inspection.listed.map(|n| n.to_string()).as_deref(),
    );
    page.some(
        "SBOM components",
        inspection.sbom_components.map(|n| n.to_string()).as_deref(),
    );
    let Some(archive) = &inspection.archive else {
        return;
    };
    if inspection.fieldgrade.is_some() {
        page.some("Deviation", archive.deviation.as_deref());
    }
    for member in &archive.others {
        page.line(&format!(
            "  {:>10}  {:<8}  {}",
            bytes(member.bytes),
            member.method,
            member.name
        ));
    }
    more(archive.more_others, page);
}

fn more(count: u64, page: &mut Page) {
    if count > 0 {
        page.line(&format!("  … and {count} more"));
    }
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}
