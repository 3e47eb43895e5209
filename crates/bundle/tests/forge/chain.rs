//! The chain that the events give, and what names it.

use std::collections::BTreeMap;

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::body::Fact;
use bundle::format::line::Line;
use bundle::format::op::DeltaWriter;
use bundle::format::{document, member};
use bundle::merkle::Frontier;

use crate::draft::{Body, replace};
use crate::forge::{Forge, sha};
use crate::hooks::{Hook, Members, apply};

/// The chain that the events give.
pub struct Chain {
    pub lines: Vec<Vec<u8>>,
    pub hashes: Vec<Sha256>,
    pub trees: BTreeMap<u64, Frontier>,
}

impl Forge {
    /// Hashes the events; what names a hash that changed names the new one.
    pub fn chain(&mut self, content: Vec<Hook<Object>>, source: Vec<Hook<Object>>) -> Chain {
        let first = self.ledger.count("first").unwrap();
        let ours = self.manifest.object("fieldgrade").unwrap().clone();
        let (mut tree, mut before) = (Frontier::new(), None);
        if first > 1 {
            let previous = ours.object("previous").unwrap();
            let roots = previous.array("frontier").unwrap().iter();
            let roots = roots
                .map(|root| root.as_str().unwrap().parse().unwrap())
                .collect();
            tree = Frontier::from_parts(previous.count("size").unwrap(), roots).unwrap();
            before = Some(previous.string("head").unwrap().parse().unwrap());
        }
        let captures = self
            .events
            .iter()
            .filter(|event| event.kind == "CAPTURE" && matches!(event.content, Body::Open(_)))
            .count() as u64;
        let mut renamed: Vec<(String, String)> = Vec::new();
        let mut hooks = Some((content, source));
        let mut chain = Chain {
            lines: Vec::new(),
            hashes: Vec::new(),
            trees: BTreeMap::new(),
        };
        let last = self.events.len() - 1;
        for index in 0..self.events.len() {
            let seq = first + index as u64;
            let event = &mut self.events[index];
            for body in event.bodies() {
                if let Body::Open(object) = body {
                    let mut value = Value::from(object.clone());
                    for (old, new) in &renamed {
                        replace(&mut value, old, new);
                    }
                    *object = value.as_object().unwrap().clone();
                }
            }
            if index == last && event.kind == "SEAL" {
                let (content, source) = hooks.take().unwrap();
                if let Body::Open(object) = &mut event.content {
                    pin(object, &self.listed, &tree, first, captures, &chain);
                    apply(content, object);
                }
                if let Body::Open(object) = &mut event.source {
                    apply(source, object);
                }
            }
            let made = event.make(seq, before);
            if let Some(was) = event.was.filter(|was| *was != made.hash) {
                renamed.push((was.to_string(), made.hash.to_string()));
            }
            tree.push(&made.hash);
            chain.trees.insert(seq, tree.clone());
            chain.lines.push(made.line);
            chain.hashes.push(made.hash);
            before = Some(made.hash);
        }
        chain
    }

    /// What the manifest says about the chain, as the chain has become.
    pub fn identity(&self, chain: &Chain, ours: &mut Object) {
        let first = self.ledger.count("first").unwrap();
        let last = first + chain.hashes.len() as u64 - 1;
        let mut ledger = self.ledger.clone();
        if first == 1 {
            ledger.insert("chain", chain.hashes[0]);
        }
        ledger.insert("last", last);
        ledger.insert("size", last);
        ledger.insert("head", *chain.hashes.last().unwrap());
        ledger.insert("root", chain.trees[&last].root());
        ours.insert("ledger", ledger);
        let captures = self
            .events
            .iter()
            .filter(|event| event.kind == "CAPTURE" && matches!(event.content, Body::Open(_)))
            .count() as u64;
        ours.insert("documents", captures);
        for field in ["previous", "of"] {
            let Some(link) = ours.get(field).and_then(Value::as_object) else {
                continue;
            };
            let mut link = link.clone();
            relink(&mut link, first, chain, field == "previous");
            ours.insert(field, link);
        }
    }
}

/// Fills in what a SEAL pins.
fn pin(
    seal: &mut Object,
    listed: &Members,
    tree: &Frontier,
    first: u64,
    captures: u64,
    chain: &Chain,
) {
    for (field, name) in [
        ("policy_sha256", member::POLICY),
        ("card_sha256", member::CARD),
        ("readme_sha256", member::README),
        ("sbom_sha256", member::SBOM),
    ] {
        if let Some(bytes) = listed.get(name) {
            seal.insert(field, sha(bytes));
        }
    }
    seal.insert("size", tree.size());
    seal.insert("root", tree.root());
    seal.insert("documents", captures);
    for field in ["previous", "of"] {
        let Some(link) = seal.get(field).and_then(Value::as_object) else {
            continue;
        };
        let mut link = link.clone();
        relink(&mut link, first, chain, false);
        seal.insert(field, link);
    }
}

/// A link to a line that is carried follows that line.
fn relink(link: &mut Object, first: u64, chain: &Chain, whole: bool) {
    let size = link.count("size").unwrap();
    let Some(tree) = chain.trees.get(&size) else {
        return;
    };
    link.insert("head", chain.hashes[usize::try_from(size - first).unwrap()]);
    if link.contains("root") {
        link.insert("root", tree.root());
    }
    if whole {
        link.insert("frontier", tree.roots().to_vec());
    }
}

/// Documents and delta as the lines give them.
pub fn derive(lines: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
    let (mut documents, mut delta) = (Vec::new(), Vec::new());
    let mut writer = DeltaWriter::new();
    for line in lines.iter().filter_map(|line| Line::parse(line).ok()) {
        document::write_line(&line.event, &mut documents);
        let fact = line
            .content()
            .and_then(|content| Fact::read(&line.event.kind, content).ok().flatten());
        if let Some(fact) = fact {
            writer.write(&line, &fact, None, &mut delta);
        }
    }
    (documents, delta)
}
