//! Checking a bundle: every check in a fixed order, each with its reason; four answers; two plain sentences.
//!
//! The order of the checks is that of [`CheckId`]. What is slow is done side by side, by the threads of an [`Executor`]:
//! the digest of the file, the digests of the members, and the walk through the record.

mod acceptance;
mod agreement;
mod answers;
mod blobs;
mod bundle;
mod check;
mod checks;
mod code;
mod contents;
mod digests;
mod entry;
mod envelopes;
mod excerpt;
mod executor;
mod foreign;
mod history;
mod keys;
mod lines;
mod members;
mod one_form;
mod papers;
mod receiver;
mod report;
mod sealing;
mod series;
mod signature;
mod verdict;

use std::io;

use crate::ReadAt;
use crate::canon::Object;
use crate::format::identity::{Identity, IdentityError};
use crate::format::manifest::Manifest;
use crate::zip::{Archive, Limits};

pub use answers::{Integrity, PolicyAnswer, SeriesAnswer, SignerAnswer, TimeAnswer};
pub use check::{Check, CheckId, Status};
pub use code::{CODES, Code, explain};
pub use executor::{Executor, InTurn, Progress, Silent, Task};
pub use receiver::{Known, KnownBundle, Nothing, Receiver, TrustedKey};
pub use report::{Report, Subject};

use bundle::Bundle;
use checks::Checks;
use members::Members;
use verdict::unjudged;

/// Why a check could not be done at all. A bad bundle is never an error: it has a report.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file could not be read.
    #[error("{0}")]
    Io(io::Error),
    /// The caller asked to stop.
    #[error("stopped")]
    Canceled,
}

/// Checks a bundle.
pub fn verify<R: ReadAt + ?Sized>(
    source: &R,
    receiver: &Receiver<'_>,
    executor: &dyn Executor,
    progress: &dyn Progress,
) -> Result<Report, VerifyError> {
    let mut checks = Checks::default();
    let archive = match Archive::open(source, &Limits::default()) {
        Ok(archive) => archive,
        Err(refusal) if refusal.problem.code == "zip_read_failed" => {
            return Err(VerifyError::Io(io::Error::other(refusal.problem.detail)));
        }
        Err(refusal) => {
            checks.fail(
                CheckId::Structure,
                refusal.problem.to_string(),
                refusal.problem.detail.clone(),
            );
            return Ok(unjudged(
                digests::hash_file(source, progress)?,
                Subject::default(),
                checks,
                receiver,
            ));
        }
    };
    for problem in archive.problems() {
        // The reference names the place even where the name is empty.
        let code = match problem.code {
            "unsafe_zip_member" => format!("unsafe_zip_member:{}", problem.place),
            _ => problem.to_string(),
        };
        checks.fail(CheckId::Structure, code, problem.detail.clone());
    }
    acceptance::directory(
        archive.entries(),
        archive.declared_size(),
        receiver,
        &mut checks,
    );

    let mut members = Members::new(&archive);
    let manifest = contents::manifest(&archive, &mut members, &mut checks);
    let identity = manifest
        .as_ref()
        .map(|manifest| identity(manifest, &members, &mut checks));
    let ours = matches!(identity, Some(Identified::Ours(_) | Identified::Malformed));
    if manifest.is_some() || archive.problems().is_empty() {
        contents::required(&members, receiver.policy.thresholds(), ours, &mut checks);
    }
    if manifest.is_some() {
        contents::nothing_else(&members, ours, &mut checks);
    }
    let unknown_format = matches!(identity, Some(Identified::Unknown));
    if unknown_format {
        // What a newer format demands is not ours to say.
        checks.nothing_after(CheckId::Format);
    }
    let (Some(manifest), true, false) = (manifest, archive.problems().is_empty(), unknown_format)
    else {
        return Ok(unjudged(
            digests::hash_file(source, progress)?,
            Subject::default(),
            checks,
            receiver,
        ));
    };
    let identity = match identity {
        Some(Identified::Ours(identity)) => Some(identity),
        _ => None,
    };
    if let Some(deviation) = archive.canonical_deviation().filter(|_| ours) {
        checks.fail(CheckId::OneForm, "not_canonical", deviation);
    }
    let bundle = Bundle {
        source,
        archive: &archive,
        members: &members,
        manifest: &manifest,
        identity,
        ours,
    };
    bundle.judge(receiver, executor, progress, checks)
}

enum Identified {
    Ours(Box<Identity>),
    /// It says that it is ours, and is not.
    Malformed,
    /// Of a newer program.
    Unknown,
    /// Of the reference platform.
    Reference,
}

fn identity(manifest: &Manifest, members: &Members<'_>, checks: &mut Checks) -> Identified {
    let Some(value) = manifest.fields.get("fieldgrade") else {
        // Taking the object away must not make a bundle of ours one that less is asked of.
        let own = [
            crate::format::member::CARD,
            crate::format::member::DOCUMENTS,
        ];
        if own.iter().all(|name| members.get(name).is_none()) {
            return Identified::Reference;
        }
        let detail = "the object \"fieldgrade\" is missing";
        checks.fail(CheckId::Manifest, "manifest_invalid", detail);
        return Identified::Malformed;
    };
    let empty = Object::new();
    match Identity::read(value.as_object().unwrap_or(&empty)) {
        Ok(identity) => Identified::Ours(Box::new(identity)),
        Err(IdentityError::Format(format)) => {
            checks.fail(
                CheckId::Format,
                "unsupported_format",
                format!("format {format}"),
            );
            Identified::Unknown
        }
        Err(IdentityError::Signer) => {
            checks.fail(
                CheckId::Signer,
                "signer_mismatch",
                "the key in the manifest",
            );
            Identified::Malformed
        }
        Err(IdentityError::Shape(error)) => {
            checks.fail(CheckId::Manifest, "manifest_invalid", error.to_string());
            Identified::Malformed
        }
    }
}
