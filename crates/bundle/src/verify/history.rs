//! The record of actions in a bundle of ours: entries, chain, keys, and what the entries say must be there.

use std::collections::{HashMap, HashSet};

use crate::canon::{Object, ShapeError, Value};
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
use crate::zip::Folder;

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
    /// The tree before the last line.
    pub before_last: Frontier,
    /// Whether the tree started from what the bundle before ended with, so that anything can be said about it.
    pub tree_known: bool,
    /// The first line's hash, if the bundle starts at event 1.
    pub chain: Option<Sha256>,
    pub project_id: Option<String>,
    pub project_title: Option<String>,
    pub key: Option<Sha256>,
    pub toolchain_id: Option<String>,
    /// How many entries say what became of the SEAL before, and the first of them.
    pub sealed: (u64, Option<Sealed>),
    /// Chosen items of an excerpt with the place of their CAPTURE.
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
    /// Carried intakes of which no chosen item was seen so far.
    pub(super) intakes: HashSet<u64>,
    pub(super) salts: Vec<[u8; 16]>,
    pub(super) prev: Option<Sha256>,
    pub(super) next_seq: u64,
    /// How many lines are no entries.
    flawed: u64,
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
        let tree = identity.starting_tree();
        let tree_known = tree.is_some();
        let tree = tree.unwrap_or_default();
        if !tree_known {
            let detail = "the subtrees do not give the root of the bundle before";
            checks.fail(CheckId::Previous, "frontier_mismatch", detail);
        }
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
            before_last: tree.clone(),
            tree,
            tree_known,
            last: None,
            chain: None,
            project_id: None,
            project_title: None,
            key: known_key.filter(|_| continued),
            toolchain_id: None,
            sealed: (0, None),
            captures: HashMap::new(),
            actor_missing: None,
            restored: false,
        };
        Self {
            identity,
            members,
            chosen,
            intakes: HashSet::new(),
            salts: Vec::new(),
            prev,
            next_seq: identity.ledger.first,
            flawed: 0,
            documents: Hasher::new(),
            delta: Hasher::new(),
            delta_writer: DeltaWriter::new(),
            buffer: Vec::new(),
            out,
        }
    }

    /// Judges the next line (without its LF): form, payload, link and hash, number, time, bodies; then what it means.
    /// Gives how many lines so far are none.
    pub(crate) fn line(&mut self, bytes: &[u8]) -> u64 {
        let place = self.next_seq;
        self.out.lines += 1;
        self.next_seq = place.saturating_add(1);
        let (line, flaws) = match Line::read(bytes) {
            Ok(line) => line,
            Err(error) => {
                self.line_error(&error, place);
                self.prev = None;
                self.flawed += 1;
                return self.flawed;
            }
        };
        self.link(&line, place);
        for flaw in &flaws {
            self.line_error(flaw, place);
        }
        self.bodies(&line, place);
        self.out.before_last.clone_from(&self.out.tree);
        self.out.tree.push(&line.event.hash);
        self.checkpoint(&line, place);
        self.chosen_only(&line, place);
        self.keys(&line, place);
        self.project(&line, place);
        self.out.restored |= line.event.kind == EventType::Restored;
        if let Some(content) = line.content() {
            self.meaning(&line, content, place);
        }
        self.prev = Some(line.event.hash);
        self.out.last = Some(line);
        self.flawed
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

    /// Id and title of the project. A title that is hidden is not known, whatever it was before.
    fn project(&mut self, line: &Line, place: u64) {
        let kind = &line.event.kind;
        if !matches!(kind, EventType::Genesis | EventType::Project) {
            return;
        }
        match line.source() {
            None if line.event.payload.source_sha256.is_some() => self.out.project_title = None,
            None => {}
            Some(source) => {
                if let Some(title) = source.get("title").and_then(Value::as_str) {
                    self.out.project_title = Some(title.to_owned());
                }
            }
        }
        if let Some(content) = line.content().filter(|_| place == 1) {
            match content.string("project") {
                Ok(id) => self.out.project_id = Some(id.to_owned()),
                Err(error) => self.malformed(&error, place),
            }
        }
    }

    fn meaning(&mut self, line: &Line, content: &Object, place: u64) {
        let kind = &line.event.kind;
        if *kind == EventType::Sealed {
            match Sealed::read(content) {
                Ok(sealed) => self.sealed(sealed),
                Err(error) => self.malformed(&error, place),
            }
        }
        let fact = Fact::read(kind, content).unwrap_or_else(|error| {
            self.malformed(&error, place);
            None
        });
        let blobs = &mut self.out.blobs;
        if let Err(error) = blobs.event(line, content, fact.as_ref(), self.members) {
            self.malformed(&error, place);
        }
        if let Some(fact) = fact {
            self.derive(line, &fact);
        }
    }

    fn sealed(&mut self, sealed: Sealed) {
        let previous = self.identity.previous.as_ref();
        if previous.is_some_and(|previous| previous.link.head == sealed.seal) {
            self.out.sealed.0 += 1;
            self.out.sealed.1.get_or_insert(sealed);
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
        let seen = members
            .blob(Folder::Raw, &fact.raw_sha256)
            .map(|index| members.first_document(index));
        self.delta_writer.write(line, fact, seen, &mut self.buffer);
        self.delta.update(&self.buffer);
    }

    fn malformed(&mut self, error: &ShapeError, place: u64) {
        let detail = format!("entry {place}: {error}");
        self.fail(CheckId::Lines, "line_malformed", detail);
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
