//! Sealing: everything that a bundle depends on is pinned by one event, then the bundle is written from it.

mod finish;
mod give_up;
mod pin;
mod present;
mod range;
mod rules;

use std::collections::BTreeSet;

use bundle::Sha256;
use bundle::key::SigningKey;
use bundle::policy::Policy;
use bundle::seal::{Plan, Signing};
use store::Watch;

use crate::bundles::{SealedBundle, latest_series, open_seals};
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::evidence::{CaseEvidence, Unwritten};
use crate::keys::OwnKey;
use crate::ledger::chain_of;
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

use pin::Signatory;
use rules::must_meet;

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything since the last package of the series.
    New,
    /// Everything again, numbered on.
    Full,
    /// Chosen items for somebody.
    Items {
        /// Their numbers.
        items: BTreeSet<u64>,
        /// For whom; stands in the excerpt and is hidden in the series.
        recipient: Option<String>,
    },
}

/// What is asked for.
pub struct SealRequest<'a> {
    /// What is sealed.
    pub scope: Scope,
    /// A label in people's words.
    pub label: &'a str,
    /// The rules to seal under; the case's own if none are given.
    pub policy: Option<&'a Policy>,
    /// Digest of the receiver's list of keys, if one was given.
    pub allowlist_hash: Option<Sha256>,
    /// Unlocks the signing key.
    pub passphrase: Option<&'a str>,
}

impl SealRequest<'_> {
    /// Without a label, under the case's own rules, with a key that no passphrase locks.
    pub fn of(scope: Scope) -> Self {
        Self {
            scope,
            label: "",
            policy: None,
            allowlist_hash: None,
            passphrase: None,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealOutcome {
    /// The bundle; when there was nothing to seal, the last one, if any.
    pub bundle: Option<SealedBundle>,
    /// Nothing has happened since the last package.
    pub nothing_to_seal: bool,
    /// Packages begun earlier that were finished first.
    pub finished: Vec<SealedBundle>,
    /// Warnings in plain words.
    pub warnings: Vec<String>,
}

/// Events that are no reason to seal again.
const NO_REASON: [&str; 6] = [
    "SEAL",
    "SEALED",
    "SEAL_CANCELED",
    "SIGHTING",
    "CHECK",
    "EXPORT",
];

/// How often sealing begins anew because something else was written to the chain meanwhile.
const ATTEMPTS: usize = 20;

impl Vault {
    /// Seals. A seal that was begun and not finished is finished first, with what it pinned.
    pub fn seal(
        &self,
        project: &Project,
        request: &SealRequest<'_>,
        act: &Act,
        watch: &dyn Watch,
    ) -> Result<SealOutcome> {
        let mut finished = Vec::new();
        let mut warnings = Vec::new();
        for open in self
            .db()
            .read(|connection| open_seals(connection, chain_of(connection, &project.id)?.id))?
        {
            let result = self.finish_seal(project, &open, request.passphrase, act, watch);
            finished.extend(self.or_give_up(project, &open, result, act, &mut warnings)?);
        }
        // One that was given up is sealed anew.
        let before = self.seal_of_run(project, act)?;
        if let Some(bundle) = before.filter(|bundle| bundle.bundle_sha256.is_some()) {
            return Ok(SealOutcome {
                bundle: Some(bundle),
                nothing_to_seal: false,
                finished,
                warnings,
            });
        }
        let latest = self.latest_series(project)?;
        if request.scope == Scope::New && !self.has_reason(project, latest.as_ref())? {
            return Ok(SealOutcome {
                bundle: latest,
                nothing_to_seal: true,
                finished,
                warnings,
            });
        }
        let policy = match request.policy {
            Some(policy) => policy.clone(),
            None => self.policy(project)?,
        };
        policy.sealable().map_err(|error| VaultError::Policy {
            path: "policy".into(),
            error,
        })?;
        let mut unlocked: Option<(OwnKey, SigningKey)> = None;
        for _ in 0..ATTEMPTS {
            let chain = self
                .db()
                .read(|connection| chain_of(connection, &project.id))?;
            // Whoever changes the key writes to the chain, and then sealing begins anew.
            let own = self.key_of(&chain)?;
            let key = match unlocked.take().filter(|(known, _)| *known == own) {
                Some((_, key)) => key,
                None => self.signing_key(&own, request.passphrase)?,
            };
            let signer = Signatory {
                own: &own,
                key: &key,
            };
            let draft = self.draft_seal(project, chain, request, &policy, &signer, act)?;
            let evidence = CaseEvidence {
                vault: self,
                project,
                unwritten: Some(Unwritten {
                    event: &draft.event,
                    aux: &draft.aux,
                }),
            };
            let plan = Plan::new(&evidence, draft.event.payload.seq)?;
            must_meet(&policy, &plan, &draft)?;
            self.must_be_there(project, &plan, &draft, watch)?;
            if self.write_seal(project, &draft, act)? {
                let open = self.open_seal(project, draft.event.payload.seq)?;
                let written = self.write_bundle(project, &open, &Signing::Key(&key), act, watch);
                let Some(bundle) = self.or_give_up(project, &open, written, act, &mut warnings)?
                else {
                    continue;
                };
                return Ok(SealOutcome {
                    bundle: Some(bundle),
                    nothing_to_seal: false,
                    finished,
                    warnings,
                });
            }
            unlocked = Some((own, key));
        }
        Err(VaultError::SealFailed(
            "the record was written to by others all the time".to_owned(),
        ))
    }

    pub(crate) fn latest_series(&self, project: &Project) -> Result<Option<SealedBundle>> {
        self.db()
            .read(|connection| latest_series(connection, chain_of(connection, &project.id)?.id))
    }

    fn has_reason(&self, project: &Project, latest: Option<&SealedBundle>) -> Result<bool> {
        self.db().read(|connection| {
            let chain = chain_of(connection, &project.id)?;
            let mut statement = connection.prepare_cached(sql::EVENT_KINDS_AFTER)?;
            let after = latest.map_or(0, |seal| seal.seq);
            let mut rows = statement.query((chain.id, number(after)))?;
            while let Some(row) = rows.next()? {
                let kind: String = row.get(0)?;
                if !NO_REASON.contains(&kind.as_str()) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}
