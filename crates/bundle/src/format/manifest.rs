//! `manifest.json`: read and written as a stream, since it names every member.

mod canonical;

use std::io::{self, BufRead, Write};

use crate::canon::{Budget, Dialect, JsonError, Object, Token, Tokens, Value, Writer};
use crate::digest::{Hasher, Sha256};
use crate::format::attestation::Hashes;

use canonical::Emitter;

/// How many bytes of names a manifest may list out of order; only bundles of others do so, and theirs are small.
const MAX_UNSORTED: usize = 32 << 20;
/// The longest string: a name in an archive is at most half as long as this.
const MAX_STRING: usize = 128 << 10;
/// How many bytes a manifest may hold beside its list of members.
const MAX_FIELDS: u64 = 4 << 20;
/// How many bytes may stand for a digest.
const MAX_DIGEST: u64 = 1 << 10;

/// Why a manifest is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON that we accept.
    #[error("manifest_parse_error: {0}")]
    Parse(JsonError),
    /// Not an object, or a field of the wrong shape.
    #[error("manifest_invalid: {0}")]
    Invalid(String),
    /// `files` is no object.
    #[error("manifest_files_not_dict")]
    FilesNotAnObject,
}

impl From<JsonError> for ManifestError {
    fn from(error: JsonError) -> Self {
        Self::Parse(error)
    }
}

/// A manifest that was read; its `files` went to the caller one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Every top-level field except `files`.
    pub fields: Object,
    /// How many members are listed.
    pub listed: u64,
    /// The digest over the list of members.
    pub map_hash: Sha256,
    /// Digest of the manifest's one canonical form (with LF): equals the member's digest if it is in that form.
    pub canonical_sha256: Sha256,
}

/// Reads a manifest. `open` gives its bytes from the start, and may be asked twice; `on_file` gets each listed name with
/// its digest, if that is a string.
pub fn read<R: BufRead>(
    mut open: impl FnMut() -> R,
    on_file: &mut dyn FnMut(&str, Option<&str>),
) -> Result<Manifest, ManifestError> {
    let sorted = Reader::new(open(), None).read(on_file)?;
    match sorted {
        Some(manifest) => Ok(manifest),
        // Names out of order: once more, holding the names, so that a name that stands twice is seen.
        None => Reader::new(open(), Some(Vec::new()))
            .read(on_file)?
            .ok_or_else(|| ManifestError::Invalid("files: too many names out of order".to_owned())),
    }
}

struct Reader<R> {
    tokens: Tokens<R>,
    canonical: Emitter,
    map: Hasher,
    listed: u64,
    held: Option<Vec<(String, String)>>,
    /// Bytes of the names that are held.
    held_bytes: usize,
}

impl<R: BufRead> Reader<R> {
    fn new(input: R, held: Option<Vec<(String, String)>>) -> Self {
        Self {
            tokens: Tokens::new(input).with_max_string(MAX_STRING),
            canonical: Emitter::default(),
            map: Hasher::new(),
            listed: 0,
            held,
            held_bytes: 0,
        }
    }

    /// `None` if the names are not in order and are not held.
    fn read(
        mut self,
        on_file: &mut dyn FnMut(&str, Option<&str>),
    ) -> Result<Option<Manifest>, ManifestError> {
        if self.tokens.next_token()? != Token::BeginObject {
            // Something else than an object may still be no JSON at all, which is the better reason.
            while self.tokens.end().is_err() {
                self.tokens.next_token()?;
            }
            return Err(ManifestError::Invalid("not an object".to_owned()));
        }
        // One for all fields: together they are held in memory.
        let (mut fields, mut budget) = (Object::new(), Budget::default());
        let mut files_seen = false;
        self.canonical.raw(b"{");
        let mut first = true;
        let mut left = MAX_FIELDS;
        loop {
            let start = self.tokens.offset();
            self.tokens.allow(left);
            let Token::Key(key) = self.tokens.next_token()? else {
                break;
            };
            if fields.contains(&key) || (key == "files" && files_seen) {
                return Err(self.tokens.duplicate(key).into());
            }
            self.canonical.key(&key, first);
            first = false;
            if key == "files" {
                files_seen = true;
                if !self.files(on_file)? {
                    return Ok(None);
                }
            } else {
                let value = Value::read_within(&mut self.tokens, &mut budget)?;
                self.canonical.value(&value);
                fields.insert(key, value);
                left = left.saturating_sub(self.tokens.offset() - start);
            }
        }
        self.tokens.end()?;
        self.canonical.raw(b"}\n");
        Ok(Some(Manifest {
            fields,
            listed: self.listed,
            map_hash: self.map.finish(),
            canonical_sha256: self.canonical.finish(),
        }))
    }

    fn files(
        &mut self,
        on_file: &mut dyn FnMut(&str, Option<&str>),
    ) -> Result<bool, ManifestError> {
        match self.tokens.next_token()? {
            Token::BeginObject => {}
            // The reference takes null for "no files".
            Token::Null => {
                self.canonical.raw(b"null");
                return Ok(true);
            }
            _ => return Err(ManifestError::FilesNotAnObject),
        }
        self.canonical.raw(b"{");
        let mut last: Option<String> = None;
        loop {
            self.tokens.allow(MAX_DIGEST);
            let Token::Key(name) = self.tokens.next_token()? else {
                break;
            };
            self.tokens.allow(MAX_DIGEST);
            let value = Value::read(&mut self.tokens)?;
            self.canonical.key(&name, last.is_none());
            self.canonical.value(&value);
            let digest = value.as_str().unwrap_or_default();
            match &mut self.held {
                Some(_) if self.held_bytes > MAX_UNSORTED => return Ok(false),
                Some(held) => {
                    self.held_bytes += name.len() + digest.len() + size_of::<(String, String)>();
                    held.push((name.clone(), digest.to_owned()));
                }
                None if last.as_deref().is_some_and(|last| last >= name.as_str()) => {
                    return Ok(false);
                }
                None => map_line(&mut self.map, &name, digest),
            }
            self.listed += 1;
            on_file(&name, value.as_str());
            last = Some(name);
        }
        if let Some(held) = &mut self.held {
            held.sort_unstable();
            if let Some([(name, _), _]) = held
                .windows(2)
                .find(|pair| matches!(pair, [(a, _), (b, _)] if a == b))
            {
                return Err(self.tokens.duplicate(name.clone()).into());
            }
            for (name, digest) in held {
                map_line(&mut self.map, name, digest);
            }
        }
        self.canonical.raw(b"}");
        Ok(true)
    }
}

fn map_line(map: &mut Hasher, name: &str, digest: &str) {
    map.update(name.as_bytes());
    map.update(b"=");
    map.update(digest.as_bytes());
    map.update(b"\n");
}

/// The digest over a list of members in ascending order of names.
pub fn map_hash<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Sha256 {
    let mut map = Hasher::new();
    files.for_each(|(name, digest)| map_line(&mut map, name, digest));
    map.finish()
}

/// What a manifest that we write says beside the list of members.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Whose key signs.
    pub toolchain_id: String,
    /// The time of the SEAL.
    pub created_utc: String,
    /// The repeated digests.
    pub hashes: Hashes,
    /// What only our bundles say.
    pub fieldgrade: Object,
}

/// Writes a manifest in canonical form with LF; `files` in ascending order of names.
pub fn write(
    out: &mut dyn Write,
    head: &Head,
    files: &mut dyn Iterator<Item = (String, Sha256)>,
) -> io::Result<()> {
    let hashes = &head.hashes;
    let mut text = Vec::new();
    let before = Object::new()
        .with("allowlist_hash", hashes.allowlist)
        .with("bundle_map_hash", hashes.bundle_map)
        .with("created_utc", head.created_utc.as_str())
        .with("fieldgrade", head.fieldgrade.clone());
    Value::from(before).write_canonical(&mut text);
    text.pop();
    text.extend_from_slice(b",\"files\":{");
    let mut first = true;
    for (name, digest) in files {
        if !first {
            text.push(b',');
        }
        first = false;
        Writer::new(&mut text, Dialect::Canonical).string(&name);
        text.extend_from_slice(format!(":\"{digest}\"").as_bytes());
        if text.len() > 1 << 16 {
            out.write_all(&text)?;
            text.clear();
        }
    }
    text.extend_from_slice(b"},");
    let after = Object::new()
        .with("kg_delta_hash", hashes.kg_delta)
        .with("manifest_version", "2")
        .with("policy_hash", hashes.policy)
        .with("provenance_hash", hashes.provenance)
        .with("sbom_hash", hashes.sbom)
        .with("toolchain_id", head.toolchain_id.as_str());
    let after = Value::from(after).to_canonical();
    text.extend_from_slice(after.strip_prefix(b"{").unwrap_or(&after));
    text.push(b'\n');
    out.write_all(&text)
}

#[cfg(test)]
mod tests;
