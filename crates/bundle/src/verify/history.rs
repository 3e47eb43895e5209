//! The record of actions in a bundle of ours: entries, chain, keys, and what the entries say must be there.

use std::collections::HashMap;

use crate::canon::{Object, Value};
use crate::digest::{Hasher, Sha256};
use crate::format::body::Fact;
use crate::format::identity::Identity;
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::format::op::DeltaWriter;
use crate::format::seal::{Pins, Sealed, Wishes};
use crate::format::{document, seal};
use crate::merkle::Frontier;
use crate::verify::blobs::BlobLedger;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;
use crate::verify::members::Members;

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
    pub(super) identity: &'a Identity,
    pub(super) members: &'a Members<'a>,
    /// Items of an excerpt, from its last line; `None` for a series.
    pub(super) chosen: Option<Vec<u64>>,
    /// Intakes of the chosen items that were seen so far.
    pub(super) intakes: Vec<u64>,
    pub(super) salts: Vec<[u8; 16]>,
    pub(super) prev: Option<Sha256>,
    pub(super) next_seq: u64,
    pub(super) documents: Hasher,
    pub(super) delta: Hasher,
    pub(super) delta_writer: DeltaWriter,
    pub(super) buffer: Vec<u8>,
    pub(super) out: History,
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
        let of = self.identity.of.as_ref().filter(|of| of.link.size == place);
        if of.is_some_and(|of| {
            !is_seal || line.event.hash != of.link.head || self.out.tree.root() != of.root
        }) {
            self.fail(
                CheckId::Excerpt,
                "of_mismatch",
                format!("entry {place} is not where that bundle ended"),
            );
        }
    }

    fn meaning(&mut self, line: &Line, content: &Object, place: u64) {
        self.chosen_only(line, content, place);
        let kind = &line.event.kind;
        if matches!(kind, EventType::Genesis | EventType::Project) {
            let title = line.source().and_then(|source| source.get("title"));
            if let Some(title) = title.and_then(Value::as_str) {
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

    pub(super) fn fail(&mut self, id: CheckId, code: impl Into<String>, detail: impl Into<String>) {
        self.out.checks.fail(id, code, detail);
    }
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
