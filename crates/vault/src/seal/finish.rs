//! Writing the bundle of a seal that stands in the ledger, whoever began it.

use bundle::format::kind::EventType;
use bundle::format::seal::Sealed;
use bundle::format::text::bundle_file_name;
use bundle::format::time;
use bundle::seal::{Plan, Signing};
use store::Watch;

use crate::bundles::SealedBundle;
use crate::column::number;
use crate::error::{Result, VaultError};
use crate::evidence::CaseEvidence;
use crate::ledger::{Draft, Ledger};
use crate::output::BundleFile;
use crate::project::Project;
use crate::sql;
use crate::vault::{Act, Vault};

impl Vault {
    pub(super) fn open_seal(&self, project: &Project, seq: u64) -> Result<SealedBundle> {
        let found = self
            .seals(project, seq - 1, 1)?
            .pop()
            .filter(|seal| seal.seq == seq);
        found.ok_or_else(|| VaultError::SealUnknown(seq.to_string()))
    }

    /// Finishes a seal that was begun, with the inputs that it pinned.
    pub(super) fn finish_seal(
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
    pub(super) fn write_bundle(
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
            .map_err(|error| self.name_all_lost_of(project, open, error, watch))?;
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
}
