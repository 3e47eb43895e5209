//! Changes to a bundle of the reference platform by somebody who holds a key that the receiver trusts.

use std::fmt::Write as _;
use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::dsse::{Envelope, pre_authentication};
use bundle::format::attestation::Hashes;
use bundle::format::{manifest, member, statement};
use bundle::key::{Signer, SigningKey};
use support::kit::Kit;
use support::random::Random;

use crate::members::{self, Members, NAMES};

/// Whose key signs again.
const TOOLCHAIN: &str = "MUTANT";

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

/// Kits that trust that key, with random rules.
pub fn kits(folder: &Path, random: &mut Random) -> Vec<Kit> {
    let kit = |number: usize| {
        let mut policy = String::from("meap_v1:\n  mode: AUTO_MERGE\n  thresholds:\n");
        for name in [
            "require_signature",
            "require_manifest_hashes",
            "require_deterministic_bundle_hash",
            "require_policy_hash_match",
            "require_allowlist_hash_match",
            "require_dsse_attestations",
            "require_cyclonedx_sbom",
        ] {
            let value = random.one_of(&["true", "true", "false", "0", "\"false\"", "null", "1.5"]);
            if !random.once_in(6) {
                let _ = writeln!(policy, "    {name}: {value}");
            }
        }
        policy.push_str(random.one_of(&["", "  protected_paths: [runtime/keys/, code]\n", ""]));
        let types = "  accept: {allowed_artifact_types: [blob, sbom, provenance, kg_delta]}\n";
        policy.push_str(random.one_of(&["", types]));
        Kit::create(
            &folder.join(format!("kit{number}")),
            &policy,
            TOOLCHAIN,
            &key().public_key(),
        )
    };
    (0..24).map(kit).collect()
}

/// A bundle that was changed and signed again; says how.
pub fn change(mut parts: Members, kit: &Kit, random: &mut Random) -> (Vec<u8>, String) {
    let mut how = Vec::new();
    if !random.once_in(4) {
        how.push(content(&mut parts, random));
    }
    let mut papers = Papers::new(&parts, kit, random);
    if random.once_in(3) {
        how.push(papers.change_fields(random));
    }
    papers.seal(&mut parts, random, &mut how);
    parts.sort();
    if random.once_in(8) {
        how.push(members::change(&mut parts, random));
    }
    (members::write(&parts, random.once_in(2)), how.join(", "))
}

/// A change to what is sealed.
fn content(parts: &mut Members, random: &mut Random) -> &'static str {
    let at = random.below(parts.len());
    match random.below(6) {
        0 => {
            let name = random.one_of(&NAMES);
            parts.retain(|(other, _)| other != name);
            let spec = random.one_of(&[
                b"{}".as_slice(),
                br#"{"studspec":"1.0","memite_id":"abc","kind":"tool","io":{"inputs":[],"outputs":[]},"constraints":{"determinism":"strict"}}"#.as_slice(),
                br#"{"tubespec":"1.0","runtime":{"python":"3.11"}}"#.as_slice(),
                b"[]".as_slice(),
            ]);
            parts.push((name.to_owned(), spec.to_vec()));
            "member added"
        }
        1 => {
            parts.remove(at);
            "member removed"
        }
        2 => {
            parts.retain(|(name, _)| !name.starts_with("sbom/"));
            "no SBOM"
        }
        3 => members::text(&mut parts[at].1, random),
        4 => {
            parts[at].1.push(b'\n');
            "a line feed more"
        }
        _ => "nothing",
    }
}

/// Manifest and attestation before they are written.
struct Papers {
    manifest: Object,
    attestation: Object,
}

impl Papers {
    fn new(parts: &Members, kit: &Kit, random: &mut Random) -> Self {
        let read = |name: &str| {
            let bytes = parts.iter().find(|(other, _)| other == name);
            let value = bytes.and_then(|(_, bytes)| Value::parse(bytes).ok());
            value
                .and_then(|value| value.as_object().cloned())
                .unwrap_or_default()
        };
        let (mut manifest, mut attestation) = (read(member::MANIFEST), read(member::ATTESTATION));
        let mut files = Object::new();
        for (name, bytes) in parts
            .iter()
            .filter(|(name, _)| !member::UNLISTED.contains(&name.as_str()))
        {
            files.insert(name.clone(), Sha256::of(bytes));
        }
        manifest.insert("files", files);
        let policy = random.one_of(&[
            Some(kit.policy.hash()),
            Some(kit.policy.hash()),
            None,
            Some(Sha256::of(b"")),
        ]);
        let allowlist =
            random.one_of(&[Some(kit.allowlist.hash()), Some(kit.allowlist.hash()), None]);
        for paper in [&mut manifest, &mut attestation] {
            paper.insert("toolchain_id", TOOLCHAIN);
            paper.insert("policy_hash", policy);
            paper.insert("allowlist_hash", allowlist);
        }
        Self {
            manifest,
            attestation,
        }
    }

    fn change_fields(&mut self, random: &mut Random) -> &'static str {
        let values: [Value; 9] = [
            Value::Null,
            "".into(),
            "2".into(),
            Value::Int(2),
            Value::Float(2.0),
            true.into(),
            Object::new().into(),
            Value::Array(Vec::new()),
            "\u{1F600}é\u{2028}".into(),
        ];
        let keys: Vec<String> = self
            .manifest
            .iter()
            .chain(self.attestation.iter())
            .map(|(key, _)| key.clone())
            .collect();
        let key = random.pick(&keys).clone();
        let (manifest, value) = (random.once_in(2), random.pick(&values).clone());
        let paper = if manifest {
            &mut self.manifest
        } else {
            &mut self.attestation
        };
        if random.once_in(3) {
            paper.remove(&key);
        } else {
            paper.insert(key, value);
        }
        "a field"
    }

    /// Computes what is to be computed, signs, and puts the papers into their places.
    fn seal(mut self, parts: &mut Members, random: &mut Random, how: &mut Vec<&'static str>) {
        let digest = |name: &str| {
            let found = parts.iter().find(|(other, _)| other == name);
            found.map(|(_, bytes)| Sha256::of(bytes))
        };
        let empty = Object::new();
        let files = self
            .manifest
            .get("files")
            .and_then(Value::as_object)
            .unwrap_or(&empty)
            .clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let listed: Vec<(String, String)> = files
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect();
        let map = manifest::map_hash(
            listed
                .iter()
                .map(|(name, digest)| (name.as_str(), digest.as_str())),
        );
        let sub = [
            ("sbom_hash", digest(member::SBOM)),
            ("provenance_hash", digest(member::PROVENANCE)),
            ("kg_delta_hash", digest(member::DELTA)),
        ];
        let truthful = !random.once_in(6);
        for paper in [&mut self.manifest, &mut self.attestation] {
            if truthful && paper.contains("bundle_map_hash") {
                paper.insert("bundle_map_hash", map);
                for (field, digest) in sub {
                    paper.insert(field, digest);
                }
            }
        }
        let manifest = line(&self.manifest);
        let manifest_sha256 = Sha256::of(&manifest);
        self.attestation.insert("manifest_hash", manifest_sha256);
        let attestation = line(&self.attestation);
        let hashes = Hashes {
            bundle_map: map,
            policy: hash(&self.manifest, "policy_hash"),
            allowlist: hash(&self.manifest, "allowlist_hash"),
            sbom: sub[0].1,
            provenance: sub[1].1,
            kg_delta: sub[2].1,
        };
        let label = self.attestation.get("label").map(text).unwrap_or_default();
        let time = "2026-01-01T00:00:00.000000+00:00";
        let build = statement::build(manifest_sha256, TOOLCHAIN, &label, time, &hashes);
        let mut papers = vec![
            (member::MANIFEST, manifest),
            (member::ATTESTATION_DSSE, envelope(&build, random, how)),
            (member::SIGNATURE, self.signature(&attestation, random, how)),
            (member::ATTESTATION, attestation),
        ];
        if let Some(sbom) = sub[0].1 {
            let statement = statement::sbom(sbom, TOOLCHAIN, time);
            papers.push((member::SBOM_DSSE, envelope(&statement, random, how)));
        }
        for (name, bytes) in papers {
            if parts.iter().any(|(other, _)| other == name) {
                parts.retain(|(other, _)| other != name);
                parts.push((name.to_owned(), bytes));
            }
        }
    }

    fn signature(
        &self,
        attestation: &[u8],
        random: &mut Random,
        how: &mut Vec<&'static str>,
    ) -> Vec<u8> {
        let field = |name: &str| {
            self.attestation
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let two = self.attestation.get("attestation_version") == Some(&"2".into());
        let legacy = format!(
            "{}|{}|{}",
            field("bundle_map_hash"),
            field("sbom_hash"),
            field("provenance_hash")
        );
        let message = if two { attestation } else { legacy.as_bytes() };
        let mut text = key().sign(message).to_base64();
        match random.below(24) {
            0 => text.insert(random.below(88), '\n'),
            1 => text = text.replace(['+', '/'], "-"),
            2 => text.push('='),
            3 => text.truncate(86),
            4 => text.push('\r'),
            5 => text = key().sign(b"something else").to_base64(),
            _ => return format!("{text}\n").into_bytes(),
        }
        how.push("the signature's text");
        format!("{text}\n").into_bytes()
    }
}

/// The envelope of a statement that is often another one than it should be.
fn envelope(statement: &Value, random: &mut Random, how: &mut Vec<&'static str>) -> Vec<u8> {
    let mut object = statement.as_object().cloned().unwrap_or_default();
    let case = random.below(30);
    match case {
        0 => object.insert("predicateType", "https://example.org/other"),
        1 => object.insert("predicate", Value::Null),
        2 => {
            let subjects = object
                .get("subject")
                .and_then(Value::as_array)
                .unwrap_or_default();
            let twice: Vec<Value> = subjects.iter().chain(subjects).cloned().collect();
            object.insert("subject", twice);
        }
        3 => object.insert("subject", Value::Array(Vec::new())),
        4 => object.insert("_type", "https://in-toto.io/Statement/v0.1"),
        5 => object.insert("further", 1_i64),
        _ => {}
    }
    let mut envelope = Envelope::sign(&object.into(), &key());
    match case {
        6 => {
            "text/plain".clone_into(&mut envelope.payload_type);
            let message = pre_authentication(&envelope.payload_type, &envelope.payload);
            envelope.signatures[0].1 = key().sign(&message).to_base64();
        }
        7 => envelope.signatures[0].0 = Sha256::of(b"another key").to_string(),
        8 => envelope.signatures.clear(),
        9 => envelope.signatures.insert(
            0,
            (
                key().public_key().id().to_string(),
                STANDARD.encode([1; 64]),
            ),
        ),
        10 => envelope.signatures[0].1.push('\n'),
        11 => envelope.payload.push(b' '),
        _ => {}
    }
    if case < 12 {
        how.push("an envelope");
    }
    envelope.to_bytes()
}

fn hash(paper: &Object, field: &str) -> Option<Sha256> {
    paper
        .get(field)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
}

fn line(object: &Object) -> Vec<u8> {
    let mut bytes = Value::from(object.clone()).to_canonical();
    bytes.push(b'\n');
    bytes
}
