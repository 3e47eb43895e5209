//! Checking a bundle: every check in a fixed order, each with its reason; four answers; two plain sentences.
//!
//! The order of the checks is that of [`CheckId`]. What is slow is done side by side, by the threads of an [`Executor`]:
//! the digest of the file, the digests of the members, and the walk through the record.

mod acceptance;
mod agreement;
mod answers;
mod blobs;
mod code;
mod contents;
mod executor;
mod foreign;
mod history;
mod lines;
mod members;
mod receiver;
mod report;
mod sealing;
mod signature;

use std::io;
use std::sync::Mutex;

use crate::ReadAt;
use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::format::card::Card;
use crate::format::identity::{Identity, IdentityError};
use crate::format::manifest::Manifest;
use crate::format::member;
use crate::zip::{Archive, Limits};

pub use answers::{Integrity, PolicyAnswer, SeriesAnswer, SignerAnswer, TimeAnswer};
pub use code::{CODES, Code, explain};
pub use executor::{Executor, InTurn, Progress, Silent, Task};
pub use receiver::{Known, KnownBundle, Nothing, Receiver, TrustedKey};
pub use report::{Check, CheckId, Report, Status, Subject};

use agreement::{Agreement, Papers};
use contents::Digests;
use history::History;
use members::Members;
use report::Checks;

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
                contents::hash_file(source, progress)?,
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
        .map(|manifest| identity(manifest, &mut checks));
    let ours = matches!(identity, Some(Identified::Ours(_) | Identified::Malformed));
    if manifest.is_some() || archive.problems().is_empty() {
        contents::required(&members, receiver.policy.thresholds(), ours, &mut checks);
    }
    if manifest.is_some() {
        contents::nothing_else(&members, ours, &mut checks);
    }
    let unknown_format = matches!(identity, Some(Identified::Unknown));
    let (Some(manifest), true, false) = (manifest, archive.problems().is_empty(), unknown_format)
    else {
        return Ok(unjudged(
            contents::hash_file(source, progress)?,
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

fn identity(manifest: &Manifest, checks: &mut Checks) -> Identified {
    let Some(value) = manifest.fields.get("fieldgrade") else {
        return Identified::Reference;
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

/// A report where nothing but the file itself could be looked at.
fn unjudged(
    bundle_sha256: Sha256,
    subject: Subject,
    checks: Checks,
    receiver: &Receiver<'_>,
) -> Report {
    let answers = (
        SignerAnswer::NotChecked,
        PolicyAnswer::NotChecked,
        TimeAnswer::NotChecked,
    );
    report(
        bundle_sha256,
        subject,
        checks,
        receiver,
        answers,
        None,
        None,
    )
}

/// A sound archive with a manifest.
struct Bundle<'a, R: ?Sized> {
    source: &'a R,
    archive: &'a Archive<'a, R>,
    members: &'a Members<'a>,
    manifest: &'a Manifest,
    identity: Option<Box<Identity>>,
    ours: bool,
}

/// What the slow part found.
struct Gathered {
    bundle_sha256: Sha256,
    digests: Digests,
    history: Option<History>,
}

impl<R: ReadAt + ?Sized> Bundle<'_, R> {
    fn judge(
        &self,
        receiver: &Receiver<'_>,
        executor: &dyn Executor,
        progress: &dyn Progress,
        mut checks: Checks,
    ) -> Result<Report, VerifyError> {
        let known = self
            .identity
            .as_ref()
            .map(|id| receiver.known.of_chain(&id.ledger.chain))
            .unwrap_or_default();
        let Gathered {
            bundle_sha256,
            digests,
            history,
        } = self.gather(&known, &mut checks, executor, progress)?;
        let manifest_sha256 = digests
            .of
            .get(member::MANIFEST)
            .copied()
            .unwrap_or(self.manifest.canonical_sha256);
        checks.absorb(digests.checks);

        let papers = self.papers()?;
        let agreement = agreement::judge(
            self.manifest,
            manifest_sha256,
            self.members,
            &papers,
            self.ours,
            &mut checks,
        );
        let fields = &self.manifest.fields;
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let mut envelopes = Vec::new();
        envelopes.extend(
            agreement
                .build
                .as_ref()
                .map(|envelope| ("dsse_attestation_invalid", envelope)),
        );
        envelopes.extend(
            agreement
                .sbom
                .as_ref()
                .map(|envelope| ("dsse_sbom_invalid", envelope)),
        );
        let signed = signature::Signed {
            toolchain_id: text("toolchain_id"),
            claimed: self.identity.as_ref().map(|identity| identity.signer),
            attestation: papers
                .attestation
                .as_deref()
                .zip(agreement.attestation.as_ref()),
            signature: papers.signature.as_deref(),
            envelopes,
            bundle_sha256,
            sealed_utc: text("created_utc"),
        };
        let (signer, keyid) = signature::judge(&signed, receiver, &mut checks);
        self.rules(receiver, &agreement, &mut checks)?;

        let mut subject = self.subject(manifest_sha256, &agreement);
        if let (Some(identity), Some(history)) = (&self.identity, history) {
            let card = self.history(
                identity,
                history,
                &agreement,
                &known,
                receiver,
                &mut checks,
                &mut subject,
            )?;
            subject.signer_name = card.map(|card| card.who.name);
        }
        self.not_applicable(&mut checks);
        let policy = policy_answer(&checks, signer, keyid.is_some(), receiver);
        let time = receiver.known.time_of(&manifest_sha256);
        let toolchain_id = text("toolchain_id").map(str::to_owned);
        Ok(report(
            bundle_sha256,
            subject,
            checks,
            receiver,
            (signer, policy, time),
            toolchain_id,
            keyid,
        ))
    }

    /// The slow part, side by side.
    fn gather(
        &self,
        known: &[KnownBundle],
        checks: &mut Checks,
        executor: &dyn Executor,
        progress: &dyn Progress,
    ) -> Result<Gathered, VerifyError> {
        let digests = Mutex::new(Digests::default());
        let whole = Mutex::new(None);
        let walked = Mutex::new(None);
        let mut tasks: Vec<Task<'_>> = Vec::new();
        tasks.push(Box::new(|| {
            let result = contents::hash_file(self.source, progress);
            if let Ok(mut whole) = whole.lock() {
                *whole = Some(result);
            }
        }));
        tasks.push(Box::new(|| {
            let result = match &self.identity {
                Some(identity) => {
                    lines::walk(self.archive, identity, self.members, known, progress).map(Some)
                }
                None => Ok(None),
            };
            if let Ok(mut walked) = walked.lock() {
                *walked = Some(result);
            }
        }));
        tasks.extend(contents::digest_tasks(
            self.archive,
            self.members,
            self.ours,
            &digests,
            progress,
        ));
        executor.run(tasks);
        let stopped = || VerifyError::Canceled;
        let mut digests = digests.into_inner().map_err(|_| stopped())?;
        if let Some(error) = digests.error.take() {
            return Err(error);
        }
        let bundle_sha256 = whole.into_inner().ok().flatten().ok_or_else(stopped)??;
        let history = walked.into_inner().ok().flatten().ok_or_else(stopped)??;
        if !self.ours {
            lines::walk_foreign(self.archive, checks, progress)?;
        }
        Ok(Gathered {
            bundle_sha256,
            digests,
            history,
        })
    }

    fn papers(&self) -> Result<Papers, VerifyError> {
        Ok(Papers {
            attestation: contents::small(self.archive, member::ATTESTATION)?,
            signature: contents::small(self.archive, member::SIGNATURE)?,
            build_envelope: contents::small(self.archive, member::ATTESTATION_DSSE)?,
            sbom_envelope: contents::small(self.archive, member::SBOM_DSSE)?,
            sbom: contents::small(self.archive, member::SBOM)?,
        })
    }

    fn rules(
        &self,
        receiver: &Receiver<'_>,
        agreement: &Agreement,
        checks: &mut Checks,
    ) -> Result<(), VerifyError> {
        if let Some(attestation) = &agreement.attestation {
            acceptance::demanded_hashes(attestation, receiver, checks);
        }
        acceptance::contents(self.members, receiver, checks);
        for name in ["studspec.json", "tubespec.json"] {
            if let Some(bytes) = contents::small(self.archive, name)? {
                acceptance::contract(name, &bytes, checks);
            }
        }
        Ok(())
    }

    fn subject(&self, manifest_sha256: Sha256, agreement: &Agreement) -> Subject {
        let created = self
            .manifest
            .fields
            .get("created_utc")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let common = Subject {
            kind: Some("reference".to_owned()),
            label: agreement.label.clone(),
            sealed_utc: created,
            manifest_sha256: Some(manifest_sha256),
            ..Subject::default()
        };
        let Some(identity) = &self.identity else {
            return common;
        };
        Subject {
            kind: Some(identity.kind.as_str().to_owned()),
            project: Some(identity.project_name.clone()),
            project_id: Some(identity.project_id.clone()),
            number: identity.number,
            documents: Some(identity.documents),
            events: Some((identity.ledger.first, identity.ledger.last)),
            chain: Some(identity.ledger.chain),
            ..common
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, and each is another thing"
    )]
    fn history(
        &self,
        identity: &Identity,
        history: History,
        agreement: &Agreement,
        known: &[KnownBundle],
        receiver: &Receiver<'_>,
        checks: &mut Checks,
        subject: &mut Subject,
    ) -> Result<Option<Card>, VerifyError> {
        let card = contents::small(self.archive, member::CARD)?;
        let sealing = sealing::Sealing {
            identity,
            manifest: self.manifest,
            members: self.members,
            history: &history,
            label: agreement.label.as_deref(),
            card: card.as_deref(),
            known,
        };
        let card = sealing.judge(checks);
        history.blobs.judge(self.members, checks);
        let items = history.blobs.withdrawn_items();
        if !items.is_empty() {
            let carried = lines::withdrawn(self.archive, &items)?;
            history.blobs.judge_withdrawals(&carried, checks);
        }
        subject.withdrawn = items;
        if let Some(manifest_sha256) = subject.manifest_sha256 {
            let answer = receiver::series(identity, &manifest_sha256, history.restored, known);
            if receiver.policy.require_series()
                && matches!(answer, SeriesAnswer::Missing(_) | SeriesAnswer::Unknown)
            {
                checks.fail(CheckId::Policy, "series_incomplete", "");
            }
            subject.series = Some(answer);
        }
        if let Some(entry) = history
            .actor_missing
            .filter(|_| receiver.policy.require_actor())
        {
            checks.fail(CheckId::Policy, "actor_missing", format!("entry {entry}"));
        }
        if identity.ledger.first > 1 && lines::known_start(identity, known).is_none() {
            let detail = format!("not checked: events 1 to {}", identity.ledger.first - 1);
            checks.pass(CheckId::Previous, detail);
        }
        checks.absorb(history.checks);
        Ok(card)
    }

    /// Every check that found nothing passes; those that make no sense for this bundle say so.
    fn not_applicable(&self, checks: &mut Checks) {
        let reference = "bundles of the reference platform have none";
        for id in CheckId::ALL {
            let applies = match id {
                CheckId::OneForm
                | CheckId::Keys
                | CheckId::Seal
                | CheckId::Card
                | CheckId::Excerpt
                | CheckId::Documents
                | CheckId::Blobs
                | CheckId::Tree
                | CheckId::Previous
                | CheckId::Series => self.ours,
                _ => true,
            };
            let unreached = self.ours && self.identity.is_none() && id > CheckId::Policy;
            if checks.failed(id) {
                continue;
            }
            if !applies {
                checks.skip(id, reference);
            } else if unreached {
                checks.skip(id, "the manifest could not be understood");
            } else {
                checks.pass(id, "");
            }
        }
    }
}

fn policy_answer(
    checks: &Checks,
    signer: SignerAnswer,
    has_key: bool,
    receiver: &Receiver<'_>,
) -> PolicyAnswer {
    let demands = receiver.policy.thresholds();
    let required = demands.signature || demands.dsse_attestations;
    let unsigned = matches!(signer, SignerAnswer::BadSignature)
        || (signer == SignerAnswer::Unsigned && demands.signature);
    if answers::integrity(checks) != Integrity::Intact {
        PolicyAnswer::NotChecked
    } else if checks.failed(CheckId::Policy) || (required && unsigned) {
        PolicyAnswer::NotMet
    } else if required && !has_key {
        PolicyAnswer::NotChecked
    } else {
        PolicyAnswer::Met
    }
}

fn report(
    bundle_sha256: Sha256,
    subject: Subject,
    checks: Checks,
    receiver: &Receiver<'_>,
    (signer, policy, time): (SignerAnswer, PolicyAnswer, TimeAnswer),
    toolchain_id: Option<String>,
    signer_keyid: Option<Sha256>,
) -> Report {
    let integrity = answers::integrity(&checks);
    let signed_well_enough = match signer {
        SignerAnswer::Trusted => true,
        SignerAnswer::Unconfirmed => receiver.any_signer && signer_keyid.is_some(),
        SignerAnswer::Unsigned => {
            !receiver.policy.thresholds().signature && !checks.failed(CheckId::Signer)
        }
        _ => false,
    };
    let accepted = integrity == Integrity::Intact
        && policy == PolicyAnswer::Met
        && signed_well_enough
        && !checks.failed(CheckId::Signer);
    let mut warnings = Vec::new();
    if matches!(
        subject.series,
        Some(SeriesAnswer::Fork | SeriesAnswer::ContinuedFromBackup)
    ) {
        warnings.push("chain_fork".to_owned());
    }
    let list = checks.finish("an earlier check failed");
    let first_failure = list.iter().find(|check| check.status == Status::Fail);
    let statement = answers::statement(integrity, signer, policy, &subject, first_failure);
    Report {
        accepted,
        code: first_failure.and_then(|check| check.code.clone()),
        subject,
        integrity,
        signer,
        policy,
        time,
        statement,
        bundle_sha256,
        toolchain_id,
        signer_keyid,
        policy_id: receiver.policy.id().to_owned(),
        mode: receiver.policy.mode().as_str(),
        warnings,
        checks: list,
    }
}
