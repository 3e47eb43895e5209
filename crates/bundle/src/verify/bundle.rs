//! A sound archive with a manifest: all further checks, in order.

use std::sync::Mutex;

use crate::ReadAt;
use crate::canon::Value;
use crate::digest::Sha256;
use crate::format::card::Card;
use crate::format::identity::Identity;
use crate::format::manifest::Manifest;
use crate::format::member;
use crate::format::seal::Kind;
use crate::verify::agreement::{self, Agreement};
use crate::verify::answers::SeriesAnswer;
use crate::verify::blobs::WithdrawnItems;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::digests::{self, Digests};
use crate::verify::executor::{Executor, Progress, Task};
use crate::verify::history::History;
use crate::verify::members::Members;
use crate::verify::papers::{Papers, Small};
use crate::verify::receiver::{KnownBundle, Receiver};
use crate::verify::report::{Report, Subject};
use crate::verify::verdict::{policy_answer, report};
use crate::verify::{VerifyError, acceptance, lines, sealing, series, signature};
use crate::zip::Archive;

/// A sound archive with a manifest.
pub(crate) struct Bundle<'a, R: ?Sized> {
    pub source: &'a R,
    pub archive: &'a Archive<'a, R>,
    pub members: &'a Members<'a>,
    pub manifest: &'a Manifest,
    pub identity: Option<Box<Identity>>,
    pub ours: bool,
}

/// What the slow part found.
struct Gathered {
    bundle_sha256: Sha256,
    digests: Digests,
    history: Option<History>,
}

impl<R: ReadAt + ?Sized> Bundle<'_, R> {
    pub(crate) fn judge(
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
        let manifest_sha256 = digests.manifest.unwrap_or(self.manifest.canonical_sha256);
        checks.absorb(digests.checks);

        let papers = Papers::read(self.archive)?;
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
            misnamed: checks.failed(CheckId::Signer),
            attestation: &papers.attestation,
            fields: agreement.attestation.as_ref(),
            signature: &papers.signature,
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
            let result = digests::hash_file(self.source, progress);
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
        tasks.extend(digests::digest_tasks(
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
            acceptance::contract(name, &Small::read(self.archive, name)?, checks);
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
        mut history: History,
        agreement: &Agreement,
        known: &[KnownBundle],
        receiver: &Receiver<'_>,
        checks: &mut Checks,
        subject: &mut Subject,
    ) -> Result<Option<Card>, VerifyError> {
        // What the lines themselves showed comes before what they are compared with.
        checks.absorb(std::mem::take(&mut history.checks));
        let card = Small::read(self.archive, member::CARD)?;
        let sealing = sealing::Sealing {
            identity,
            manifest: self.manifest,
            members: self.members,
            history: &history,
            label: agreement.label.as_deref(),
            card: &card,
            known,
        };
        let card = sealing.judge(checks);
        history.blobs.judge(self.members, checks);
        let items = history.blobs.withdrawn_items();
        if !items.is_empty() {
            let mut carried = WithdrawnItems::of(&history.blobs.withdrawals);
            lines::withdrawn(self.archive, &mut carried)?;
            let whole = identity.ledger.first == 1 && identity.kind == Kind::Series;
            history.blobs.judge_withdrawals(&carried, whole, checks);
        }
        subject.withdrawn = items;
        if let Some(manifest_sha256) = subject.manifest_sha256 {
            let answer = series::series(identity, &manifest_sha256, history.restored, known);
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
        if identity.ledger.first > 1 && sealing::known_key(identity, known).is_none() {
            let detail = format!("not checked: events 1 to {}", identity.ledger.first - 1);
            checks.pass(CheckId::Previous, detail);
        }
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
