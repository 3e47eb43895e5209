//! The allowlist: which toolchain ids may sign, and where the public key of each lies.

use super::yaml::{self, Node, Notes};
use super::{PolicyError, meap};
use crate::canon::{Object, Value};
use crate::digest::Sha256;

/// Trusted toolchain ids as a file names them. Reading the key files is the caller's business.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowlist {
    file: Value,
    notes: Notes,
    entries: Vec<Entry>,
}

/// A toolchain id and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The toolchain id.
    pub id: String,
    /// The path of its public key as written: relative to the allowlist's folder, or absolute.
    pub pubkey_path: String,
}

impl Allowlist {
    /// Reads an allowlist file.
    pub fn from_yaml(bytes: &[u8]) -> Result<Self, PolicyError> {
        let root = yaml::parse(bytes)?;
        let file = if root.is_null() {
            Value::Object(Object::new())
        } else {
            root.to_value()?
        };
        let mut entries: Vec<Entry> = Vec::new();
        for (key, item) in items(&root, &file)? {
            let entry = entry(&key, item).map_err(|e| locate(e, &root))?;
            entries.retain(|other| other.id != entry.id);
            entries.push(entry);
        }
        Ok(Self {
            file,
            notes: root.notes(),
            entries,
        })
    }

    /// The entries; of two with the same id the last one is here.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a toolchain id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The hash of all that the file says. It covers the paths of the keys, not the keys.
    pub fn hash(&self) -> Sha256 {
        Sha256::of(&self.file.to_canonical())
    }

    /// Whether a bundle may be sealed that names this allowlist by its hash.
    pub fn sealable(&self) -> Result<(), PolicyError> {
        meap::sealable(&self.file, &self.notes)
    }
}

/// The items of `allowlist.toolchain_ids`, each with its key path.
fn items<'a>(root: &Node, file: &'a Value) -> Result<Vec<(String, &'a Value)>, PolicyError> {
    const LIST: &str = "allowlist.toolchain_ids";
    let wrong = |key: &str, expected| locate(PolicyError::wrong_type(key, expected), root);
    let file = file.as_object().ok_or_else(|| wrong("", "a mapping"))?;
    let list = match file.get("allowlist") {
        None | Some(Value::Null) => None,
        Some(Value::Object(section)) => section.get("toolchain_ids"),
        Some(_) => return Err(wrong("allowlist", "a mapping")),
    };
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items
            .iter()
            .enumerate()
            .map(|(i, item)| (format!("{LIST}.{i}"), item))
            .collect()),
        Some(_) => Err(wrong(LIST, "a list")),
    }
}

fn entry(key: &str, item: &Value) -> Result<Entry, PolicyError> {
    let item = item
        .as_object()
        .ok_or_else(|| PolicyError::wrong_type(key, "a mapping"))?;
    let text = |name: &str| {
        let text = item
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| PolicyError::wrong_type(format!("{key}.{name}"), "text"))
    };
    Ok(Entry {
        id: text("id")?,
        pubkey_path: text("pubkey_path")?,
    })
}

fn locate(e: PolicyError, root: &Node) -> PolicyError {
    let place = e.key().map(|key| root.closest(key.split('.')).place());
    PolicyError { place, ..e }
}
