//! Graph operations: what an event adds to the graph of a case. Only additions, each delta complete in itself.

use std::collections::HashSet;

use crate::canon::{Object, ShapeError, Value};
use crate::digest::Sha256;
use crate::format::body::{Fact, Told};
use crate::format::line::Line;

/// Makes the lines of `kg_delta.jsonl`, event by event. A line that stood before is not repeated, which can only be that
/// of a document: every other one holds the event's own hash.
#[derive(Debug, Default)]
pub struct DeltaWriter {
    documents: HashSet<(Sha256, u64)>,
}

impl DeltaWriter {
    /// For the first event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the operations of one event whose `content` is carried. `first` says whether its document comes up for the
    /// first time, if the caller keeps count of that more cheaply than by a set of digests.
    pub fn write(&mut self, line: &Line, fact: &Fact, first: Option<bool>, out: &mut Vec<u8>) {
        let document = format!("doc:{}", fact.raw_sha256);
        if first.unwrap_or_else(|| self.documents.insert((fact.raw_sha256, fact.raw_size))) {
            let attrs = Object::new()
                .with("sha256", fact.raw_sha256)
                .with("size_bytes", fact.raw_size);
            write_op(out, add_node(&document, "Document", attrs));
        }
        let (id, node_type, attrs) = node(line, fact);
        write_op(out, add_node(&id, node_type, attrs));
        let edge = Object::new()
            .with("attrs", Object::new())
            .with("dst", document)
            .with("op", "ADD_EDGE")
            .with("src", id)
            .with("type", "OF");
        write_op(out, edge);
    }
}

fn node(line: &Line, fact: &Fact) -> (String, &'static str, Object) {
    let hash = line.event.hash;
    let time = line.event.payload.ts_utc.as_str();
    let attrs = Object::new().with("item", fact.item);
    match &fact.told_by {
        Told::Capture { media_type } => {
            let attrs = attrs
                .with("captured_utc", time)
                .with("media_type", media_type.as_str());
            (
                format!("capture:{hash}"),
                "Capture",
                with_names(attrs, line.source()),
            )
        }
        Told::Sighting => (
            format!("sighting:{hash}"),
            "Sighting",
            with_names(attrs.with("seen_utc", time), line.source()),
        ),
        Told::Extract {
            extract_sha256,
            extract_size,
            extractor,
            extractor_version,
        } => {
            let attrs = attrs
                .with("extract_sha256", *extract_sha256)
                .with("extractor", extractor.as_str())
                .with("extractor_version", extractor_version.as_str())
                .with("size_bytes", *extract_size);
            (format!("extract:{hash}"), "Extract", attrs)
        }
    }
}

/// Names and times of files stand in the graph only where they travel.
fn with_names(mut attrs: Object, source: Option<&Object>) -> Object {
    for key in ["name", "path", "modified_utc"] {
        if let Some(value) = source.and_then(|source| source.get(key)) {
            attrs.insert(key, value.clone());
        }
    }
    attrs
}

fn add_node(id: &str, node_type: &str, attrs: Object) -> Object {
    Object::new()
        .with("attrs", attrs)
        .with("id", id)
        .with("op", "ADD_NODE")
        .with("type", node_type)
}

fn write_op(out: &mut Vec<u8>, op: Object) {
    Value::from(op).write_canonical(out);
    out.push(b'\n');
}

/// Whether one line of a delta made by others is an operation that we understand.
///
/// The reference's importer skips what it does not know and turns ids into text; both are refused here.
pub fn check_foreign(line: &[u8]) -> Result<(), String> {
    let value = Value::parse(line).map_err(|e| e.to_string())?;
    let op = value.as_object().ok_or("not an object")?;
    let shape = |result: Result<&str, ShapeError>| result.map(|_| ()).map_err(|e| e.to_string());
    let attrs = || match op.get("attrs") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err("attrs: an object".to_owned()),
    };
    let kind = || match op.get("type") {
        None | Some(Value::String(_)) => Ok(()),
        Some(_) => Err("type: a string".to_owned()),
    };
    match op.string("op").map_err(|e| e.to_string())? {
        "ADD_NODE" => shape(op.string("id"))
            .and_then(|()| attrs())
            .and_then(|()| kind()),
        "ADD_EDGE" => shape(op.string("src"))
            .and_then(|()| shape(op.string("dst")))
            .and_then(|()| attrs())
            .and_then(|()| kind()),
        "REMOVE_NODE" => shape(op.string("id")),
        "REMOVE_EDGE" => shape(op.string("edge_key")),
        other => Err(format!("unknown operation {other:?}")),
    }
}
