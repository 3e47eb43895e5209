//! Sealing: everything that a bundle depends on is pinned by one event, then the bundle is written from it.

mod give_up;

use std::collections::BTreeSet;

use bundle::Sha256;
use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::seal::{FORMAT, Kind, Link, Of, Pins, Sealed, WRITER, Wishes};
use bundle::format::text::{bundle_file_name, clean};
use bundle::format::{member, time};
use bundle::key::SigningKey;
use bundle::policy::{ArtifactType, Policy};
use bundle::seal::{About, Plan, Signing, readme};
use bundle::zip::Folder;
use store::{BlobKind, Watch};

use crate::bundles::{SealedBundle, latest_series, open_seals};
use crate::error::{Result, VaultError};
use crate::evidence::{CaseEvidence, Unwritten};
use crate::items;
use crate::keys::OwnKey;
use crate::ledger::{Chain, Draft, Ledger, Scribe, chain_of, number, unsigned};
use crate::output::BundleFile;
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

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
            if self.write_seal(project, &draft, act)? {
                let open = self.open_seal(project, draft.event.payload.seq)?;
                let written = self.write_bundle(project, &open, &Signing::Key(&key), act, watch);
                let Some(bundle) = self.or_give_up(project, &open, written, act, &mut warnings)?
                else {
                    continue;
                };
                warnings.extend(draft.warnings);
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

    /// The rules of a case; a new one has the program's own.
    pub fn policy(&self, project: &Project) -> Result<Policy> {
        match self.setting(&project.id, "policy")? {
            None => Ok(Policy::fieldgrade_v1()),
            Some(text) => Policy::from_yaml(text.as_bytes()).map_err(|error| VaultError::Policy {
                path: "the case's policy".into(),
                error,
            }),
        }
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

    /// Writes the SEAL event with everything it pins, without putting it into the ledger.
    fn draft_seal(
        &self,
        project: &Project,
        chain: Chain,
        request: &SealRequest<'_>,
        policy: &Policy,
        signer: &Signatory<'_>,
        act: &Act,
    ) -> Result<SealDraft> {
        let own = signer.own;
        let latest = self.latest_series(project)?;
        let range = self.range(project, &chain, &request.scope, latest.as_ref())?;
        let seq = chain.tree.size() + 1;
        let card = self.card(own, signer.key)?;
        let about = About {
            project: &project.title,
            signer: &self.signer_line()?,
            kind: range.kind,
            number: range.number,
            events: (range.first, seq),
            items: range.documents,
            keyid: own.public.id(),
        };
        let texts = [
            (policy.canonical(), "policy"),
            (self.machine().sbom.to_vec(), "sbom"),
            (card, "card"),
            (readme(&project.language, &about).into_bytes(), "readme"),
        ];
        let mut aux = Vec::new();
        for (bytes, _) in &texts {
            aux.push(self.blobs().put_bytes(BlobKind::Aux, bytes)?);
        }
        let [policy_blob, sbom, card, readme] = aux.as_slice() else {
            return Err(VaultError::SealFailed(
                "four papers were expected".to_owned(),
            ));
        };
        let pins = Pins {
            kind: range.kind,
            number: range.number,
            first: range.first,
            previous: range.previous,
            of: range.of,
            root: chain.tree.root(),
            size: chain.tree.size(),
            toolchain_id: own.toolchain_id.clone(),
            keyid: own.public.id(),
            format: FORMAT,
            writer: WRITER,
            policy_sha256: policy_blob.digest,
            allowlist_hash: request.allowlist_hash,
            sbom_sha256: sbom.digest,
            card_sha256: card.digest,
            readme_sha256: readme.digest,
            language: project.language.clone(),
            documents: range.documents,
        };
        let wishes = Wishes {
            label: clean(request.label.as_bytes()).text,
            recipient: range.recipient,
            items: range.items,
        };
        let content = pins
            .to_object()
            .with("program", self.machine().program_object());
        let draft = Draft::new(EventType::Seal, content).source(wishes.to_object());
        let event = Scribe::new(self, chain).write(act, draft)?;
        Ok(SealDraft {
            event,
            pins,
            label: wishes.label,
            aux,
            warnings: range.warnings,
        })
    }

    /// Which events and items, and what came before.
    fn range(
        &self,
        project: &Project,
        chain: &Chain,
        scope: &Scope,
        latest: Option<&SealedBundle>,
    ) -> Result<Range> {
        let link = latest.and_then(link_of);
        let Scope::Items { items, recipient } = scope else {
            let first = match (scope, &link) {
                (Scope::New, Some(link)) => link.size + 1,
                _ => 1,
            };
            let documents = self.db().read(|connection| {
                let mut statement = connection.prepare_cached(sql::CAPTURES_RANGE)?;
                let last = number(chain.tree.size());
                Ok::<_, VaultError>(
                    statement.query_row((chain.id, number(first), last), |row| unsigned(row, 0))?,
                )
            })?;
            let number = link.as_ref().map_or(1, |link| link.number + 1);
            return Ok(Range {
                kind: Kind::Series,
                number: Some(number),
                first,
                previous: link,
                of: None,
                documents,
                recipient: None,
                items: None,
                warnings: Vec::new(),
            });
        };
        let sealed_to = link.as_ref().map_or(0, |link| link.size);
        for item in items {
            let found = self.item(project, *item)?;
            match found.state {
                items::ItemState::Present if found.seq <= sealed_to => {}
                items::ItemState::Present => return Err(VaultError::SealFirst(*item)),
                _ => return Err(VaultError::ItemWithdrawn(*item)),
            }
        }
        let root = latest.map(|seal| seal.root);
        let of = link.zip(root).map(|(link, root)| Of { link, root });
        Ok(Range {
            kind: Kind::Excerpt,
            number: None,
            first: 1,
            previous: None,
            of,
            documents: items.len() as u64,
            recipient: recipient.as_ref().map(|name| clean(name.as_bytes()).text),
            items: Some(items.iter().copied().collect()),
            warnings: Vec::new(),
        })
    }

    /// Puts the SEAL into the ledger; false if something else was written there meanwhile.
    fn write_seal(&self, project: &Project, draft: &SealDraft, act: &Act) -> Result<bool> {
        let now = self.clock().now().to_string();
        self.db().write(act.origin(), |tx| {
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            if !ledger.append_written(&draft.event)? {
                return Ok(false);
            }
            let chain = ledger.chain().clone();
            for stored in &draft.aux {
                let fields = (
                    stored.digest.as_bytes().to_vec(),
                    stored.kind.as_str(),
                    number(stored.size),
                    stored.crc32,
                    &now,
                );
                tx.prepare_cached(sql::BLOB_INSERT)?.execute(fields)?;
            }
            let pins = &draft.pins;
            tx.prepare_cached(sql::SEAL_INSERT)?
                .execute(rusqlite::params![
                    chain.id,
                    number(draft.event.payload.seq),
                    project.id,
                    draft.event.hash.as_bytes(),
                    pins.kind.as_str(),
                    pins.number.map(number),
                    number(pins.first),
                    number(pins.documents),
                    draft.event.payload.ts_utc,
                    draft.label,
                    pins.keyid.as_bytes(),
                    chain.tree.root().as_bytes(),
                ])?;
            ledger.end()?;
            Ok::<_, VaultError>(true)
        })
    }

    fn open_seal(&self, project: &Project, seq: u64) -> Result<SealedBundle> {
        let found = self
            .seals(project, seq - 1, 1)?
            .pop()
            .filter(|seal| seal.seq == seq);
        found.ok_or_else(|| VaultError::SealUnknown(seq.to_string()))
    }

    /// Finishes a seal that was begun, with the inputs that it pinned.
    fn finish_seal(
        &self,
        project: &Project,
        open: &SealedBundle,
        passphrase: Option<&str>,
        act: &Act,
        watch: &dyn Watch,
    ) -> Result<SealedBundle> {
        let own = self
            .own_key(&open.keyid)?
            .ok_or_else(|| VaultError::KeyUnknown(open.keyid.to_string()))?;
        let key = self.signing_key(&own, passphrase)?;
        self.write_bundle(project, open, &Signing::Key(&key), act, watch)
    }

    /// Writes the bundle of an open seal and says so in the ledger.
    fn write_bundle(
        &self,
        project: &Project,
        open: &SealedBundle,
        signing: &Signing<'_>,
        act: &Act,
        watch: &dyn Watch,
    ) -> Result<SealedBundle> {
        let evidence = CaseEvidence {
            vault: self,
            project,
            unwritten: None,
        };
        let plan = Plan::new(&evidence, open.seq)?;
        let folder = self.root().made(self.root().bundles_out())?;
        let file = BundleFile::write(&folder, &plan, &evidence, signing, watch)
            .map_err(|error| self.name_all_lost(project, open, error, watch))?;
        let number_text = open
            .number
            .map_or("excerpt".to_owned(), |number| format!("{number:04}"));
        let date = time::date_of(&open.ts_utc);
        let name = bundle_file_name(
            project.file_prefix(),
            &number_text,
            date,
            &file.sha256.short(),
        );
        let (written, sha256) = file.place(&folder.join(&name))?;
        let sealed = Sealed {
            seal: open.head,
            manifest_sha256: written.manifest_sha256,
            bundle_sha256: sha256,
            bytes: written.bytes,
        };
        self.db().write(act.origin(), |tx| {
            let mut ledger = Ledger::resume(tx, self, &project.id)?;
            let chain = ledger.chain().id;
            let done = tx
                .prepare_cached(sql::SEAL_DONE)?
                .execute(rusqlite::params![
                    chain,
                    number(open.seq),
                    sealed.manifest_sha256.as_bytes(),
                    sealed.bundle_sha256.as_bytes(),
                    number(sealed.bytes),
                    SealedBundle::signatures_text(&written.signatures),
                    name,
                ])?;
            // Another process may have finished the same seal: the bytes are the same, and it is said once.
            if done == 1 {
                ledger.append(act, Draft::bare(EventType::Sealed, sealed.to_object()))?;
                ledger.end()?;
                tx.changed("bundle", &sha256.to_string(), &project.id)?;
            }
            Ok::<_, VaultError>(())
        })?;
        self.remember_head(project)?;
        let sealed = self.open_seal(project, open.seq)?;
        if sealed.state == "canceled" {
            let detail = "its key was revoked or replaced meanwhile; seal again";
            return Err(VaultError::SealFailed(detail.to_owned()));
        }
        Ok(sealed)
    }

    fn signer_line(&self) -> Result<String> {
        let operator = self.operator()?.unwrap_or_default();
        let parts = [operator.name, operator.role, operator.organisation];
        Ok(parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "))
    }
}

/// Who signs.
struct Signatory<'a> {
    own: &'a OwnKey,
    key: &'a SigningKey,
}

struct SealDraft {
    event: Event,
    pins: Pins,
    label: String,
    aux: Vec<store::blobs::Stored>,
    warnings: Vec<String>,
}

struct Range {
    kind: Kind,
    number: Option<u64>,
    first: u64,
    previous: Option<Link>,
    of: Option<Of>,
    documents: u64,
    recipient: Option<String>,
    items: Option<Vec<u64>>,
    warnings: Vec<String>,
}

fn link_of(seal: &SealedBundle) -> Option<Link> {
    Some(Link {
        number: seal.number?,
        manifest_sha256: seal.manifest_sha256?,
        bundle_sha256: seal.bundle_sha256?,
        head: seal.head,
        size: seal.seq,
    })
}

/// The rules are asked before anything is written: limits, kinds of content, demanded hashes.
fn must_meet(policy: &Policy, plan: &Plan, draft: &SealDraft) -> Result<()> {
    let exceeds = |detail: String| {
        Err(VaultError::WouldExceedPolicy {
            policy: policy.id().to_owned(),
            detail,
        })
    };
    // The few papers that depend on the key are small; a MiB covers them, and the manifest is counted by its members.
    let bytes = plan.content_bytes() + (1 << 20) + plan.member_count() * 160;
    if bytes > policy.max_bundle_bytes() {
        return exceeds(format!(
            "{bytes} bytes; {} are allowed",
            policy.max_bundle_bytes()
        ));
    }
    if plan.member_count() > policy.max_files() {
        return exceeds(format!(
            "{} members; {} are allowed",
            plan.member_count(),
            policy.max_files()
        ));
    }
    if policy.thresholds().allowlist_hash_match && draft.pins.allowlist_hash.is_none() {
        return exceeds("a list of keys must be named: give it with --allowlist".to_owned());
    }
    for name in [
        member::README,
        member::POLICY,
        member::DELTA,
        member::PROVENANCE,
        member::SBOM,
    ] {
        let kind = ArtifactType::of(name);
        if !policy.allowed_artifact_types().is_empty() && !policy.allows(kind) {
            return exceeds(format!("content of kind {} is not allowed", kind.as_str()));
        }
    }
    let protected = [
        Folder::Raw.prefix(),
        Folder::Extract.prefix(),
        Folder::Aux.prefix(),
        member::MANIFEST,
    ];
    if let Some(path) = protected.into_iter().find_map(|name| policy.protects(name)) {
        return exceeds(format!("the path {path} is protected"));
    }
    Ok(())
}
