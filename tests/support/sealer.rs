//! A sealer for tests: bundles of our format with any number of entries, in files, without a store behind it.
//!
//! It writes what the format demands and keeps nothing but digests in memory; a test may also hand it entries that no
//! honest program would write.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::digest::Hasher;
use bundle::dsse::Envelope;
use bundle::format::attestation::{self, Hashes};
use bundle::format::body::Fact;
use bundle::format::card;
use bundle::format::event::{Bodies, Event};
use bundle::format::identity::{Identity, LedgerRange};
use bundle::format::kind::EventType;
use bundle::format::line::Line;
use bundle::format::op::DeltaWriter;
use bundle::format::seal::{FORMAT, Kind, Pins, WRITER, Wishes};
use bundle::format::{document, manifest, member, statement};
use bundle::key::{Signer as _, SigningKey};
use bundle::merkle::Frontier;
use bundle::policy::Policy;
use bundle::zip::{ArchiveWriter, Folder};

/// Whose key seals.
pub const TOOLCHAIN: &str = "TEST_BENCH";
const PROJECT: &str = "00112233445566778899aabbccddeeff";
const SBOM: &[u8] =
    b"{\"bomFormat\":\"CycloneDX\",\"components\":[],\"specVersion\":\"1.5\",\"version\":1}\n";
const README: &[u8] = b"A sealed package, made by a test.\n";

/// The key that seals.
pub fn key() -> SigningKey {
    SigningKey::from_seed(&[9; 32])
}

/// A member that is written to a file of its own first.
struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Hasher,
    crc: crc32fast::Hasher,
    size: u64,
}

impl Spool {
    fn create(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        let file = BufWriter::new(File::create(&path).unwrap());
        Self {
            path,
            file,
            hasher: Hasher::new(),
            crc: crc32fast::Hasher::new(),
            size: 0,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).unwrap();
        self.hasher.update(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    fn sha256(&self) -> Sha256 {
        self.hasher.clone().finish()
    }

    fn copy<W: std::io::Write>(mut self, name: &str, archive: &mut ArchiveWriter<W>) {
        self.file.flush().unwrap();
        archive.start(name, self.size, self.crc.finalize()).unwrap();
        let mut source = File::open(&self.path).unwrap();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match source.read(&mut buffer).unwrap() {
                0 => break,
                got => archive.write_all(&buffer[..got]).unwrap(),
            }
        }
        std::fs::remove_file(&self.path).unwrap();
    }
}

/// A chain that is being written.
pub struct Sealer {
    provenance: Spool,
    documents: Spool,
    delta: Spool,
    delta_writer: DeltaWriter,
    tree: Frontier,
    chain: Option<Sha256>,
    prev: Option<Sha256>,
    captures: u64,
    blobs: Vec<(Folder, Sha256, Vec<u8>)>,
    policy: Policy,
}

impl Sealer {
    /// A chain with its GENESIS and one INTAKE; files of its own go to `folder`.
    pub fn new(folder: &Path) -> Self {
        let mut sealer = Self {
            provenance: Spool::create(folder, "provenance"),
            documents: Spool::create(folder, "documents"),
            delta: Spool::create(folder, "delta"),
            delta_writer: DeltaWriter::new(),
            tree: Frontier::new(),
            chain: None,
            prev: None,
            captures: 0,
            blobs: Vec::new(),
            policy: Policy::fieldgrade_v1(),
        };
        let public = key().public_key();
        let genesis = Object::new()
            .with("random", PROJECT)
            .with("project", PROJECT)
            .with("keyid", public.id())
            .with("public_key", public.to_pem());
        let title = Object::new().with("title", "Test");
        sealer.chain = Some(sealer.event(EventType::Genesis, genesis, Some(title)));
        let intake = Object::new().with("intake", 1_i64);
        sealer.event(EventType::Intake, intake, Some(Object::new()));
        sealer
    }

    /// The next event; salts and the person are added. Gives its hash.
    pub fn event(&mut self, kind: EventType, content: Object, source: Option<Object>) -> Sha256 {
        let seq = self.tree.size() + 1;
        let salt = |body: u64| format!("{seq:016x}{body:016x}");
        let actor = Object::new()
            .with("name", "Tester")
            .with("by", "unattended");
        let bodies = Bodies {
            content: content.with("salt", salt(1)),
            source: source.map(|body| body.with("salt", salt(2)).with("actor", actor)),
            machine: None,
        };
        let event = Event::new(kind, seq, &time(seq), TOOLCHAIN, self.prev, bodies);
        let hash = event.hash;
        let mut out = Vec::new();
        event.write_line(&mut out);
        self.provenance.write(&out);
        out.clear();
        self.captures += u64::from(document::write_line(&event, &mut out));
        self.documents.write(&out);
        out.clear();
        let line = Line::from_event(event).unwrap();
        let fact = line
            .content()
            .map(|content| Fact::read(&line.event.kind, content));
        if let Some(Ok(Some(fact))) = fact {
            self.delta_writer.write(&line, &fact, None, &mut out);
        }
        self.delta.write(&out);
        self.tree.push(&hash);
        self.prev = Some(hash);
        hash
    }

    /// Takes a document in; gives the hash of its CAPTURE.
    pub fn capture(&mut self, item: u64, bytes: &[u8]) -> Sha256 {
        let digest = Sha256::of(bytes);
        self.blobs.push((Folder::Raw, digest, bytes.to_vec()));
        self.capture_of(item, digest, bytes.len() as u64)
    }

    /// Takes a document in whose bytes the bundle will not carry.
    pub fn capture_of(&mut self, item: u64, digest: Sha256, size: u64) -> Sha256 {
        let content = Object::new()
            .with("item", item)
            .with("intake", 1_i64)
            .with("raw_sha256", digest)
            .with("size", size)
            .with("media_type", "text/plain");
        let name = format!("{item}.txt");
        let source = Object::new()
            .with("name", name.as_str())
            .with("path", format!("notes/{name}"))
            .with("modified_utc", "2026-02-27T08:15:30.000000000+00:00");
        self.event(EventType::Capture, content, Some(source))
    }

    /// Seals into a file.
    pub fn seal(mut self, path: &Path) {
        let card = Self::card();
        let pins = self.pins(&card);
        let wishes = Wishes {
            label: "test".to_owned(),
            ..Wishes::default()
        };
        let head = self.event(EventType::Seal, pins.to_object(), Some(wishes.to_object()));
        self.blobs.sort();
        self.blobs.dedup();
        let policy = self.policy.canonical();
        let mut files = vec![(member::README.to_owned(), Sha256::of(README))];
        let names = self.blobs.iter();
        files.extend(names.map(|(folder, sha, _)| (format!("{}{sha}", folder.prefix()), *sha)));
        files.extend([
            (member::DOCUMENTS.to_owned(), self.documents.sha256()),
            (member::DELTA.to_owned(), self.delta.sha256()),
            (member::POLICY.to_owned(), Sha256::of(&policy)),
            (member::PROVENANCE.to_owned(), self.provenance.sha256()),
            (member::SBOM.to_owned(), Sha256::of(SBOM)),
            (member::CARD.to_owned(), Sha256::of(&card)),
        ]);
        let papers = self.papers(head, &files);
        drop(files);
        let mut archive = ArchiveWriter::new(BufWriter::new(File::create(path).unwrap()));
        let put = |archive: &mut ArchiveWriter<_>, name: &str, bytes: &[u8]| {
            let (size, crc) = (bytes.len() as u64, crc32fast::hash(bytes));
            archive.start(name, size, crc).unwrap();
            archive.write_all(bytes).unwrap();
        };
        put(&mut archive, member::README, README);
        put(&mut archive, member::ATTESTATION_DSSE, &papers.build);
        put(&mut archive, member::ATTESTATION, &papers.attestation);
        put(&mut archive, member::SIGNATURE, &papers.signature);
        for (folder, digest, bytes) in &self.blobs {
            put(&mut archive, &format!("{}{digest}", folder.prefix()), bytes);
        }
        self.documents.copy(member::DOCUMENTS, &mut archive);
        self.delta.copy(member::DELTA, &mut archive);
        put(&mut archive, member::MANIFEST, &papers.manifest);
        put(&mut archive, member::POLICY, &policy);
        self.provenance.copy(member::PROVENANCE, &mut archive);
        put(&mut archive, member::SBOM, SBOM);
        put(&mut archive, member::SBOM_DSSE, &papers.sbom);
        put(&mut archive, member::CARD, &card);
        archive.finish().unwrap();
    }

    fn card() -> Vec<u8> {
        let who = card::Identity::default();
        card::write(&who, TOOLCHAIN, &time(1), Vec::new(), Vec::new(), &key())
    }

    fn pins(&self, card: &[u8]) -> Pins {
        Pins {
            kind: Kind::Series,
            number: Some(1),
            first: 1,
            previous: None,
            of: None,
            root: self.tree.root(),
            size: self.tree.size(),
            toolchain_id: TOOLCHAIN.to_owned(),
            keyid: key().public_key().id(),
            format: FORMAT,
            writer: WRITER,
            policy_sha256: self.policy.hash(),
            allowlist_hash: None,
            sbom_sha256: Sha256::of(SBOM),
            card_sha256: Sha256::of(card),
            readme_sha256: Sha256::of(README),
            language: "en".to_owned(),
            documents: self.captures,
        }
    }

    fn papers(&self, head: Sha256, files: &[(String, Sha256)]) -> Papers {
        let texts: Vec<String> = files.iter().map(|(_, digest)| digest.to_string()).collect();
        let pairs = files
            .iter()
            .zip(&texts)
            .map(|((name, _), text)| (name.as_str(), text.as_str()));
        let hashes = Hashes {
            bundle_map: manifest::map_hash(pairs),
            policy: Some(self.policy.hash()),
            allowlist: None,
            sbom: Some(Sha256::of(SBOM)),
            provenance: Some(self.provenance.sha256()),
            kg_delta: Some(self.delta.sha256()),
        };
        let size = self.tree.size();
        let identity = Identity {
            kind: Kind::Series,
            writer: WRITER,
            number: Some(1),
            project_id: PROJECT.to_owned(),
            project_name: "Test".to_owned(),
            ledger: LedgerRange {
                chain: self.chain.unwrap(),
                first: 1,
                last: size,
                size,
                head,
                root: self.tree.root(),
            },
            previous: None,
            of: None,
            documents: self.captures,
            signer: key().public_key(),
        };
        let created_utc = time(size);
        let manifest_head = manifest::Head {
            toolchain_id: TOOLCHAIN.to_owned(),
            created_utc: created_utc.clone(),
            hashes,
            fieldgrade: identity.to_object(),
        };
        let mut manifest = Vec::new();
        manifest::write(&mut manifest, &manifest_head, &mut files.iter().cloned()).unwrap();
        let digest = Sha256::of(&manifest);
        let attestation = attestation::write(digest, TOOLCHAIN, "test", &created_utc, &hashes);
        let build = statement::build(digest, TOOLCHAIN, "test", &created_utc, &hashes);
        let sbom = statement::sbom(Sha256::of(SBOM), TOOLCHAIN, &created_utc);
        let signature = format!("{}\n", key().sign(&attestation).to_base64()).into_bytes();
        let envelope = |statement: &Value| Envelope::sign(statement, &key()).to_bytes();
        Papers {
            manifest,
            attestation,
            signature,
            build: envelope(&build),
            sbom: envelope(&sbom),
        }
    }
}

struct Papers {
    manifest: Vec<u8>,
    attestation: Vec<u8>,
    signature: Vec<u8>,
    build: Vec<u8>,
    sbom: Vec<u8>,
}

/// The time of an event: its number in microseconds.
fn time(seq: u64) -> String {
    let (seconds, micros) = (seq / 1_000_000, seq % 1_000_000);
    format!("2026-03-01T10:00:{seconds:02}.{micros:06}+00:00")
}
