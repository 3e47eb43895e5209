//! An event before it is hashed: everything about it can be altered.

use std::fmt::Write;

use bundle::Sha256;
use bundle::canon::{Object, Value};
use bundle::format::event::{BODIES, event_hash};
use bundle::format::line::Line;

/// One of the three bodies.
#[derive(Debug, Clone)]
pub enum Body {
    /// The payload names none.
    None,
    /// Named, but left out.
    Hidden(Sha256),
    /// Stands in the line.
    Open(Object),
    /// Stands in the line just so, and is hashed just so.
    Raw(String),
}

impl Body {
    pub fn digest(&self) -> Option<Sha256> {
        match self {
            Self::None => None,
            Self::Hidden(digest) => Some(*digest),
            Self::Open(object) => Some(Sha256::of(&Value::from(object.clone()).to_canonical())),
            Self::Raw(text) => Some(Sha256::of(text.as_bytes())),
        }
    }

    pub fn object(&mut self) -> &mut Object {
        match self {
            Self::Open(object) => object,
            _ => panic!("this body does not stand in the line"),
        }
    }

    /// The canonical text, altered by replacing.
    pub fn raw(&mut self, old: &str, new: &str) {
        let text = Value::from(self.object().clone()).to_canonical();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(old), "{old} is not in {text}");
        *self = Self::Raw(text.replacen(old, new, 1));
    }

    /// Sets a key.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.object().insert(key, value);
    }

    /// Leaves the body out of the line; the payload still names it.
    pub fn hide(&mut self) {
        if let Some(digest) = self.digest() {
            *self = Self::Hidden(digest);
        }
    }
}

type Alter = Box<dyn Fn(&mut Object)>;

/// An event to be.
pub struct Draft {
    pub kind: String,
    pub ts_utc: String,
    pub toolchain_id: String,
    pub content: Body,
    pub source: Body,
    pub machine: Body,
    /// Alters the payload before it is hashed.
    pub payload: Option<Alter>,
    /// Alters which event it names as the one before.
    pub prev: Option<fn(Option<Sha256>) -> Option<Sha256>>,
    /// The hash that it had when it was taken apart, if it was there.
    pub was: Option<Sha256>,
}

/// An event with its hash and line.
pub struct Made {
    pub hash: Sha256,
    pub line: Vec<u8>,
}

impl Draft {
    pub fn new(kind: &str, like: &Self, content: Object, source: Option<Object>) -> Self {
        Self {
            kind: kind.to_owned(),
            ts_utc: like.ts_utc.clone(),
            toolchain_id: like.toolchain_id.clone(),
            content: Body::Open(content),
            source: source.map_or(Body::None, Body::Open),
            machine: Body::None,
            payload: None,
            prev: None,
            was: None,
        }
    }

    pub fn of(line: Line) -> Self {
        let payload = &line.event.payload;
        let digests = [
            Some(payload.content_sha256),
            payload.source_sha256,
            payload.machine_sha256,
        ];
        let mut bodies = line.bodies.into_iter().zip(digests).map(|pair| match pair {
            (Some(object), _) => Body::Open(object),
            (None, Some(digest)) => Body::Hidden(digest),
            (None, None) => Body::None,
        });
        Self {
            kind: line.event.kind.as_str().to_owned(),
            ts_utc: payload.ts_utc.clone(),
            toolchain_id: payload.toolchain_id.clone(),
            content: bodies.next().unwrap(),
            source: bodies.next().unwrap(),
            machine: bodies.next().unwrap(),
            payload: None,
            prev: None,
            was: Some(line.event.hash),
        }
    }

    /// A copy with salts of its own.
    pub fn again(&self, salt: char) -> Self {
        let salted = |body: &Body| {
            let mut body = body.clone();
            if let Body::Open(object) = &mut body {
                let old = object
                    .get("salt")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                object.insert(
                    "salt",
                    old.replace(|c: char| c.is_ascii_digit(), &salt.to_string()),
                );
            }
            body
        };
        Self {
            kind: self.kind.clone(),
            ts_utc: self.ts_utc.clone(),
            toolchain_id: self.toolchain_id.clone(),
            content: salted(&self.content),
            source: salted(&self.source),
            machine: salted(&self.machine),
            payload: None,
            prev: None,
            was: None,
        }
    }

    pub fn bodies(&mut self) -> [&mut Body; 3] {
        [&mut self.content, &mut self.source, &mut self.machine]
    }

    /// Hides all bodies.
    pub fn hide(&mut self) {
        self.bodies().into_iter().for_each(Body::hide);
    }

    /// Hashes the event and writes its line.
    pub fn make(&self, seq: u64, before: Option<Sha256>) -> Made {
        let mut payload = Object::new()
            .with("content_sha256", self.content.digest())
            .with("machine_sha256", self.machine.digest())
            .with("seq", seq)
            .with("source_sha256", self.source.digest())
            .with("toolchain_id", self.toolchain_id.as_str())
            .with("ts_utc", self.ts_utc.as_str());
        if let Some(alter) = &self.payload {
            alter(&mut payload);
        }
        let payload = Value::from(payload).to_canonical();
        let prev = self.prev.map_or(before, |alter| alter(before));
        let hash = event_hash(prev.as_ref(), &self.kind, &payload);
        let json = |value: Value| String::from_utf8(value.to_canonical()).unwrap();
        let mut line = format!(
            "{{\"ts_utc\":{},\"event_type\":{},\"payload\":{},\"prev_hash\":{},\"event_hash\":\"{hash}\"",
            json(self.ts_utc.as_str().into()),
            json(self.kind.as_str().into()),
            String::from_utf8(payload).unwrap(),
            json(prev.into()),
        );
        for (name, body) in BODIES
            .iter()
            .zip([&self.content, &self.source, &self.machine])
        {
            match body {
                Body::Open(object) => {
                    write!(line, ",\"{name}\":{}", json(object.clone().into())).unwrap();
                }
                Body::Raw(text) => write!(line, ",\"{name}\":{text}").unwrap(),
                Body::None | Body::Hidden(_) => {}
            }
        }
        line += "}";
        Made {
            hash,
            line: line.into_bytes(),
        }
    }
}

/// Replaces every string that is `old` by `new`, however deep it stands.
pub fn replace(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, old, new)),
        Value::Object(object) => {
            let keys: Vec<String> = object.iter().map(|(key, _)| key.clone()).collect();
            for key in keys {
                let mut inner = object.get(&key).unwrap().clone();
                replace(&mut inner, old, new);
                object.insert(key, inner);
            }
        }
        _ => {}
    }
}
