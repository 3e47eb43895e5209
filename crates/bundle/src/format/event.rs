//! Events: a hashed payload, and three bodies that travel beside it and may each be left out.

use crate::canon::{Dialect, Object, ShapeError, Value, Writer};
use crate::digest::Sha256;
use crate::format::{kind::EventType, time::is_event_time};

/// The names of the three bodies, in the order in which they stand in a line.
pub const BODIES: [&str; 3] = ["content", "source", "machine"];

/// What the event hash covers beside the predecessor and the type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// Place in the chain, from 1.
    pub seq: u64,
    /// Wall clock of the device, six digits, UTC.
    pub ts_utc: String,
    /// Whose key vouches for the chain at this event.
    pub toolchain_id: String,
    /// Digest of the `content` body; every event has one.
    pub content_sha256: Sha256,
    /// Digest of the `source` body.
    pub source_sha256: Option<Sha256>,
    /// Digest of the `machine` body.
    pub machine_sha256: Option<Sha256>,
}

impl Payload {
    /// The canonical bytes.
    pub fn to_canonical(&self) -> Vec<u8> {
        let object = Object::new()
            .with("content_sha256", self.content_sha256)
            .with("machine_sha256", self.machine_sha256)
            .with("seq", self.seq)
            .with("source_sha256", self.source_sha256)
            .with("toolchain_id", self.toolchain_id.as_str())
            .with("ts_utc", self.ts_utc.as_str());
        Value::from(object).to_canonical()
    }

    pub(super) fn from_value(value: &Value) -> Result<Self, ShapeError> {
        let object = value
            .as_object()
            .ok_or_else(|| shape("payload", "an object"))?;
        object.exactly(&[
            "content_sha256",
            "machine_sha256",
            "seq",
            "source_sha256",
            "toolchain_id",
            "ts_utc",
        ])?;
        let ts_utc = object.string("ts_utc")?;
        if !is_event_time(ts_utc) {
            return Err(shape("ts_utc", "a time of six digits and +00:00"));
        }
        Ok(Self {
            seq: object.count("seq")?,
            ts_utc: ts_utc.to_owned(),
            toolchain_id: object.string("toolchain_id")?.to_owned(),
            content_sha256: digest(object, "content_sha256")?,
            source_sha256: opt_digest(object, "source_sha256")?,
            machine_sha256: opt_digest(object, "machine_sha256")?,
        })
    }
}

/// One event with the bytes of the bodies that are at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it records.
    pub kind: EventType,
    /// What is hashed.
    pub payload: Payload,
    /// Hash of the event before; none for the first.
    pub prev: Option<Sha256>,
    /// `H(prev_or_empty "|" type "|" payload)`.
    pub hash: Sha256,
    /// Canonical bytes of `content`.
    pub content: Option<String>,
    /// Canonical bytes of `source`.
    pub source: Option<String>,
    /// Canonical bytes of `machine`.
    pub machine: Option<String>,
}

/// The hash of an event.
pub fn event_hash(prev: Option<&Sha256>, event_type: &str, payload: &[u8]) -> Sha256 {
    let prev = prev.map(ToString::to_string).unwrap_or_default();
    Sha256::of_parts(&[prev.as_bytes(), b"|", event_type.as_bytes(), b"|", payload])
}

/// The bodies of a new event, as objects that already hold their salts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bodies {
    /// Numbers, digests, sizes.
    pub content: Object,
    /// Names, notes and the person.
    pub source: Option<Object>,
    /// What stays on this machine.
    pub machine: Option<Object>,
}

impl Event {
    /// Builds the next event of a chain.
    pub fn new(
        kind: EventType,
        seq: u64,
        ts_utc: &str,
        toolchain_id: &str,
        prev: Option<Sha256>,
        bodies: Bodies,
    ) -> Self {
        let text = |object: Object| {
            String::from_utf8(Value::from(object).to_canonical()).unwrap_or_default()
        };
        let content = text(bodies.content);
        let source = bodies.source.map(text);
        let machine = bodies.machine.map(text);
        let hash_of = |body: &String| Sha256::of(body.as_bytes());
        let payload = Payload {
            seq,
            ts_utc: ts_utc.to_owned(),
            toolchain_id: toolchain_id.to_owned(),
            content_sha256: hash_of(&content),
            source_sha256: source.as_ref().map(hash_of),
            machine_sha256: machine.as_ref().map(hash_of),
        };
        let hash = event_hash(prev.as_ref(), kind.as_str(), &payload.to_canonical());
        Self {
            kind,
            payload,
            prev,
            hash,
            content: Some(content),
            source,
            machine,
        }
    }

    /// Appends the line as it stands in `provenance.jsonl`, with the bodies that are at hand, and LF.
    pub fn write_line(&self, out: &mut Vec<u8>) {
        self.write_line_showing(&self.payload.ts_utc, out);
    }

    /// The same line, showing any time beside the hashed one.
    pub(super) fn write_line_showing(&self, ts_utc: &str, out: &mut Vec<u8>) {
        write_head(
            out,
            ts_utc,
            self.kind.as_str(),
            &self.payload.to_canonical(),
            self.prev,
            self.hash,
        );
        for (name, body) in BODIES
            .iter()
            .zip([&self.content, &self.source, &self.machine])
        {
            if let Some(body) = body {
                out.extend_from_slice(format!(",\"{name}\":").as_bytes());
                out.extend_from_slice(body.as_bytes());
            }
        }
        out.extend_from_slice(b"}\n");
    }
}

fn write_head(
    out: &mut Vec<u8>,
    ts_utc: &str,
    kind: &str,
    payload: &[u8],
    prev: Option<Sha256>,
    hash: Sha256,
) {
    out.extend_from_slice(b"{\"ts_utc\":");
    Writer::new(out, Dialect::Canonical).string(ts_utc);
    out.extend_from_slice(b",\"event_type\":");
    Writer::new(out, Dialect::Canonical).string(kind);
    out.extend_from_slice(b",\"payload\":");
    out.extend_from_slice(payload);
    match prev {
        Some(prev) => out.extend_from_slice(format!(",\"prev_hash\":\"{prev}\"").as_bytes()),
        None => out.extend_from_slice(b",\"prev_hash\":null"),
    }
    out.extend_from_slice(format!(",\"event_hash\":\"{hash}\"").as_bytes());
}

pub(crate) fn shape(key: &str, expected: &'static str) -> ShapeError {
    ShapeError {
        key: key.to_owned(),
        expected,
    }
}

/// A digest that must be there.
pub(crate) fn digest(object: &Object, key: &str) -> Result<Sha256, ShapeError> {
    object
        .string(key)?
        .parse()
        .map_err(|_| shape(key, "64 lower-case hex digits"))
}

/// A digest or null.
pub(crate) fn opt_digest(object: &Object, key: &str) -> Result<Option<Sha256>, ShapeError> {
    match object.opt_string(key)? {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| shape(key, "64 lower-case hex digits or null")),
    }
}
