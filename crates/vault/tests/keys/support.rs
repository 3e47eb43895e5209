use std::fs;
use std::path::{Path, PathBuf};

use bundle::canon::Value;
use bundle::format::event::Event;
use bundle::key::PublicKey;
use bundle::verify::{InTurn, Known, Nothing, Receiver, Report, Silent, TrustedKey, verify};
use store::{DataRoot, Unwatched};
use tempfile::TempDir;
use vault::keys::{OwnKey, Rotated, Rotation};
use vault::{
    Act, By, Intake, Machine, Naming, Project, Scope, SealRequest, SealedBundle, Vault, VaultError,
};

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;

/// A house of its own: a data root, its person, and a folder to drop files from.
pub struct House {
    pub folder: TempDir,
    pub vault: Vault,
    pub act: Act,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(&folder.path().join("data"));
        let act = vault.act(Some("Ada"), By::Cli).unwrap();
        Self { folder, vault, act }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn keys(&self) -> PathBuf {
        self.vault.root().keys()
    }

    /// The same data root, as another process sees it.
    pub fn again(&self) -> Vault {
        open(&self.folder.path().join("data"))
    }

    pub fn case(&self, name: &str) -> Project {
        match self.vault.find_project(name).unwrap() {
            Some(project) => project,
            None if name == "default" => self.vault.project(name, &self.act).unwrap(),
            None => self
                .vault
                .create_project(name, &Naming::default(), &self.act)
                .unwrap(),
        }
    }

    /// Captures one file with this text.
    pub fn capture(&self, project: &Project, text: &str) {
        let path = self.path(&format!("{text}.txt"));
        fs::write(&path, text).unwrap();
        let intake = Intake::default();
        let report = self
            .vault
            .capture(
                project,
                &[path],
                &intake,
                &self.act,
                &Unwatched,
                &mut |_| {},
            )
            .unwrap();
        assert_eq!(report.failed, 0);
    }

    pub fn try_seal(
        &self,
        project: &Project,
        passphrase: Option<&str>,
    ) -> Result<SealedBundle, VaultError> {
        let request = SealRequest {
            passphrase,
            ..SealRequest::of(Scope::New)
        };
        let outcome = self.vault.seal(project, &request, &self.act, &Unwatched)?;
        Ok(outcome.bundle.unwrap())
    }

    pub fn seal(&self, project: &Project) -> SealedBundle {
        self.try_seal(project, None).unwrap()
    }

    /// One captured file, one package.
    pub fn sealed(&self, project: &Project, text: &str) -> SealedBundle {
        self.capture(project, text);
        self.seal(project)
    }

    /// One captured file, and a package that was begun only: its folder could not be written to, and can be again.
    pub fn begun(&self, project: &Project, text: &str) {
        self.capture(project, text);
        let folder = self.vault.root().bundles_out();
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        fs::write(&folder, "in the way").unwrap();
        assert!(self.try_seal(project, None).is_err());
        assert_eq!(self.kinds(project).last().unwrap(), "SEAL");
        fs::remove_file(&folder).unwrap();
    }

    /// The package that was begun is given up before the key changes; the next one takes its number.
    pub fn given_up(&self, project: &Project, change: &str) -> SealedBundle {
        let kinds = self.kinds(project);
        assert!(kinds.ends_with(&["SEAL_CANCELED".to_owned(), change.to_owned()]));
        let bundle = self.seal(project);
        assert_eq!(bundle.number, Some(1), "the number is taken again");
        bundle
    }

    pub fn rotate(&self) -> Rotated {
        let rotation = Rotation {
            reason: "yearly change",
            ..Rotation::default()
        };
        self.vault.rotate_key(&rotation, &self.act).unwrap()
    }

    pub fn active(&self) -> OwnKey {
        self.vault.active_key().unwrap().unwrap()
    }

    pub fn bytes(&self, bundle: &SealedBundle) -> Vec<u8> {
        fs::read(self.vault.bundle_path(bundle).unwrap()).unwrap()
    }

    /// Checked as this house checks: its own keys, what it trusts, what it knows.
    pub fn check(&self, file: &[u8]) -> Report {
        let receiving = self.vault.receiving().unwrap();
        check(file, receiving.keys(), &receiving)
    }

    pub fn kinds(&self, project: &Project) -> Vec<String> {
        let events = self.vault.events(project, 0, 1000).unwrap();
        events.iter().map(|event| event.kind.to_string()).collect()
    }

    pub fn last(&self, project: &Project, kind: &str) -> Event {
        let events = self.vault.events(project, 0, 1000).unwrap();
        let mut of_kind = events
            .into_iter()
            .filter(|event| event.kind.as_str() == kind);
        of_kind.next_back().unwrap()
    }

    /// Every chain of this house is sound.
    pub fn sound(&self) {
        for project in self.vault.projects().unwrap() {
            let check = self.vault.verify_ledger(&project, &Unwatched).unwrap();
            assert_eq!(check.findings, [], "{}", project.name);
        }
        let house = self.vault.verify_house(&Unwatched).unwrap();
        assert!(house.is_none_or(|check| check.findings.is_empty()));
        self.vault.check_heads().unwrap();
    }
}

pub fn open(path: &Path) -> Vault {
    let root = DataRoot::create(path).unwrap();
    Vault::open(root, Machine::this("fieldgrade", "0.1.0", SBOM))
        .unwrap()
        .0
}

pub fn check(file: &[u8], keys: &[TrustedKey], known: &dyn Known) -> Report {
    let policy = bundle::policy::Policy::fieldgrade_v1();
    let receiver = Receiver {
        policy: &policy,
        allowlist_hash: None,
        keys,
        any_signer: false,
        fingerprint: None,
        known,
        now: None,
    };
    verify(&file.to_vec(), &receiver, &InTurn, &Silent).unwrap()
}

/// Checked by somebody who knows nothing but these keys.
pub fn check_with(file: &[u8], keys: &[&OwnKey]) -> Report {
    let keys: Vec<TrustedKey> = keys
        .iter()
        .map(|key| TrustedKey::new(&key.toolchain_id, key.public))
        .collect();
    check(file, &keys, &Nothing)
}

pub fn content(event: &Event) -> bundle::canon::Object {
    let value = Value::parse(event.content.as_ref().unwrap().as_bytes()).unwrap();
    value.as_object().unwrap().clone()
}

pub fn source(event: &Event) -> bundle::canon::Object {
    let value = Value::parse(event.source.as_ref().unwrap().as_bytes()).unwrap();
    value.as_object().unwrap().clone()
}

pub fn code<T: std::fmt::Debug>(result: Result<T, VaultError>) -> &'static str {
    let error = result.unwrap_err();
    assert!(!error.next_step().is_empty(), "{error}");
    error.code()
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub fn string(object: &bundle::canon::Object, key: &str) -> String {
    object.get(key).unwrap().as_str().unwrap().to_owned()
}

/// The card that a package carries.
pub fn card_of(file: &[u8]) -> bundle::format::card::Card {
    let file = file.to_vec();
    let archive = bundle::zip::Archive::open(&file, &bundle::zip::Limits::default()).unwrap();
    let entry = archive.find("signer/card.json").unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut archive.reader(entry), &mut bytes).unwrap();
    bundle::format::card::read(&bytes).unwrap()
}

pub fn keyid(key: &PublicKey) -> String {
    key.id().to_string()
}
