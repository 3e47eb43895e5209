//! The record and the changes in a bundle of the reference platform: checked as far as its format allows.

use std::collections::HashSet;

use crate::canon::{Token, Tokens, Value};
use crate::digest::Sha256;
use crate::format::event::event_hash;
use crate::format::op;
use crate::verify::check::CheckId;
use crate::verify::checks::Checks;

/// Walks `provenance.jsonl`: each line names the hash of the one before and carries its own.
#[derive(Debug, Default)]
pub(crate) struct ForeignChain {
    prev: Option<Sha256>,
    lines: u64,
    flawed: u64,
}

impl ForeignChain {
    /// Judges the next line. Only LF ends a line; empty lines are passed over.
    pub(crate) fn line(&mut self, bytes: &[u8], checks: &mut Checks) {
        if bytes.trim_ascii().is_empty() {
            return;
        }
        self.lines += 1;
        if let Err((code, detail)) = self.judge(bytes) {
            self.flawed += 1;
            checks.fail(
                CheckId::Lines,
                code,
                format!("entry {}: {detail}", self.lines),
            );
        }
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// How many lines so far are no entries, or do not continue the chain.
    pub(crate) fn flawed(&self) -> u64 {
        self.flawed
    }

    fn judge(&mut self, bytes: &[u8]) -> Result<(), (&'static str, String)> {
        let malformed = |detail: String| ("line_malformed", detail);
        let value = Value::parse(bytes).map_err(|e| malformed(e.to_string()))?;
        let line = value
            .as_object()
            .ok_or_else(|| malformed("not an object".to_owned()))?;
        let text = |key: &str| line.string(key).map_err(|e| malformed(e.to_string()));
        let payload = line
            .object("payload")
            .map_err(|e| malformed(e.to_string()))?;
        let prev = line
            .opt_string("prev_hash")
            .map_err(|e| malformed(e.to_string()))?;
        let claimed = text("event_hash")?;
        let broken = |detail: &str| ("chain_broken", detail.to_owned());
        if prev.map(str::to_owned) != self.prev.map(|hash| hash.to_string()) {
            return Err(broken("it does not name the entry before it"));
        }
        let hash = event_hash(
            self.prev.as_ref(),
            text("event_type")?,
            &Value::from(payload.clone()).to_canonical(),
        );
        if hash.to_string() != claimed {
            return Err(broken("its hash is not its own"));
        }
        self.prev = Some(hash);
        if payload.get("ts_utc").and_then(Value::as_str) != Some(text("ts_utc")?) {
            return Err((
                "event_time_mismatch",
                "the time shown is not the one that was hashed".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Judges one line of `kg_delta.jsonl`; says whether it is a change, or nothing.
pub(crate) fn delta_line(bytes: &[u8], number: u64, checks: &mut Checks) -> bool {
    if bytes.trim_ascii().is_empty() {
        return true;
    }
    match op::check_foreign(bytes) {
        Ok(()) => true,
        Err(detail) => {
            checks.fail(CheckId::Delta, format!("delta_malformed:{number}"), detail);
            false
        }
    }
}

/// Whether some bytes are a CycloneDX document, read as a stream.
pub(crate) fn check_sbom(bytes: &[u8]) -> Result<(), String> {
    let mut tokens = Tokens::new(bytes);
    let text = |e: crate::canon::JsonError| e.to_string();
    if tokens.next_token().map_err(text)? != Token::BeginObject {
        return Err("not an object".to_owned());
    }
    let (mut format, mut version) = (false, false);
    let mut keys = HashSet::new();
    while let Token::Key(key) = tokens.next_token().map_err(text)? {
        if !keys.insert(key.clone()) {
            return Err(text(tokens.duplicate(key)));
        }
        let value = Value::read(&mut tokens).map_err(text)?;
        match key.as_str() {
            "bomFormat" => format = value.as_str() == Some("CycloneDX"),
            "specVersion" => version = value.as_str().is_some(),
            _ => {}
        }
    }
    tokens.end().map_err(text)?;
    if format && version {
        Ok(())
    } else {
        Err("bomFormat and specVersion are not those of CycloneDX".to_owned())
    }
}
