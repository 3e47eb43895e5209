//! One entry of the record: its link, its number, its bodies.

use crate::canon::{Object, Value};
use crate::digest::Sha256;
use crate::format::event::{BODIES, event_hash};
use crate::format::kind::EventType;
use crate::format::line::{Line, LineError};
use crate::format::seal::Kind;
use crate::verify::check::CheckId;
use crate::verify::history::Walk;

impl Walk<'_> {
    pub(super) fn line_error(&mut self, error: &LineError, place: u64) {
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

    pub(super) fn link(&mut self, line: &Line, place: u64) {
        let event = &line.event;
        let payload = event.payload.to_canonical();
        let hash = event_hash(event.prev.as_ref(), event.kind.as_str(), &payload);
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
    pub(super) fn bodies(&mut self, line: &Line, place: u64) {
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
        // The key of the chain is checked from its first event on, in an excerpt too.
        let needed = self.identity.kind == Kind::Series || place == 1;
        if needed && event.content.is_none() {
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
        // An actor that is hidden may well be there.
        let hidden = line.source().is_none() && event.payload.source_sha256.is_some();
        if event.kind != EventType::Sealed && !hidden && !names_actor(line) {
            self.out.actor_missing.get_or_insert(place);
        }
    }
}

fn names_actor(line: &Line) -> bool {
    let actor = line.source().and_then(|source| source.get("actor"));
    let name = actor.and_then(|actor| actor.as_object()?.get("name"));
    let name = name.and_then(Value::as_str);
    name.is_some_and(|name| !name.is_empty())
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
