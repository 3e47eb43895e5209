//! Events as lines of `provenance.jsonl`: read strictly, in one form only.

use crate::canon::{JsonError, Object, Token, Tokens, Value};
use crate::format::event::{BODIES, Event, Payload};
use crate::format::kind::EventType;

/// Why a line is not an event; the reason is the code of the check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not a line of the one form.
    #[error("line_malformed: {0}")]
    Malformed(String),
    /// A payload with other keys or types.
    #[error("payload_malformed: {0}")]
    Payload(String),
    /// The outer time is not the hashed one.
    #[error("event_time_mismatch")]
    Time,
    /// A body whose bytes are not canonical.
    #[error("body_not_canonical:{0}")]
    NotCanonical(&'static str),
}

/// A parsed line: the event, and its bodies as objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The event with the bytes of its bodies.
    pub event: Event,
    /// The bodies that stand in the line, in the order of [`BODIES`].
    pub bodies: [Option<Object>; 3],
}

impl Line {
    /// The `content` body.
    pub fn content(&self) -> Option<&Object> {
        self.bodies[0].as_ref()
    }

    /// The `source` body.
    pub fn source(&self) -> Option<&Object> {
        self.bodies[1].as_ref()
    }

    /// Takes an event of a ledger apart; its bodies are ours and therefore canonical.
    pub fn from_event(event: Event) -> Result<Self, LineError> {
        let read = |name: &'static str, body: &Option<String>| match body {
            None => Ok(None),
            Some(text) => match Value::parse(text.as_bytes()) {
                Ok(Value::Object(object)) => Ok(Some(object)),
                _ => Err(LineError::NotCanonical(name)),
            },
        };
        let bodies = [
            read("content", &event.content)?,
            read("source", &event.source)?,
            read("machine", &event.machine)?,
        ];
        Ok(Self { event, bodies })
    }

    /// Reads one line (without its LF): exactly the five keys in their order, then the bodies.
    pub fn parse(line: &[u8]) -> Result<Self, LineError> {
        let (line, flaws) = Self::read(line)?;
        flaws.into_iter().next().map_or(Ok(line), Err)
    }

    /// Reads one line as far as it can be understood. What is found wrong with its time and with its bodies is judged after
    /// its link, and so comes beside the line.
    pub(crate) fn read(line: &[u8]) -> Result<(Self, Vec<LineError>), LineError> {
        let mut top = TopLevel::new(line);
        let (_, ts_utc) = top.next("ts_utc")?;
        let (_, kind) = top.next("event_type")?;
        let (payload_bytes, payload) = top.next("payload")?;
        let (_, prev) = top.next("prev_hash")?;
        let (_, hash) = top.next("event_hash")?;
        let mut bodies = [None, None, None];
        let mut raw = [None, None, None];
        let mut flaws = Vec::new();
        for ((name, body), raw) in BODIES.iter().zip(&mut bodies).zip(&mut raw) {
            if let Some((bytes, value)) = top.optional(name)? {
                let text = std::str::from_utf8(bytes);
                *raw = Some(text.map_err(|_| LineError::NotCanonical(name))?.to_owned());
                if value.as_object().is_none() || value.to_canonical() != bytes {
                    flaws.push(LineError::NotCanonical(name));
                }
                if let Value::Object(object) = value {
                    *body = Some(object);
                }
            }
        }
        top.end()?;

        let malformed = |what: &str| LineError::Malformed(what.to_owned());
        let text = |value: &Value, what| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| malformed(what))
        };
        let ts_utc = text(&ts_utc, "ts_utc is no text")?;
        let kind = text(&kind, "event_type is no text")?;
        let kind = EventType::parse(&kind).ok_or_else(|| malformed("event_type is no type"))?;
        let prev = match &prev {
            Value::Null => None,
            value => Some(
                text(value, "prev_hash")?
                    .parse()
                    .map_err(|_| malformed("prev_hash is no digest"))?,
            ),
        };
        let hash = text(&hash, "event_hash")?
            .parse()
            .map_err(|_| malformed("event_hash is no digest"))?;
        let payload =
            Payload::from_value(&payload).map_err(|e| LineError::Payload(e.to_string()))?;
        if payload.to_canonical() != payload_bytes {
            return Err(LineError::Payload("not in canonical form".to_owned()));
        }
        let [content, source, machine] = raw;
        let event = Event {
            kind,
            payload,
            prev,
            hash,
            content,
            source,
            machine,
        };
        // White space or another spelling between the fields would be a second form of the same line.
        let mut rebuilt = Vec::with_capacity(line.len() + 1);
        event.write_line_showing(&ts_utc, &mut rebuilt);
        if rebuilt.strip_suffix(b"\n") != Some(line) {
            return Err(malformed("not in the one form of a line"));
        }
        if event.payload.ts_utc != ts_utc {
            flaws.insert(0, LineError::Time);
        }
        Ok((Self { event, bodies }, flaws))
    }
}

/// The fields of a line one after the other, with the bytes in which each value stands.
struct TopLevel<'a> {
    line: &'a [u8],
    tokens: Tokens<&'a [u8]>,
    pending: Option<String>,
    started: bool,
}

impl<'a> TopLevel<'a> {
    fn new(line: &'a [u8]) -> Self {
        Self {
            line,
            tokens: Tokens::new(line),
            pending: None,
            started: false,
        }
    }

    fn next(&mut self, key: &str) -> Result<(&'a [u8], Value), LineError> {
        self.optional(key)?
            .ok_or_else(|| LineError::Malformed(format!("{key} was expected")))
    }

    fn optional(&mut self, key: &str) -> Result<Option<(&'a [u8], Value)>, LineError> {
        let json = |e: JsonError| LineError::Malformed(e.to_string());
        if !self.started {
            self.started = true;
            if self.tokens.next_token().map_err(json)? != Token::BeginObject {
                return Err(LineError::Malformed("not an object".to_owned()));
            }
            self.pending = self.read_key()?;
        }
        if self.pending.as_deref() != Some(key) {
            return Ok(None);
        }
        let start = self.tokens.offset();
        let value = Value::read(&mut self.tokens).map_err(json)?;
        let end = self.tokens.offset();
        self.pending = self.read_key()?;
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(Some((
            self.line.get(at(start)..at(end)).unwrap_or_default(),
            value,
        )))
    }

    fn read_key(&mut self) -> Result<Option<String>, LineError> {
        match self
            .tokens
            .next_token()
            .map_err(|e| LineError::Malformed(e.to_string()))?
        {
            Token::Key(key) => Ok(Some(key)),
            _ => Ok(None),
        }
    }

    fn end(&mut self) -> Result<(), LineError> {
        if let Some(key) = &self.pending {
            return Err(LineError::Malformed(format!(
                "the key {key:?} does not belong here"
            )));
        }
        self.tokens
            .end()
            .map_err(|e| LineError::Malformed(e.to_string()))
    }
}
