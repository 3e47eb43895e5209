//! A sealed package, for people and programs.

use app::Sealed;
use bundle::canon::Object;
use vault::{Project, SealedBundle};

use super::page::{Page, Tone, bytes, time};

/// `seal --json`.
pub fn seal_object(sealed: &Sealed) -> Object {
    let path = sealed.path.as_ref();
    sealed
        .to_object()
        .with("bundle", path.map(|path| path.display().to_string()))
}

/// What a person reads after sealing.
pub fn write_seal(page: &mut Page, project: &Project, sealed: &Sealed) {
    for earlier in &sealed.finished {
        page.line(&format!(
            "A package that was begun earlier is finished: {}.",
            name(earlier)
        ));
    }
    let Some(bundle) = &sealed.bundle else {
        page.line("There is nothing to seal: nothing was captured yet.");
        return;
    };
    if sealed.nothing_to_seal {
        page.toned(
            Tone::Strong,
            &format!("There is nothing new to seal since {}.", name(bundle)),
        );
    } else {
        page.toned(
            Tone::Good,
            &format!("Sealed: {} of {}.", name(bundle), project.shown()),
        );
    }
    page.some(
        "File",
        sealed
            .path
            .as_ref()
            .map(|path| path.display().to_string())
            .as_deref(),
    );
    page.some(
        "Copy",
        sealed
            .copy
            .as_ref()
            .map(|path| path.display().to_string())
            .as_deref(),
    );
    page.some(
        "SHA-256",
        bundle
            .bundle_sha256
            .map(|digest| digest.to_string())
            .as_deref(),
    );
    page.some("Size", bundle.bytes.map(bytes).as_deref());
    page.field("Documents", &bundle.documents.to_string());
    page.field("Entries", &format!("{} to {}", bundle.first, bundle.seq));
    page.field(
        "Sealed at",
        &format!(
            "{} by this computer's clock; no independent proof of the date",
            time(&bundle.ts_utc)
        ),
    );
    page.field("Key", &bundle.keyid.to_string());
    if let Some(words) = &sealed.words {
        page.gap();
        page.line("To write into a notebook or read out over the telephone:");
        page.toned(
            Tone::Strong,
            &format!("  {}, {}: {words}", project.shown(), name(bundle)),
        );
    }
}

/// `sealed package no. 7`
pub fn name(bundle: &SealedBundle) -> String {
    match bundle.number {
        Some(number) => format!("sealed package no. {number}"),
        None => "sealed excerpt".to_owned(),
    }
}
