//! Taking a good bundle apart and putting it together again.

use std::io::Read;

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::line::Line;
use bundle::format::manifest::map_hash;
use bundle::format::member;
use bundle::key::{Signer, SigningKey};
use bundle::zip::{Archive, ArchiveWriter, Limits};

use crate::chain::derive;
use crate::draft::Draft;
use crate::hooks::{Hooks, Members, apply};
use crate::receiver::folder;
use crate::statements::sbom_statement_of;

/// A test key.
pub fn key(name: &str) -> SigningKey {
    let seed = Sha256::of(format!("fieldgrade-record-vectors:{name}").as_bytes());
    SigningKey::from_seed(seed.as_bytes())
}

/// A bundle in parts.
pub struct Forge {
    pub events: Vec<Draft>,
    pub listed: Members,
    pub manifest: Object,
    pub label: String,
    pub signer: SigningKey,
    /// Whether `first`, `last` and the rest follow the events.
    pub ledger: Object,
    pub hooks: Hooks,
}

/// The bytes of a vector.
pub fn vector(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("ours/good/{name}.zip"))).unwrap()
}

/// A vector in parts.
pub fn forge(name: &str) -> Forge {
    let file = vector(name);
    let mut members = unpack(&file);
    let object = |bytes: &[u8]| Value::parse(bytes).unwrap().as_object().unwrap().clone();
    let mut manifest = object(&members[member::MANIFEST]);
    let attestation = object(&members[member::ATTESTATION]);
    for name in member::UNLISTED {
        members.remove(name);
    }
    for name in [member::DELTA, member::DOCUMENTS] {
        members.remove(name);
    }
    let lines = members.remove(member::PROVENANCE).unwrap();
    let lines = lines.strip_suffix(b"\n").unwrap().split(|b| *b == b'\n');
    let ours = manifest.object("fieldgrade").unwrap();
    let keyid = ours
        .object("signer")
        .unwrap()
        .string("keyid")
        .unwrap()
        .to_owned();
    let signer = ["alpha", "beta"].map(key).into_iter();
    let mut signer = signer.filter(|key| key.public_key().id().to_string() == keyid);
    let ledger = ours.object("ledger").unwrap().clone();
    manifest.remove("files");
    Forge {
        events: lines
            .map(|line| Draft::of(Line::parse(line).unwrap()))
            .collect(),
        listed: members,
        label: attestation.string("label").unwrap().to_owned(),
        signer: signer.next().unwrap(),
        manifest,
        ledger,
        hooks: Hooks::default(),
    }
}

/// All members of an archive.
pub fn unpack(file: &[u8]) -> Members {
    let archive = Archive::open(file, &Limits::default()).unwrap();
    let read = |entry| {
        let mut bytes = Vec::new();
        archive.reader(entry).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let entries = archive.entries().iter();
    entries
        .map(|entry| (entry.name.to_string(), read(entry)))
        .collect()
}

/// An archive in its one form.
pub fn pack(members: &Members) -> Vec<u8> {
    let mut writer = ArchiveWriter::new(Vec::new());
    for (name, bytes) in members {
        let crc = crc32fast::hash(bytes);
        writer.start(name, bytes.len() as u64, crc).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().0
}

pub fn sha(bytes: &[u8]) -> Value {
    Sha256::of(bytes).into()
}

fn line_feed(object: Object) -> Vec<u8> {
    let mut bytes = Value::from(object).to_canonical();
    bytes.push(b'\n');
    bytes
}

impl Forge {
    /// The event of a number.
    pub fn event(&mut self, seq: u64) -> &mut Draft {
        let first = self.ledger.count("first").unwrap();
        &mut self.events[usize::try_from(seq - first).unwrap()]
    }

    /// Alters an event before anything is hashed.
    #[must_use]
    pub fn at(mut self, seq: u64, alter: impl FnOnce(&mut Draft)) -> Self {
        alter(self.event(seq));
        self
    }

    /// Alters all events before anything is hashed. The SEAL stays the last one.
    #[must_use]
    pub fn events(mut self, alter: impl FnOnce(&mut Vec<Draft>)) -> Self {
        let seal = self.events.pop().unwrap();
        alter(&mut self.events);
        self.events.push(seal);
        self
    }

    /// Alters the members that stand beside the record, before the SEAL pins them.
    #[must_use]
    pub fn beside(mut self, alter: impl FnOnce(&mut Members)) -> Self {
        alter(&mut self.listed);
        self
    }

    /// Signs with another key, and says so wherever the signer is named.
    #[must_use]
    pub fn signed_by(mut self, name: &str) -> Self {
        self.signer = key(name);
        let signer = signer_object(&self.signer);
        self.fieldgrade(move |ours| ours.insert("signer", signer))
    }

    /// Puts it together: hashes, tree, pins, list, attestation, signatures, archive.
    pub fn build(mut self) -> Vec<u8> {
        let hooks = std::mem::take(&mut self.hooks);
        let (seal_content, seal_source) = (hooks.seal_content, hooks.seal_source);
        let chain = self.chain(seal_content, seal_source);
        let mut lines = chain.lines.clone();
        apply(hooks.lines, &mut lines);
        let mut listed = self.listed.clone();
        let (documents, delta) = derive(&lines);
        let mut provenance = lines.join(&b'\n');
        provenance.push(b'\n');
        listed.insert(member::PROVENANCE.to_owned(), provenance);
        listed.insert(member::DOCUMENTS.to_owned(), documents);
        listed.insert(member::DELTA.to_owned(), delta);
        apply(hooks.members, &mut listed);

        let mut files: Object = listed
            .iter()
            .map(|(name, bytes)| (name.clone(), sha(bytes)))
            .collect();
        apply(hooks.files, &mut files);
        let pairs: Vec<_> = files
            .iter()
            .map(|(name, digest)| (name.as_str(), digest.as_str().unwrap_or_default()))
            .collect();
        let mut manifest = self.manifest.clone();
        manifest.insert("bundle_map_hash", map_hash(pairs.into_iter()));
        for (field, name) in [
            ("sbom_hash", member::SBOM),
            ("provenance_hash", member::PROVENANCE),
            ("kg_delta_hash", member::DELTA),
        ] {
            manifest.insert(field, listed.get(name).map(|bytes| sha(bytes)));
        }
        let policy = listed.get(member::POLICY).map(|bytes| sha(bytes));
        manifest.insert("policy_hash", policy);
        let mut ours = manifest.object("fieldgrade").unwrap().clone();
        self.identity(&chain, &mut ours);
        apply(hooks.fieldgrade, &mut ours);
        manifest.insert("fieldgrade", ours);
        apply(hooks.manifest, &mut manifest);
        let head = manifest.clone();
        manifest.insert("files", files);
        let mut manifest = line_feed(manifest);
        apply(hooks.manifest_bytes, &mut manifest);

        let mut attestation = Object::new()
            .with("attestation_version", "2")
            .with("label", self.label.as_str())
            .with("manifest_hash", sha(&manifest))
            .with("algo", "ed25519")
            .with("signing_schema", "ed25519_canonical_attestation_v2");
        for field in [
            "toolchain_id",
            "bundle_map_hash",
            "policy_hash",
            "allowlist_hash",
            "sbom_hash",
            "provenance_hash",
            "kg_delta_hash",
            "created_utc",
        ] {
            attestation.insert(field, head.get(field).cloned());
        }
        apply(hooks.attestation, &mut attestation);
        let mut attestation = line_feed(attestation);
        apply(hooks.attestation_bytes, &mut attestation);
        let mut signature =
            format!("{}\n", self.signer.sign(&attestation).to_base64()).into_bytes();
        apply(hooks.signature, &mut signature);
        let mut statement = self.build_statement_of(&head, &manifest);
        apply(hooks.build_statement, &mut statement);
        let mut build = self.envelope(&statement);
        apply(hooks.build_envelope, &mut build);
        let mut statement = sbom_statement_of(&head, listed.get(member::SBOM));
        apply(hooks.sbom_statement, &mut statement);
        let mut sbom = self.envelope(&statement);
        apply(hooks.sbom_envelope, &mut sbom);

        let mut packed = listed;
        packed.insert(member::MANIFEST.to_owned(), manifest);
        packed.insert(member::ATTESTATION.to_owned(), attestation);
        packed.insert(member::SIGNATURE.to_owned(), signature);
        packed.insert(member::ATTESTATION_DSSE.to_owned(), build);
        packed.insert(member::SBOM_DSSE.to_owned(), sbom);
        apply(hooks.packed, &mut packed);
        let mut file = pack(&packed);
        apply(hooks.file, &mut file);
        file
    }
}

/// How a manifest names its signer.
pub fn signer_object(signer: &SigningKey) -> Object {
    let public = signer.public_key();
    Object::new()
        .with("keyid", public.id())
        .with("public_key", public.to_pem())
}

#[test]
fn what_is_not_altered_comes_out_byte_for_byte() {
    for name in [
        "series-1",
        "series-2",
        "series-3",
        "series-4-full",
        "excerpt",
        "names",
        "rotated-1",
        "rotated-2",
        "restored-1",
        "restored-2",
        "events-only",
    ] {
        assert!(forge(name).build() == vector(name), "{name}");
    }
}
