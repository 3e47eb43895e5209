//! `backup.json`: everything that belongs to a backup, with its digest, in canonical JSON.

use std::fs;
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::canon::{Object, ShapeError, Value};
use store::{DataRoot, Database, Folder, StoreError, durable};

use super::BackupError;
use crate::error::Result;

/// The name and version of the form.
const FORMAT: &str = "fieldgrade-backup/1";

/// What a file of a backup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Database(Database),
    /// The list of blobs: one line each.
    Blobs,
    Bundle,
    Key,
    Settings,
}

const DATABASES: [(&str, Database); 3] = [
    ("database:termite", Database::Termite),
    ("database:mite_ecology", Database::Ecology),
    ("database:jobs", Database::Jobs),
];
const OTHERS: [(&str, Role); 4] = [
    ("blobs", Role::Blobs),
    ("bundle", Role::Bundle),
    ("key", Role::Key),
    ("settings", Role::Settings),
];

impl Role {
    fn as_str(self) -> &'static str {
        let database = DATABASES
            .iter()
            .find(|(_, known)| self == Self::Database(*known));
        let other = OTHERS.iter().find(|(_, known)| self == *known);
        database
            .map(|(word, _)| *word)
            .or(other.map(|(word, _)| *word))
            .unwrap_or_default()
    }

    fn from_word(word: &str) -> Option<Self> {
        let database = DATABASES.iter().find(|(known, _)| *known == word);
        let other = OTHERS.iter().find(|(known, _)| *known == word);
        database
            .map(|(_, database)| Self::Database(*database))
            .or(other.map(|(_, role)| *role))
    }

    /// The folder of such files, in a backup as in a data root.
    pub fn folder(self, root: &DataRoot) -> PathBuf {
        match self {
            Self::Database(database) => root.folder(database.folder()),
            Self::Blobs => root.cas(),
            Self::Bundle => root.bundles_out(),
            Self::Key => root.keys(),
            Self::Settings => root.folder(Folder::UiRuntime),
        }
    }
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filed {
    pub role: Role,
    /// What it is called in a data root.
    pub name: String,
    /// What it is called in the backup.
    pub file: String,
    pub sha256: Sha256,
    pub bytes: u64,
}

impl Filed {
    pub fn path(&self, backup: &DataRoot) -> PathBuf {
        self.role.folder(backup).join(&self.file)
    }

    /// The name of something that changes: with the beginning of its digest, so that it never takes another's place.
    pub fn dated(name: &str, sha256: &Sha256) -> String {
        let digest = sha256.to_string();
        format!("{name}.{}", digest.get(..16).unwrap_or_default())
    }
}

/// How far a chain had come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChainAt {
    pub chain: Sha256,
    pub size: u64,
    pub head: Sha256,
}

/// What a backup consists of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Manifest {
    pub id: String,
    pub created_utc: String,
    pub program: Object,
    pub chains: Vec<ChainAt>,
    /// Entries of cases.
    pub entries: u64,
    pub items: u64,
    pub blobs: u64,
    pub blob_bytes: u64,
    pub files: Vec<Filed>,
}

impl Manifest {
    /// The list of a backup, if there is one.
    pub fn of(backup: &DataRoot) -> Result<Option<(Self, Sha256)>> {
        let path = backup.backup_manifest();
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|error| StoreError::io("read", &path, error))?,
        };
        let manifest =
            Self::read(&bytes).map_err(|detail| BackupError::Damaged { path, detail })?;
        Ok(Some((manifest, Sha256::of(&bytes))))
    }

    /// Writes the list in place of the one before, durably and in one go.
    pub fn write(&self, backup: &DataRoot) -> Result<Sha256> {
        let bytes = Value::from(self.to_object()).to_canonical();
        durable::write_over(&backup.backup_manifest(), &bytes)?;
        Ok(Sha256::of(&bytes))
    }

    pub fn of_role(&self, role: Role) -> Option<&Filed> {
        self.files.iter().find(|file| file.role == role)
    }

    /// What the backup cannot do without.
    pub fn must(&self, role: Role, backup: &DataRoot) -> Result<&Filed> {
        let missing = || BackupError::Damaged {
            path: backup.backup_manifest(),
            detail: format!("it names no {}", role.as_str()),
        };
        Ok(self.of_role(role).ok_or_else(missing)?)
    }

    fn to_object(&self) -> Object {
        let chain = |chain: &ChainAt| {
            Object::new()
                .with("chain", chain.chain)
                .with("size", chain.size)
                .with("head", chain.head)
        };
        let file = |file: &Filed| {
            Object::new()
                .with("role", file.role.as_str())
                .with("name", file.name.as_str())
                .with("file", file.file.as_str())
                .with("sha256", file.sha256)
                .with("bytes", file.bytes)
        };
        Object::new()
            .with("format", FORMAT)
            .with("id", self.id.as_str())
            .with("created_utc", self.created_utc.as_str())
            .with("program", self.program.clone())
            .with("chains", self.chains.iter().map(chain).collect::<Vec<_>>())
            .with("entries", self.entries)
            .with("items", self.items)
            .with("blobs", self.blobs)
            .with("blob_bytes", self.blob_bytes)
            .with("files", self.files.iter().map(file).collect::<Vec<_>>())
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let value = Value::parse(bytes).map_err(|error| error.to_string())?;
        if value.to_canonical() != bytes {
            return Err("it is not in the one form in which it is written".to_owned());
        }
        let object = value.as_object().ok_or("it is no list of a backup")?;
        if object.string("format").ok() != Some(FORMAT) {
            return Err("it was written by another or a newer program".to_owned());
        }
        let wrong = |error: ShapeError| error.to_string();
        let chains = object.array("chains").map_err(wrong)?;
        let files = object.array("files").map_err(wrong)?;
        Ok(Self {
            id: object.string("id").map_err(wrong)?.to_owned(),
            created_utc: object.string("created_utc").map_err(wrong)?.to_owned(),
            program: object.object("program").map_err(wrong)?.clone(),
            chains: chains.iter().map(chain_of).collect::<Result<_, _>>()?,
            entries: object.count("entries").map_err(wrong)?,
            items: object.count("items").map_err(wrong)?,
            blobs: object.count("blobs").map_err(wrong)?,
            blob_bytes: object.count("blob_bytes").map_err(wrong)?,
            files: files.iter().map(file_of).collect::<Result<_, _>>()?,
        })
    }
}

fn chain_of(value: &Value) -> Result<ChainAt, String> {
    let object = value.as_object().ok_or("a chain that is none")?;
    Ok(ChainAt {
        chain: digest(object, "chain")?,
        size: object.count("size").map_err(|error| error.to_string())?,
        head: digest(object, "head")?,
    })
}

fn file_of(value: &Value) -> Result<Filed, String> {
    let object = value.as_object().ok_or("a file that is none")?;
    let text = |key: &str| object.string(key).map_err(|error| error.to_string());
    let name = |key: &str| {
        let name = text(key)?;
        let plain = !name.is_empty()
            && !name.starts_with('.')
            && !name.contains(['/', '\\', '\0'])
            && Path::new(name).components().count() == 1;
        if plain {
            Ok(name.to_owned())
        } else {
            Err(format!("{name:?} is no name of a file"))
        }
    };
    let role = text("role")?;
    Ok(Filed {
        role: Role::from_word(role)
            .ok_or_else(|| format!("a file of the unknown kind {role:?}"))?,
        name: name("name")?,
        file: name("file")?,
        sha256: digest(object, "sha256")?,
        bytes: object.count("bytes").map_err(|error| error.to_string())?,
    })
}

fn digest(object: &Object, key: &str) -> Result<Sha256, String> {
    let text = object.string(key).map_err(|error| error.to_string())?;
    text.parse().map_err(|_| format!("{key} is no digest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let file = |role, name: &str| Filed {
            role,
            name: name.to_owned(),
            file: Filed::dated(name, &Sha256::of(b"x")),
            sha256: Sha256::of(b"x"),
            bytes: 1,
        };
        Manifest {
            id: "1".to_owned(),
            created_utc: "2026-11-24T12:34:56.000007+00:00".to_owned(),
            program: Object::new().with("name", "fieldgrade"),
            chains: vec![ChainAt {
                chain: Sha256::of(b"c"),
                size: 3,
                head: Sha256::of(b"h"),
            }],
            entries: 3,
            items: 2,
            blobs: 6,
            blob_bytes: 100,
            files: vec![
                file(Role::Database(Database::Termite), "termite.sqlite"),
                file(Role::Blobs, "list"),
                file(Role::Bundle, "a.zip"),
                file(Role::Key, "k.pem"),
                file(Role::Settings, "fieldgrade.toml"),
            ],
        }
    }

    #[test]
    fn it_reads_back() {
        let bytes = Value::from(manifest().to_object()).to_canonical();
        assert_eq!(Manifest::read(&bytes).unwrap(), manifest());
        let spaced = [bytes.as_slice(), b"\n"].concat();
        assert!(Manifest::read(&spaced).is_err());
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for name in [
            "../x",
            "/etc/passwd",
            "..",
            ".",
            "",
            "a/b",
            "a\\b",
            ".hidden",
        ] {
            let mut manifest = manifest();
            manifest.files[2].file = name.to_owned();
            let bytes = Value::from(manifest.to_object()).to_canonical();
            assert!(Manifest::read(&bytes).is_err(), "{name}");
        }
    }
}
