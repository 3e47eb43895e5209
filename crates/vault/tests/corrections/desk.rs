//! A data root in a temporary folder, with files to capture.

use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::verify::Report;
use store::{BlobKind, DataRoot, Unwatched};
use tempfile::TempDir;
use vault::{
    Act, By, Intake, Machine, Project, Scope, SealRequest, SealedBundle, Vault, VaultError,
    Withdrawal, Withdrawn,
};

use crate::own_receiver;

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;

pub struct Desk {
    pub folder: TempDir,
    pub vault: Vault,
    pub act: Act,
    pub project: Project,
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(&folder.path().join("data"));
        let act = vault.act(Some("Ada"), By::Cli).unwrap();
        let project = vault.project("default", &act).unwrap();
        Self {
            folder,
            vault,
            act,
            project,
        }
    }

    /// The same data root, opened anew.
    pub fn reopen(&mut self) {
        self.vault = open(&self.folder.path().join("data"));
    }

    pub fn other_project(&self, name: &str) -> Project {
        let naming = vault::Naming::default();
        self.vault.create_project(name, &naming, &self.act).unwrap()
    }

    /// Captures one file and returns its number.
    pub fn capture(&self, name: &str, bytes: &str) -> u64 {
        self.capture_in(&self.project, name, bytes, &Intake::default())
    }

    pub fn capture_in(
        &self,
        project: &Project,
        name: &str,
        bytes: impl AsRef<[u8]>,
        intake: &Intake,
    ) -> u64 {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut number = None;
        let report = self.vault.capture(
            project,
            &[path],
            intake,
            &self.act,
            &Unwatched,
            &mut |item| number = item.item,
        );
        assert_eq!(report.unwrap().failed, 0);
        number.unwrap()
    }

    pub fn withdraw(&self, item: u64) -> Result<Withdrawn, VaultError> {
        self.withdraw_with(item, false, false)
    }

    pub fn erase(&self, item: u64) -> Result<Withdrawn, VaultError> {
        self.withdraw_with(item, true, false)
    }

    pub fn withdraw_with(
        &self,
        item: u64,
        erase: bool,
        names: bool,
    ) -> Result<Withdrawn, VaultError> {
        let withdrawal = Withdrawal {
            reason: "taken by mistake",
            erase,
            names,
        };
        self.vault
            .withdraw(&self.project, item, &withdrawal, &self.act)
    }

    pub fn seal(&self, scope: Scope) -> SealedBundle {
        self.seal_warned(scope).0
    }

    pub fn seal_warned(&self, scope: Scope) -> (SealedBundle, Vec<String>) {
        let request = SealRequest::of(scope);
        let outcome = self
            .vault
            .seal(&self.project, &request, &self.act, &Unwatched)
            .unwrap();
        assert!(!outcome.nothing_to_seal);
        (outcome.bundle.unwrap(), outcome.warnings)
    }

    /// Checks a bundle as its own receiver, which must accept it.
    pub fn accepted(&self, bundle: &SealedBundle) -> Report {
        own_receiver::accepted(&self.vault, &self.project, bundle)
    }

    pub fn blob(&self, bytes: &str) -> PathBuf {
        let digest = Sha256::of(bytes.as_bytes());
        self.vault.blobs().path(BlobKind::Raw, digest)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn sound(&self, project: &Project) {
        let check = self.vault.verify_ledger(project, &Unwatched).unwrap();
        assert_eq!(check.findings, []);
    }
}

pub fn open(path: &Path) -> Vault {
    let root = DataRoot::create(path).unwrap();
    Vault::open(root, Machine::this("fieldgrade", "0.1.0", SBOM))
        .unwrap()
        .0
}

pub fn code<T: std::fmt::Debug>(result: Result<T, VaultError>) -> &'static str {
    let error = result.unwrap_err();
    assert!(!error.next_step().is_empty(), "{}", error.code());
    error.code()
}

/// The files under a folder in which bytes occur.
pub fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else {
            let content = std::fs::read(&path).unwrap();
            if content.windows(bytes.len()).any(|window| window == bytes) {
                found.push(path);
            }
        }
    }
    found
}
