//! From a SEAL event to the list of members: digests, sizes and CRCs of everything before a byte is written.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::digest::{Hasher, Sha256};
use crate::format::attestation::{self, Hashes};
use crate::format::event::Event;
use crate::format::identity::{Identity, LedgerRange, Previous};
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::format::manifest::{self, Head};
use crate::format::seal::{Pins, Wishes};
use crate::format::{member, statement};
use crate::key::PublicKey;
use crate::seal::carry::Carry;
use crate::seal::measure::{FirstPass, Measured, Meter};
use crate::seal::{Evidence, SealError, Signatures, Signing};
use crate::zip::{Folder, Name};

/// What a bundle will hold. Made from the ledger alone, without a key.
pub struct Plan {
    pub(super) seal: Event,
    pub(super) pins: Pins,
    pub(super) wishes: Wishes,
    pub(super) carry: Carry,
    pub(super) identity: PlannedIdentity,
    pub(super) provenance: Measured,
    pub(super) documents: Measured,
    pub(super) delta: Measured,
    /// Listed members in order of names, with digests.
    pub(super) listed: Vec<(Name, Sha256)>,
    pub(super) sizes: HashMap<&'static str, (u64, u32)>,
    pub(super) blobs: Vec<(Folder, Sha256, u64, u32)>,
}

pub(super) struct PlannedIdentity {
    project_id: String,
    project_name: String,
    ledger: LedgerRange,
    previous: Option<Previous>,
}

/// The members that depend on the key.
pub(super) struct Papers {
    pub manifest_sha256: Sha256,
    pub signatures: Signatures,
    pub(super) head: Head,
    pub(super) manifest: Measured,
    pub(super) small: HashMap<&'static str, Vec<u8>>,
}

impl Plan {
    /// Plans the bundle of the SEAL event at `seq`.
    pub fn new(evidence: &dyn Evidence, seq: u64) -> Result<Self, SealError> {
        let mut found = None;
        evidence.events(seq, seq, &mut |event| {
            found = Some(event);
            Ok(())
        })?;
        let wrong = |detail: &str| SealError::Ledger {
            seq,
            detail: detail.to_owned(),
        };
        let seal = found.ok_or_else(|| wrong("there is no such entry"))?;
        if seal.kind != EventType::Seal {
            return Err(wrong("it is not a SEAL"));
        }
        let line = Line::from_event(seal.clone()).map_err(|e| SealError::line(seq, &e))?;
        let content = line
            .content()
            .ok_or_else(|| wrong("its content is missing"))?;
        let source = line
            .source()
            .ok_or_else(|| wrong("its source is missing"))?;
        let pins = Pins::read(content).map_err(|e| wrong(&e.to_string()))?;
        let wishes = Wishes::read(source).map_err(|e| wrong(&e.to_string()))?;
        let carry = Carry::new(&pins, &wishes, seq, evidence)?;
        let identity = plan_identity(evidence, &seal, &pins)?;

        let mut pass = FirstPass::default();
        evidence.events(pins.first, seq, &mut |event| {
            pass.event(&carry.apply(event)?)
        })?;
        let documents = pass.count;
        if documents != pins.documents {
            return Err(wrong(&format!(
                "it counts {} documents, the record {documents}",
                pins.documents
            )));
        }
        let (provenance, documents, delta, named) = pass.finish();

        let mut blobs = Vec::with_capacity(named.len());
        for (folder, digest) in named {
            let (size, crc32) = evidence.blob(folder, &digest)?;
            blobs.push((folder, digest, size, crc32));
        }
        let mut listed: Vec<(Name, Sha256)> = blobs
            .iter()
            .map(|(folder, digest, ..)| (Name::Blob(*folder, *digest), *digest))
            .collect();
        let mut sizes = HashMap::new();
        for (name, digest) in [
            (member::POLICY, pins.policy_sha256),
            (member::SBOM, pins.sbom_sha256),
            (member::CARD, pins.card_sha256),
            (member::README, pins.readme_sha256),
        ] {
            sizes.insert(name, evidence.blob(Folder::Aux, &digest)?);
            listed.push((Name::new(name), digest));
        }
        for (name, measured) in [
            (member::PROVENANCE, &provenance),
            (member::DOCUMENTS, &documents),
            (member::DELTA, &delta),
        ] {
            listed.push((Name::new(name), measured.sha256));
        }
        listed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(Self {
            seal,
            pins,
            wishes,
            carry,
            identity,
            provenance,
            documents,
            delta,
            listed,
            sizes,
            blobs,
        })
    }

    /// What the SEAL pins.
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// The blobs that it will copy, and their sizes.
    pub fn blobs(&self) -> impl Iterator<Item = (Folder, Sha256, u64)> + '_ {
        let blobs = self.blobs.iter();
        blobs.map(|(folder, digest, size, _)| (*folder, *digest, *size))
    }

    /// How many members the bundle will have.
    pub fn member_count(&self) -> u64 {
        (self.listed.len() + member::UNLISTED.len()) as u64
    }

    /// How many bytes the members hold, but for the few that depend on the key.
    pub fn content_bytes(&self) -> u64 {
        let blobs: u64 = self.blobs.iter().map(|(_, _, size, _)| size).sum();
        let pinned: u64 = self.sizes.values().map(|(size, _)| size).sum();
        blobs + pinned + self.provenance.size + self.documents.size + self.delta.size
    }

    /// Manifest, attestation and envelopes.
    pub(super) fn papers(&self, signing: &Signing<'_>) -> Result<Papers, SealError> {
        let key = signing.public_key();
        if key.id() != self.pins.keyid {
            return Err(SealError::Signature("new"));
        }
        let hashes = Hashes {
            bundle_map: self.map_hash(),
            policy: Some(self.pins.policy_sha256),
            allowlist: self.pins.allowlist_hash,
            sbom: Some(self.pins.sbom_sha256),
            provenance: Some(self.provenance.sha256),
            kg_delta: Some(self.delta.sha256),
        };
        let created_utc = self.seal.payload.ts_utc.clone();
        let toolchain_id = self.pins.toolchain_id.clone();
        let fieldgrade = self.identity(key).to_object();
        let head = Head {
            toolchain_id,
            created_utc,
            hashes,
            fieldgrade,
        };
        let mut meter = Meter::default();
        self.write_manifest(&head, &mut meter)?;
        let manifest = meter.finish();
        let manifest_sha256 = manifest.sha256;
        let (toolchain, label, created) =
            (&head.toolchain_id, &self.wishes.label, &head.created_utc);

        let attestation = attestation::write(manifest_sha256, toolchain, label, created, &hashes);
        let signature = signing.attestation(&attestation)?;
        let build = statement::build(manifest_sha256, toolchain, label, created, &hashes);
        let (build, build_signature) = signing.build(&build)?;
        let (sbom, sbom_signature) =
            signing.sbom(&statement::sbom(self.pins.sbom_sha256, toolchain, created))?;
        let small = HashMap::from([
            (member::ATTESTATION, attestation),
            (
                member::SIGNATURE,
                format!("{}\n", signature.to_base64()).into_bytes(),
            ),
            (member::ATTESTATION_DSSE, build.to_bytes()),
            (member::SBOM_DSSE, sbom.to_bytes()),
        ]);
        let signatures = Signatures {
            attestation: signature,
            build: build_signature,
            sbom: sbom_signature,
        };
        Ok(Papers {
            manifest_sha256,
            signatures,
            head,
            manifest,
            small,
        })
    }

    fn map_hash(&self) -> Sha256 {
        let mut hasher = Hasher::new();
        for (name, digest) in &self.listed {
            hasher.update(format!("{name}={digest}\n").as_bytes());
        }
        hasher.finish()
    }

    fn identity(&self, signer: PublicKey) -> Identity {
        Identity {
            kind: self.pins.kind,
            writer: self.pins.writer,
            number: self.pins.number,
            project_id: self.identity.project_id.clone(),
            project_name: self.identity.project_name.clone(),
            ledger: self.identity.ledger.clone(),
            previous: self.identity.previous.clone(),
            of: self.pins.of.clone(),
            documents: self.pins.documents,
            signer,
        }
    }

    pub(super) fn write_manifest(&self, head: &Head, out: &mut dyn Write) -> io::Result<()> {
        let mut files = self
            .listed
            .iter()
            .map(|(name, digest)| (name.to_string(), *digest));
        manifest::write(out, head, &mut files)
    }
}

fn plan_identity(
    evidence: &dyn Evidence,
    seal: &Event,
    pins: &Pins,
) -> Result<PlannedIdentity, SealError> {
    let seq = seal.payload.seq;
    let mut tree = evidence.tree_at(pins.size)?;
    if tree.root() != pins.root || tree.size() + 1 != seq {
        return Err(SealError::Ledger {
            seq,
            detail: "the tree before it is another one".to_owned(),
        });
    }
    tree.push(&seal.hash);
    let mut chain = None;
    evidence.events(1, 1, &mut |event| {
        chain = Some(event.hash);
        Ok(())
    })?;
    let previous = match &pins.previous {
        Some(link) => {
            let tree = evidence.tree_at(link.size)?;
            Some(Previous {
                link: link.clone(),
                root: tree.root(),
                frontier: tree.roots().to_vec(),
            })
        }
        None => None,
    };
    let (project_id, project_name) = evidence.project(seq)?;
    let ledger = LedgerRange {
        chain: chain.unwrap_or(seal.hash),
        first: pins.first,
        last: seq,
        size: seq,
        head: seal.hash,
        root: tree.root(),
    };
    Ok(PlannedIdentity {
        project_id,
        project_name,
        ledger,
        previous,
    })
}
