//! The record of actions in a bundle of ours: entries, chain, keys, and what the entries say must be there.

use std::collections::HashMap;

use crate::canon::Object;
use crate::digest::{Hasher, Sha256};
use crate::format::body::{Fact, KeyChange};
use crate::format::event::{BODIES, Line, LineError};
use crate::format::identity::Identity;
use crate::format::kind::EventType;
use crate::format::op::DeltaWriter;
use crate::format::seal::{Kind, Pins, Sealed, Wishes};
use crate::format::{document, seal};
use crate::key::PublicKey;
use crate::merkle::Frontier;
use crate::verify::blobs::BlobLedger;
use crate::verify::members::Members;
use crate::verify::report::{CheckId, Checks};

/// What walking the lines found, for the checks that compare it with the rest of the bundle.
pub(crate) struct History {
    pub checks: Checks,
    pub blobs: BlobLedger,
    pub documents_sha256: Sha256,
    pub delta_sha256: Sha256,
    pub documents: u64,
    pub lines: u64,
    pub tree: Frontier,
    /// Hash and type of the last line, with its content and source.
    pub last: Option<Line>,
    /// Size and root of the tree before the last line.
    pub before_last: (u64, Sha256),
    /// The first line's hash, if the bundle starts at event 1.
    pub chain: Option<Sha256>,
    pub project_id: Option<String>,
    pub project_title: Option<String>,
    pub key: Option<Sha256>,
    pub toolchain_id: Option<String>,
    pub sealed: Vec<Sealed>,
    /// Items of an excerpt with the place of their CAPTURE.
    pub captures: HashMap<u64, u64>,
    pub actor_missing: Option<u64>,
    pub restored: bool,
}

/// Walks the lines of `provenance.jsonl`, one after the other.
pub(crate) struct Walk<'a> {
    identity: &'a Identity,
    members: &'a Members<'a>,
    /// Items of an excerpt, from its last line; `None` for a series.
    chosen: Option<Vec<u64>>,
    /// Intakes of the chosen items that were seen so far.
    intakes: Vec<u64>,
    salts: Vec<[u8; 16]>,
    prev: Option<Sha256>,
    next_seq: u64,
    documents: Hasher,
    delta: Hasher,
    delta_writer: DeltaWriter,
    buffer: Vec<u8>,
    out: History,
}

impl<'a> Walk<'a> {
    /// Starts where the bundle's part of the chain starts. `known_key` is the key of the bundle before, where known here.
    pub(crate) fn new(
        identity: &'a Identity,
        members: &'a Members<'a>,
        chosen: Option<Vec<u64>>,
        known_key: Option<Sha256>,
    ) -> Self {
        let mut checks = Checks::default();
        let tree = identity.starting_tree().unwrap_or_else(|| {
            checks.fail(
                CheckId::Previous,
                "frontier_mismatch",
                "the subtrees do not give the root of the bundle before",
            );
            Frontier::new()
        });
        let continued = identity.ledger.first > 1;
        let prev = identity
            .previous
            .as_ref()
            .filter(|_| continued)
            .map(|previous| previous.link.head);
        let out = History {
            checks,
            blobs: BlobLedger::default(),
            documents_sha256: Sha256::of(b""),
            delta_sha256: Sha256::of(b""),
            documents: 0,
            lines: 0,
            before_last: (tree.size(), tree.root()),
            tree,
            last: None,
            chain: None,
            project_id: None,
            project_title: None,
            key: known_key.filter(|_| continued),
            toolchain_id: None,
            sealed: Vec::new(),
            captures: HashMap::new(),
            actor_missing: None,
            restored: false,
        };
        Self {
            identity,
            members,
            chosen,
            intakes: Vec::new(),
            salts: Vec::new(),
            prev,
            next_seq: identity.ledger.first,
            documents: Hasher::new(),
            delta: Hasher::new(),
            delta_writer: DeltaWriter::new(),
            buffer: Vec::new(),
            out,
        }
    }

    /// Judges the next line (without its LF): form, payload, link and hash, number, bodies; then what it means.
    pub(crate) fn line(&mut self, bytes: &[u8]) {
        let place = self.next_seq;
        self.out.lines += 1;
        let line = match Line::parse(bytes) {
            Ok(line) => line,
            Err(error) => {
                self.line_error(&error, place);
                self.next_seq += 1;
                self.prev = None;
                return;
            }
        };
        self.link(&line, place);
        self.bodies(&line, place);
        self.out.before_last = (self.out.tree.size(), self.out.tree.root());
        self.out.tree.push(&line.event.hash);
        self.checkpoint(&line, place);
        self.keys(&line, place);
        if let Some(content) = line.content() {
            self.meaning(&line, content, place);
        }
        self.prev = Some(line.event.hash);
        self.next_seq = place + 1;
        self.out.last = Some(line);
    }

    /// After the last line.
    pub(crate) fn finish(mut self) -> History {
        if self.chosen.is_some() && !self.intakes.is_empty() {
            let detail = "an intake is carried none of whose items was chosen";
            self.fail(CheckId::Excerpt, "excerpt_leak", detail);
        }
        self.salts.sort_unstable();
        if self
            .salts
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == b))
        {
            self.fail(
                CheckId::Lines,
                "body_salt_missing",
                "two parts of entries share one salt",
            );
        }
        self.out.documents_sha256 = self.documents.finish();
        self.out.delta_sha256 = self.delta.finish();
        self.out
    }

    fn line_error(&mut self, error: &LineError, place: u64) {
        let code = match error {
            LineError::Malformed(_) => "line_malformed".to_owned(),
            LineError::Payload(_) => "payload_malformed".to_owned(),
            LineError::Time => "event_time_mismatch".to_owned(),
            LineError::NotCanonical(body) => format!("body_not_canonical:{body}"),
        };
        self.out
            .checks
            .fail(CheckId::Lines, code, format!("entry {place}: {error}"));
    }

    fn link(&mut self, line: &Line, place: u64) {
        let event = &line.event;
        let payload = event.payload.to_canonical();
        let hash =
            crate::format::event::event_hash(event.prev.as_ref(), event.kind.as_str(), &payload);
        if event.prev != self.prev {
            self.fail(
                CheckId::Lines,
                "chain_broken",
                format!("entry {place} does not name the entry before it"),
            );
        }
        if hash != event.hash {
            self.fail(
                CheckId::Lines,
                "chain_broken",
                format!("the hash of entry {place} is not its own"),
            );
        }
        if event.payload.seq != place {
            let detail = format!("entry {} stands where {place} belongs", event.payload.seq);
            self.fail(CheckId::Lines, "seq_gap", detail);
        }
        if place == 1 {
            self.out.chain = Some(event.hash);
            if event.kind != EventType::Genesis {
                self.fail(
                    CheckId::Lines,
                    "chain_broken",
                    "the first entry is not a GENESIS",
                );
            }
        }
        if self
            .out
            .toolchain_id
            .as_ref()
            .is_some_and(|id| *id != event.payload.toolchain_id)
        {
            self.fail(
                CheckId::Keys,
                "key_change_unexplained",
                format!("entry {place} names another toolchain id"),
            );
        }
        self.out.toolchain_id = Some(event.payload.toolchain_id.clone());
    }

    /// Each body that travels is the hashed one and has a salt of its own; those that must travel do.
    fn bodies(&mut self, line: &Line, place: u64) {
        let event = &line.event;
        let digests = [
            Some(event.payload.content_sha256),
            event.payload.source_sha256,
            event.payload.machine_sha256,
        ];
        let raw = [&event.content, &event.source, &event.machine];
        for (((name, digest), raw), object) in BODIES.iter().zip(digests).zip(raw).zip(&line.bodies)
        {
            let (Some(raw), Some(object)) = (raw, object) else {
                continue;
            };
            if digest != Some(Sha256::of(raw.as_bytes())) {
                self.fail(
                    CheckId::Lines,
                    format!("body_mismatch:{name}"),
                    format!("entry {place}"),
                );
            }
            match salt_of(object) {
                Some(salt) => self.salts.push(salt),
                None => self.fail(
                    CheckId::Lines,
                    "body_salt_missing",
                    format!("entry {place}, {name}"),
                ),
            }
        }
        if self.identity.kind == Kind::Series && event.content.is_none() {
            self.fail(
                CheckId::Lines,
                "body_missing",
                format!("entry {place} lacks its content"),
            );
        }
        let hidden = match &event.kind {
            EventType::Handover | EventType::Received | EventType::Receipt => true,
            // The bundle's own SEAL is an excerpt's only in an excerpt.
            EventType::Seal => line
                .content()
                .is_some_and(|content| content.get("kind") == Some(&"excerpt".into())),
            _ => false,
        };
        if hidden && self.identity.kind == Kind::Series && event.source.is_some() {
            self.fail(
                CheckId::Excerpt,
                "recipient_not_hidden",
                format!("entry {place}"),
            );
        }
        let actor = line
            .source()
            .and_then(|source| source.get("actor"))
            .and_then(|actor| actor.as_object());
        if event.payload.source_sha256.is_some()
            && line.source().is_some()
            && !actor
                .and_then(|actor| actor.get("name"))
                .and_then(|name| name.as_str())
                .is_some_and(|n| !n.is_empty())
        {
            self.out.actor_missing.get_or_insert(place);
        }
    }

    /// Where the bundle before ended, lines and manifest must agree.
    fn checkpoint(&mut self, line: &Line, place: u64) {
        let tree = &self.out.tree;
        let is_seal = line.event.kind == EventType::Seal;
        if let Some(previous) = self
            .identity
            .previous
            .as_ref()
            .filter(|previous| previous.link.size == place)
        {
            let agrees = is_seal
                && line.event.hash == previous.link.head
                && tree.root() == previous.root
                && tree.roots() == previous.frontier;
            if !agrees {
                self.fail(
                    CheckId::Previous,
                    "previous_mismatch",
                    format!("entry {place} is not where it ended"),
                );
            }
        }
        if let Some(of) = self.identity.of.as_ref().filter(|of| of.link.size == place) {
            if !is_seal || line.event.hash != of.link.head || self.out.tree.root() != of.root {
                self.fail(
                    CheckId::Excerpt,
                    "of_mismatch",
                    format!("entry {place} is not where that bundle ended"),
                );
            }
        }
    }

    fn keys(&mut self, line: &Line, place: u64) {
        let Some(content) = line.content() else {
            return;
        };
        match &line.event.kind {
            EventType::Genesis if place == 1 => {
                let key = content.get("public_key").and_then(|pem| pem.as_str());
                let key = key.and_then(|pem| PublicKey::from_pem(pem.as_bytes()).ok());
                match key {
                    Some(key) if content.get("keyid") == Some(&key.id().into()) => {
                        self.out.key = Some(key.id())
                    }
                    _ => self.fail(
                        CheckId::Keys,
                        "key_change_unexplained",
                        "the first entry names no key",
                    ),
                }
                let project = content.get("project").and_then(|id| id.as_str());
                self.out.project_id = project.map(str::to_owned);
            }
            kind @ (EventType::KeyRotated | EventType::KeyReplaced) => {
                let chain = self.identity.ledger.chain;
                match KeyChange::read(kind, content, &chain, place) {
                    Ok(change) => {
                        let follows = self.out.key.is_none_or(|key| key == change.old);
                        if !follows || change.old_toolchain_id != line.event.payload.toolchain_id {
                            let detail =
                                format!("entry {place} does not continue the key before it");
                            self.fail(CheckId::Keys, "key_change_unexplained", detail);
                        }
                        self.out.key = Some(change.new.id());
                        self.out.toolchain_id = Some(change.new_toolchain_id);
                    }
                    Err(error) => {
                        self.fail(
                            CheckId::Keys,
                            "key_change_unexplained",
                            format!("entry {place}: {error}"),
                        );
                    }
                }
            }
            _ => {}
        }
    }

    fn meaning(&mut self, line: &Line, content: &Object, place: u64) {
        self.chosen_only(line, content, place);
        let kind = &line.event.kind;
        if matches!(kind, EventType::Genesis | EventType::Project) {
            if let Some(title) = line
                .source()
                .and_then(|source| source.get("title"))
                .and_then(|title| title.as_str())
            {
                self.out.project_title = Some(title.to_owned());
            }
        }
        self.out.restored |= *kind == EventType::Restored;
        if *kind == EventType::Sealed {
            match Sealed::read(content) {
                Ok(sealed) => self.out.sealed.push(sealed),
                Err(error) => self.fail(
                    CheckId::Lines,
                    "line_malformed",
                    format!("entry {place}: {error}"),
                ),
            }
        }
        match Fact::read(kind, content) {
            Ok(fact) => {
                if let Err(error) = self
                    .out
                    .blobs
                    .event(line, content, fact.as_ref(), self.members)
                {
                    self.fail(
                        CheckId::Lines,
                        "line_malformed",
                        format!("entry {place}: {error}"),
                    );
                }
                if let Some(fact) = fact {
                    self.derive(line, &fact);
                }
            }
            Err(error) => self.fail(
                CheckId::Lines,
                "line_malformed",
                format!("entry {place}: {error}"),
            ),
        }
    }

    /// The lines of `documents.jsonl` and `kg_delta.jsonl` that this entry gives.
    fn derive(&mut self, line: &Line, fact: &Fact) {
        self.buffer.clear();
        if document::write_line(&line.event, &mut self.buffer) {
            self.out.documents += 1;
            self.documents.update(&self.buffer);
            self.buffer.clear();
        }
        let members = self.members;
        let folder = crate::zip::Folder::Raw;
        let seen = members
            .blob(folder, &fact.raw_sha256)
            .map(|index| members.first_document(index));
        self.delta_writer.write(line, fact, seen, &mut self.buffer);
        self.delta.update(&self.buffer);
    }

    /// In an excerpt, bodies travel only for what was chosen.
    fn chosen_only(&mut self, line: &Line, content: &Object, place: u64) {
        let Some(chosen) = &self.chosen else { return };
        let kind = &line.event.kind;
        let item = content
            .get("item")
            .and_then(|n| n.as_int())
            .and_then(|n| u64::try_from(n).ok());
        let intake = content
            .get("intake")
            .and_then(|n| n.as_int())
            .and_then(|n| u64::try_from(n).ok());
        let own_seal = *kind == EventType::Seal && place == self.identity.ledger.last;
        let allowed = match item {
            Some(item) => chosen.contains(&item),
            None => {
                *kind == EventType::Genesis
                    || kind.is_key_event()
                    || own_seal
                    || *kind == EventType::Intake
            }
        };
        if !allowed {
            self.fail(
                CheckId::Excerpt,
                "excerpt_leak",
                format!("entry {place} was not chosen"),
            );
        }
        if let (EventType::Capture, Some(item)) = (kind, item) {
            self.out.captures.insert(item, place);
        }
        match (kind, intake) {
            (EventType::Intake, Some(intake)) => self.intakes.push(intake),
            (EventType::Capture, Some(intake)) => self.intakes.retain(|carried| *carried != intake),
            _ => {}
        }
    }

    fn fail(&mut self, id: CheckId, code: impl Into<String>, detail: impl Into<String>) {
        self.out.checks.fail(id, code, detail);
    }
}

fn salt_of(object: &Object) -> Option<[u8; 16]> {
    let text = object.get("salt")?.as_str()?;
    let mut salt = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (byte, pair) in salt.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |b: &u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        *byte = (digit(pair.first()?)? << 4) | digit(pair.get(1)?)?;
    }
    Some(salt)
}

/// The pins and wishes of a SEAL line, if it is one and both of its bodies travel.
pub(crate) fn read_seal(line: &Line) -> Result<(Pins, Wishes), String> {
    if line.event.kind != EventType::Seal {
        return Err("the last entry is not a SEAL".to_owned());
    }
    let content = line.content().ok_or("the content of the SEAL is missing")?;
    let source = line.source().ok_or("the source of the SEAL is missing")?;
    let pins = seal::Pins::read(content).map_err(|e| e.to_string())?;
    Ok((pins, seal::Wishes::read(source).map_err(|e| e.to_string())?))
}
