//! A data root of its own for each test, and what is asked of it in a line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bundle::canon::{Object, Value};
use store::{DataRoot, Unwatched};
use tempfile::TempDir;
use vault::{Act, By, Intake, Limit, Machine, Project, SearchResult, Vault};

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;

/// A temporary data root with files to drop beside it.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(place.drop()).unwrap();
        place
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn drop(&self) -> PathBuf {
        self.folder.path().join("drop")
    }

    pub fn index_file(&self) -> PathBuf {
        self.root().join("termite_fieldpack/runtime/search.sqlite")
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.drop().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn open(&self) -> Desk {
        Desk::at(&self.root())
    }

    /// With one text for each.
    pub fn with_texts(texts: &[&str]) -> (Self, Desk) {
        let place = Self::new();
        let desk = place.open();
        for (n, text) in texts.iter().enumerate() {
            desk.capture(&place.file(&format!("{}.txt", n + 1), text));
        }
        desk.catch_up();
        (place, desk)
    }
}

/// An open vault with somebody who acts in the default case.
pub struct Desk {
    pub vault: Vault,
    pub act: Act,
    pub project: Project,
}

impl Desk {
    pub fn at(root: &Path) -> Self {
        let root = DataRoot::create(root).unwrap();
        let machine = Machine::this("test", "1", SBOM);
        let (vault, _) = Vault::open(root, machine).unwrap();
        let act = vault.act(Some("Ada"), By::Cli).unwrap();
        let project = vault.project("default", &act).unwrap();
        Self {
            vault,
            act,
            project,
        }
    }

    pub fn capture(&self, path: &Path) {
        let report = self
            .vault
            .capture(
                &self.project,
                &[path.to_owned()],
                &Intake::default(),
                &self.act,
                &Unwatched,
                &mut |_| {},
            )
            .unwrap();
        assert_eq!(report.failed, 0);
    }

    pub fn catch_up(&self) {
        let done = self
            .vault
            .catch_up(&self.project, &self.act, &Unwatched)
            .unwrap();
        assert!(done.index.missing.is_nothing(), "{:?}", done.index);
    }

    pub fn search(&self, query: &str) -> SearchResult {
        let found = self.vault.search(&self.project, query, 1000, None).unwrap();
        assert!(found.trouble.is_none(), "{:?}", found.trouble);
        found
    }

    /// The numbers of the items found, in the order of the hits.
    pub fn items(&self, query: &str) -> Vec<u64> {
        let found = self.search(query);
        assert_eq!(found.total, found.hits.len() as u64, "{query}");
        found.hits.iter().map(|hit| hit.item).collect()
    }

    /// The items of the record's entries of one kind, in order.
    pub fn entries(&self, kind: &str) -> Vec<u64> {
        let events = self.vault.events(&self.project, 0, u64::MAX - 1).unwrap();
        let of_kind = events.iter().filter(|event| event.kind.as_str() == kind);
        let items = of_kind.map(|event| content(event.content.as_deref()).count("item").unwrap());
        items.collect()
    }

    pub fn state(&self, item: u64) -> String {
        self.vault.item(&self.project, item).unwrap().extract_state
    }

    pub fn check(&self) {
        let check = self.vault.verify_ledger(&self.project, &Unwatched).unwrap();
        assert_eq!(check.findings, []);
    }
}

pub fn content(body: Option<&str>) -> Object {
    match Value::parse(body.unwrap().as_bytes()).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// No items.
pub const NOTHING: [u64; 0] = [];

/// No limit.
pub fn all() -> Limit {
    Limit::default()
}

/// A command that runs one test of this very executable, as a child of its own.
pub fn child(test: &str, root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ROOT, root);
    command
}

/// Inside such a child: the root it was given. None when the test is run as any other: it has nothing to do then.
pub fn given_root() -> Option<PathBuf> {
    std::env::var_os(ROOT).map(PathBuf::from)
}

const ROOT: &str = "VAULT_TEST_ROOT";
