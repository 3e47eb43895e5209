//! Which key vouches for the chain, from entry to entry.

use crate::format::body::KeyChange;
use crate::format::kind::EventType;
use crate::format::line::Line;
use crate::key::PublicKey;
use crate::verify::check::CheckId;
use crate::verify::history::Walk;

impl Walk<'_> {
    pub(super) fn keys(&mut self, line: &Line, place: u64) {
        let Some(content) = line.content() else {
            return;
        };
        match &line.event.kind {
            EventType::Genesis if place == 1 => {
                let key = content.get("public_key").and_then(|pem| pem.as_str());
                let key = key.and_then(|pem| PublicKey::from_pem(pem.as_bytes()).ok());
                match key {
                    Some(key) if content.get("keyid") == Some(&key.id().into()) => {
                        self.out.key = Some(key.id());
                    }
                    _ => self.fail(
                        CheckId::Keys,
                        "key_change_unexplained",
                        "the first entry names no key",
                    ),
                }
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
}
