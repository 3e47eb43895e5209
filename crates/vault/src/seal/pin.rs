//! Pinning: the SEAL event names everything that the bundle depends on.

use bundle::format::event::Event;
use bundle::format::kind::EventType;
use bundle::format::seal::{FORMAT, Pins, WRITER, Wishes};
use bundle::format::text::clean;
use bundle::key::SigningKey;
use bundle::policy::Policy;
use bundle::seal::{About, readme};
use store::blobs::Stored;
use store::{BlobKind, Origin};

use super::SealRequest;
use crate::bundles::SealedBundle;
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::keys::OwnKey;
use crate::ledger::{Chain, Draft, Ledger, Scribe};
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

/// Who signs.
pub(super) struct Signatory<'a> {
    pub own: &'a OwnKey,
    pub key: &'a SigningKey,
}

pub(super) struct SealDraft {
    pub event: Event,
    pub pins: Pins,
    pub label: String,
    /// The chosen items of an excerpt.
    pub items: Option<Vec<u64>>,
    pub aux: Vec<Stored>,
}

impl Vault {
    /// Writes the SEAL event with everything it pins, without putting it into the ledger.
    pub(super) fn draft_seal(
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
            items: wishes.items,
            aux,
        })
    }

    /// Puts the SEAL into the ledger; false if something else was written there meanwhile.
    pub(super) fn write_seal(
        &self,
        project: &Project,
        draft: &SealDraft,
        act: &Act,
    ) -> Result<bool> {
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
            if matches!(act.origin(), Origin::Run { .. }) {
                tx.replace_effect("seal", "", &draft.event.payload.seq.to_string())?;
            }
            Ok::<_, VaultError>(true)
        })
    }

    /// The SEAL that this run has written already: its step was cut short and is repeated.
    pub(super) fn seal_of_run(&self, project: &Project, act: &Act) -> Result<Option<SealedBundle>> {
        if !matches!(act.origin(), Origin::Run { .. }) {
            return Ok(None);
        }
        let seq = self.db().write(act.origin(), |tx| {
            Ok::<_, VaultError>(tx.effect("seal", "")?.and_then(|seq| seq.parse().ok()))
        })?;
        seq.map(|seq| self.open_seal(project, seq)).transpose()
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
