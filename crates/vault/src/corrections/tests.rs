//! Erasing items whose text was read out of them.

use std::sync::Arc;

use bundle::Sha256;
use bundle::canon::Object;
use bundle::format::kind::EventType;
use bundle::verify::{InTurn, Receiver, Silent, verify};
use store::{BlobKind, DataRoot, Unwatched};

use super::Withdrawal;
use crate::capture::Intake;
use crate::column::number;
use crate::ledger::{Draft, Ledger};
use crate::machine::Machine;
use crate::person::By;
use crate::project::Project;
use crate::seal::{Scope, SealRequest};
use crate::sql;
use crate::vault::{Act, Vault};

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;

struct Desk {
    _folder: tempfile::TempDir,
    vault: Arc<Vault>,
    act: Act,
    project: Project,
}

impl Desk {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = DataRoot::create(folder.path().join("data").as_path()).unwrap();
        let machine = Machine::this("fieldgrade", "0.1.0", SBOM);
        let (vault, _) = Vault::open(root, machine).unwrap();
        let act = vault.act(Some("Ada"), By::Cli).unwrap();
        let project = vault.project("default", &act).unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let intake = Intake::default();
            vault
                .capture(&project, &[path], &intake, &act, &Unwatched, &mut |_| {})
                .unwrap();
        }
        Self {
            _folder: folder,
            vault: Arc::new(vault),
            act,
            project,
        }
    }

    /// Records a text as read out of an item.
    fn extract(&self, item: u64, text: &str) {
        let (vault, act) = (&self.vault, &self.act);
        let stored = vault
            .blobs()
            .put_bytes(BlobKind::Extract, text.as_bytes())
            .unwrap();
        let item = vault.item(&self.project, item).unwrap();
        vault
            .db()
            .write::<_, crate::VaultError>(act.origin(), |tx| {
                let mut ledger = Ledger::resume(tx, vault, &self.project.id)?;
                let content = Object::new()
                    .with("item", item.item)
                    .with("capture", item.capture)
                    .with("raw_sha256", item.raw_sha256)
                    .with("raw_size", item.size)
                    .with("extract_sha256", stored.digest)
                    .with("extract_size", stored.size)
                    .with("extractor", "text")
                    .with("extractor_version", "1")
                    .with("program", vault.machine().program_object());
                ledger.append(act, Draft::new(EventType::Extract, content))?;
                let digest = stored.digest.as_bytes().to_vec();
                let (size, chain) = (number(stored.size), ledger.chain().id);
                tx.prepare_cached(sql::BLOB_INSERT)?.execute((
                    &digest,
                    "extract",
                    size,
                    stored.crc32,
                    "",
                ))?;
                tx.prepare_cached(sql::ITEM_EXTRACTED)?.execute((
                    chain,
                    number(item.item),
                    "done",
                    &digest,
                ))?;
                ledger.end()
            })
            .unwrap();
    }

    fn erase(&self, item: u64) -> Vec<Sha256> {
        let withdrawal = Withdrawal {
            reason: "r",
            erase: true,
            names: true,
        };
        let done = self
            .vault
            .withdraw(&self.project, item, &withdrawal, &self.act);
        done.unwrap().erased
    }

    fn there(&self, kind: BlobKind, text: &str) -> bool {
        let digest = Sha256::of(text.as_bytes());
        self.vault.blobs().size(kind, digest).unwrap().is_some()
    }

    fn seal_is_accepted(&self, scope: Scope) {
        let request = SealRequest {
            scope,
            label: "",
            policy: None,
            allowlist_hash: None,
            passphrase: None,
        };
        let sealed = self
            .vault
            .seal(&self.project, &request, &self.act, &Unwatched);
        let bundle = sealed.unwrap().bundle.unwrap();
        let file = std::fs::read(self.vault.bundle_path(&bundle).unwrap()).unwrap();
        let receiving = self.vault.receiving().unwrap();
        let policy = self.vault.policy(&self.project).unwrap();
        let receiver = Receiver {
            policy: &policy,
            allowlist_hash: None,
            keys: receiving.keys(),
            any_signer: false,
            fingerprint: None,
            known: &receiving,
            now: None,
        };
        let report = verify(&file, &receiver, &InTurn, &Silent).unwrap();
        assert!(report.accepted, "{:#?}", report.checks);
    }
}

fn digests(texts: &[&str]) -> Vec<Sha256> {
    texts
        .iter()
        .map(|text| Sha256::of(text.as_bytes()))
        .collect()
}

#[test]
fn the_text_goes_with_the_bytes() {
    let desk = Desk::with(&[("a.pdf", "%PDF a"), ("b.txt", "b")]);
    desk.extract(1, "text of a");
    desk.extract(2, "b");
    desk.seal_is_accepted(Scope::New);
    assert_eq!(desk.erase(1), digests(&["%PDF a", "text of a"]));
    assert!(!desk.there(BlobKind::Raw, "%PDF a") && !desk.there(BlobKind::Extract, "text of a"));
    // A text that is the very bytes of the item is named once and removed from both folders.
    assert_eq!(desk.erase(2), digests(&["b"]));
    assert!(!desk.there(BlobKind::Raw, "b") && !desk.there(BlobKind::Extract, "b"));
    desk.seal_is_accepted(Scope::New);
    desk.seal_is_accepted(Scope::Full);
}

#[test]
fn a_text_that_another_item_has_stays_in_either_folder() {
    let desk = Desk::with(&[("a.pdf", "%PDF a"), ("b.pdf", "%PDF b"), ("c.txt", "same")]);
    for item in 1..=3 {
        desk.extract(item, "same");
    }
    assert_eq!(desk.erase(1), digests(&["%PDF a"]));
    assert!(desk.there(BlobKind::Extract, "same"));
    desk.seal_is_accepted(Scope::New);
    // The bytes of the third are the text of the second.
    assert_eq!(desk.erase(3), []);
    assert!(desk.there(BlobKind::Raw, "same") && desk.there(BlobKind::Extract, "same"));
    desk.seal_is_accepted(Scope::Full);
    assert_eq!(desk.erase(2), digests(&["%PDF b", "same"]));
    assert!(!desk.there(BlobKind::Raw, "same") && !desk.there(BlobKind::Extract, "same"));
    desk.seal_is_accepted(Scope::Full);
}
