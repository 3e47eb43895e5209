//! The types of events.

use std::fmt;

/// What an event records. Unknown types are carried and chained, and mean nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventType {
    /// The first event of a chain.
    Genesis,
    /// Title, reference or word of a project changed.
    Project,
    /// Another person works from here on.
    Operator,
    /// One drop, one call, one batch.
    Intake,
    /// An item was taken in.
    Capture,
    /// The same file was seen again.
    Sighting,
    /// Text was read out of an item.
    Extract,
    /// Something was added about an item.
    Annotate,
    /// Something said about an item was corrected.
    Amend,
    /// An item is hidden, perhaps erased.
    Withdraw,
    /// Erasing is forbidden, or allowed again.
    Hold,
    /// Everything up to here is sealed; pins every input of the bundle.
    Seal,
    /// The bundle of a SEAL was written.
    Sealed,
    /// A SEAL was given up.
    SealCanceled,
    /// A bundle was given to somebody.
    Handover,
    /// A bundle was received.
    Received,
    /// Somebody confirmed what they received.
    Receipt,
    /// Bytes were checked.
    Check,
    /// Something left in another form.
    Export,
    /// The policy changed.
    Policy,
    /// The chain goes on with another key, signed by both.
    KeyRotated,
    /// The chain goes on with another key; the old one is lost.
    KeyReplaced,
    /// A key is no longer to be trusted.
    KeyRevoked,
    /// The chain goes on from a backup.
    Restored,
    /// Somebody else signed a sealed state.
    Witness,
    /// A trusted time stamp was attached.
    Timestamp,
    /// House ledger: trust in a key was given or taken back.
    Trust,
    /// House ledger: a backup was made.
    Backup,
    /// House ledger: a backup was restored.
    Restore,
    /// House ledger: an access token was made or revoked.
    Token,
    /// House ledger: a setting changed.
    Setting,
    /// A type that this program does not know.
    Other(Box<str>),
}

const NAMES: [(&str, EventType); 31] = [
    ("GENESIS", EventType::Genesis),
    ("PROJECT", EventType::Project),
    ("OPERATOR", EventType::Operator),
    ("INTAKE", EventType::Intake),
    ("CAPTURE", EventType::Capture),
    ("SIGHTING", EventType::Sighting),
    ("EXTRACT", EventType::Extract),
    ("ANNOTATE", EventType::Annotate),
    ("AMEND", EventType::Amend),
    ("WITHDRAW", EventType::Withdraw),
    ("HOLD", EventType::Hold),
    ("SEAL", EventType::Seal),
    ("SEALED", EventType::Sealed),
    ("SEAL_CANCELED", EventType::SealCanceled),
    ("HANDOVER", EventType::Handover),
    ("RECEIVED", EventType::Received),
    ("RECEIPT", EventType::Receipt),
    ("CHECK", EventType::Check),
    ("EXPORT", EventType::Export),
    ("POLICY", EventType::Policy),
    ("KEY_ROTATED", EventType::KeyRotated),
    ("KEY_REPLACED", EventType::KeyReplaced),
    ("KEY_REVOKED", EventType::KeyRevoked),
    ("RESTORED", EventType::Restored),
    ("WITNESS", EventType::Witness),
    ("TIMESTAMP", EventType::Timestamp),
    ("TRUST", EventType::Trust),
    ("BACKUP", EventType::Backup),
    ("RESTORE", EventType::Restore),
    ("TOKEN", EventType::Token),
    ("SETTING", EventType::Setting),
];

impl EventType {
    /// Reads a type: `[A-Z][A-Z_]{0,31}`.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() <= 32
            && text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        if !well_formed {
            return None;
        }
        let known = NAMES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, kind)| kind.clone());
        Some(known.unwrap_or_else(|| Self::Other(text.into())))
    }

    /// The type as it is written and hashed.
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        NAMES
            .iter()
            .find(|(_, kind)| kind == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether the event changes or ends a key.
    pub fn is_key_event(&self) -> bool {
        matches!(
            self,
            Self::KeyRotated | Self::KeyReplaced | Self::KeyRevoked
        )
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for (name, kind) in NAMES {
            assert_eq!(EventType::parse(name), Some(kind.clone()));
            assert_eq!(kind.as_str(), name);
        }
        assert_eq!(
            EventType::parse("REVIEW"),
            Some(EventType::Other("REVIEW".into()))
        );
        for bad in ["", "_A", "a", "A-B", "A1", &"A".repeat(33)] {
            assert_eq!(EventType::parse(bad), None, "{bad}");
        }
    }
}
