//! What can go wrong in a vault: a stable code, one sentence, the place, the next step.

mod steps;

use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::policy::PolicyError;
use bundle::seal::SealError;
use store::StoreError;

use crate::backup::BackupError;
use crate::damage::LostBytes;
use crate::uploads::UploadError;
pub use steps::NEXT_STEPS;

/// What the calls of this crate return.
pub type Result<T, E = VaultError> = std::result::Result<T, E>;

/// A refusal or failure of the vault. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Files, locks or the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// An upload.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// A policy or a list of keys.
    #[error("{}: {error}", path.display())]
    Policy {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: PolicyError,
    },
    /// `project_unknown`: no case has this name.
    #[error("there is no case named {0:?}")]
    ProjectUnknown(String),
    /// `project_exists`: the name is taken.
    #[error("there is a case named {0:?} already")]
    ProjectExists(String),
    /// `project_closed`: nothing more can be added.
    #[error("the case {0:?} is closed")]
    ProjectClosed(String),
    /// `name_invalid`: a name that cannot be used.
    #[error("{what} cannot be {given:?}: {rule}")]
    NameInvalid {
        /// What the name is for.
        what: &'static str,
        /// The name, shortened.
        given: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// `item_unknown`: no item has this number in this case.
    #[error("there is no item {0} in this case")]
    ItemUnknown(u64),
    /// `item_withdrawn`: the item was withdrawn.
    #[error("item {0} was withdrawn")]
    ItemWithdrawn(u64),
    /// `item_erased`: the item's bytes were erased.
    #[error("item {0} was withdrawn and its bytes were erased")]
    ItemErased(u64),
    /// `reason_missing`: what takes away or changes needs a reason.
    #[error("no reason is given")]
    ReasonMissing,
    /// `caption_exists`: an item has one caption.
    #[error("item {0} has a caption already")]
    CaptionExists(u64),
    /// `nothing_to_amend`: nothing of the kind was said, so that there is nothing to correct.
    #[error("item {item} has no {field} that could be corrected")]
    NothingToAmend {
        /// The item.
        item: u64,
        /// What was to be corrected.
        field: &'static str,
    },
    /// `note_ambiguous`: the item has several notes.
    #[error("item {item} has several notes, of the entries {}", list(entries))]
    NoteAmbiguous {
        /// The item.
        item: u64,
        /// The entries that say them.
        entries: Vec<u64>,
    },
    /// `hold_unchanged`: the hold stands so already.
    #[error("item {item} is {} on hold", if *held { "already" } else { "not" })]
    HoldUnchanged {
        /// The item.
        item: u64,
        /// Whether it is on hold.
        held: bool,
    },
    /// `item_held`: erasing is forbidden by a hold.
    #[error("item {0} is on hold and cannot be erased")]
    ItemHeld(u64),
    /// `seal_unknown`: there is no such sealed package.
    #[error("there is no sealed package {0} in this case")]
    SealUnknown(String),
    /// `seal_first`: an item of an excerpt is in no bundle of the series yet.
    #[error("item {0} is in no sealed package of the series yet")]
    SealFirst(u64),
    /// `would_exceed_policy`: the bundle would not meet the rules that it would be sealed under.
    #[error("the package would not meet the rules {policy}: {detail}")]
    WouldExceedPolicy {
        /// Name of the policy.
        policy: String,
        /// What would exceed it.
        detail: String,
    },
    /// `withdrawn`: a sealed package cannot be made again, since bytes it holds were erased since.
    #[error("it cannot be made again: the bytes of item(s) {} were erased since", list(.0))]
    Withdrawn(Vec<u64>),
    /// `not_reproduced`: making it again gave other bytes.
    #[error("made again it has the SHA-256 {found}, not {expected}")]
    NotReproduced {
        /// What was sealed.
        expected: Sha256,
        /// What came out now.
        found: Sha256,
    },
    /// `blob_missing`, or `blob_damaged` if any of them are: items that have lost their bytes.
    #[error("the bytes of {}", lost(.items))]
    BytesLost {
        /// The items.
        items: Vec<LostBytes>,
        /// Where bytes are kept.
        folder: PathBuf,
    },
    /// `seal_failed`: the bundle could not be put together from the ledger.
    #[error("the package could not be put together: {0}")]
    SealFailed(String),
    /// `key_missing`: the signing key of the ledger is not in the keys folder.
    #[error("the signing key {toolchain_id} is not in {}", path.display())]
    KeyMissing {
        /// Whose key.
        toolchain_id: String,
        /// Where it should be.
        path: PathBuf,
    },
    /// `key_locked`: the key needs its passphrase.
    #[error("the signing key {toolchain_id} is locked with a passphrase")]
    KeyLocked {
        /// Whose key.
        toolchain_id: String,
    },
    /// `passphrase_wrong`: that is not the passphrase.
    #[error("that is not the passphrase of the signing key {toolchain_id}")]
    PassphraseWrong {
        /// Whose key.
        toolchain_id: String,
    },
    /// `key_revoked`: the key was revoked and signs nothing any more.
    #[error("the signing key {toolchain_id} was revoked")]
    KeyRevoked {
        /// Whose key.
        toolchain_id: String,
    },
    /// `key_invalid`: a key file that is none.
    #[error("{}: {detail}", path.display())]
    KeyInvalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// `key_unknown`: no key has this fingerprint.
    #[error("there is no key {0}")]
    KeyUnknown(String),
    /// `key_at_hand`: a key that is there is never replaced as if it were lost.
    #[error("the signing key {toolchain_id} is not lost: it is there and can be used")]
    KeyAtHand {
        /// Whose key.
        toolchain_id: String,
    },
    /// `key_exists`: the key is one of this data root's already.
    #[error("it is the own key {toolchain_id}")]
    KeyExists {
        /// Whose key.
        toolchain_id: String,
    },
    /// `key_changed`: another process has changed the signing key meanwhile.
    #[error("the signing key was changed by somebody else just now")]
    KeyChanged,
    /// `key_other`: a file holds another key than the fingerprint says.
    #[error("the key in {} has the fingerprint {found}, not {expected}", path.display())]
    KeyOther {
        /// The file.
        path: PathBuf,
        /// The fingerprint of the key in it.
        found: Sha256,
        /// The fingerprint that was given.
        expected: String,
    },
    /// `trust_revoked`: the holder of the key has revoked it; it is never trusted again.
    #[error("the key {0} was revoked by its holder")]
    TrustRevoked(String),
    /// `statement_invalid`: a card or a revocation that proves nothing.
    #[error("{}: {detail}", path.display())]
    StatementInvalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// `file_exists`: nothing is written over a file that is there.
    #[error("there is a file {} already", .0.display())]
    FileExists(PathBuf),
    /// `ledger_damaged`: the ledger contradicts itself.
    #[error("the record of actions is damaged at entry {seq}: {detail}")]
    LedgerDamaged {
        /// Where.
        seq: u64,
        /// What is wrong.
        detail: String,
    },
    /// `ledger_rolled_back`: the database is older than what was sealed or acknowledged.
    #[error("the record of actions ends at entry {found}, but entry {expected} was written before")]
    LedgerRolledBack {
        /// Where it ends now.
        found: u64,
        /// Where it ended.
        expected: u64,
    },
    /// `actor_missing`: the rules ask for a person in every entry.
    #[error("the rules of this case ask who acts, and nobody is named")]
    ActorMissing,
    /// `query_empty`: nothing to look for.
    #[error("there is nothing to look for in {0:?}")]
    QueryEmpty(String),
    /// `invalid_value`: something given is not what it should be.
    #[error("{what}: {detail}")]
    InvalidValue {
        /// What was given.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl VaultError {
    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::Upload(error) => error.code(),
            Self::Policy { error, .. } => error.code(),
            Self::ProjectUnknown(_) => "project_unknown",
            Self::ProjectExists(_) => "project_exists",
            Self::ProjectClosed(_) => "project_closed",
            Self::NameInvalid { .. } => "name_invalid",
            Self::ItemUnknown(_) => "item_unknown",
            Self::ItemWithdrawn(_) => "item_withdrawn",
            Self::ItemErased(_) => "item_erased",
            Self::ReasonMissing => "reason_missing",
            Self::CaptionExists(_) => "caption_exists",
            Self::NothingToAmend { .. } => "nothing_to_amend",
            Self::NoteAmbiguous { .. } => "note_ambiguous",
            Self::HoldUnchanged { .. } => "hold_unchanged",
            Self::ItemHeld(_) => "item_held",
            Self::SealUnknown(_) => "seal_unknown",
            Self::SealFirst(_) => "seal_first",
            Self::WouldExceedPolicy { .. } => "would_exceed_policy",
            Self::Withdrawn(_) => "withdrawn",
            Self::NotReproduced { .. } => "not_reproduced",
            Self::BytesLost { items, .. } if items.iter().all(|lost| lost.missing) => {
                "blob_missing"
            }
            Self::BytesLost { .. } => "blob_damaged",
            Self::SealFailed(_) => "seal_failed",
            Self::KeyMissing { .. } => "key_missing",
            Self::KeyLocked { .. } => "key_locked",
            Self::PassphraseWrong { .. } => "passphrase_wrong",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::KeyInvalid { .. } => "key_invalid",
            Self::KeyUnknown(_) => "key_unknown",
            Self::KeyAtHand { .. } => "key_at_hand",
            Self::KeyExists { .. } => "key_exists",
            Self::KeyChanged => "key_changed",
            Self::KeyOther { .. } => "key_other",
            Self::TrustRevoked(_) => "trust_revoked",
            Self::StatementInvalid { .. } => "statement_invalid",
            Self::FileExists(_) => "file_exists",
            Self::LedgerDamaged { .. } => "ledger_damaged",
            Self::LedgerRolledBack { .. } => "ledger_rolled_back",
            Self::ActorMissing => "actor_missing",
            Self::QueryEmpty(_) => "query_empty",
            Self::InvalidValue { .. } => "invalid_value",
        }
    }

    /// Where it happened.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Store(error) => error.place(),
            Self::Backup(error) => error.place(),
            Self::Upload(error) => error.place(),
            Self::Policy { path, .. }
            | Self::KeyMissing { path, .. }
            | Self::BytesLost { folder: path, .. }
            | Self::KeyInvalid { path, .. }
            | Self::KeyOther { path, .. }
            | Self::StatementInvalid { path, .. }
            | Self::FileExists(path) => Some(path),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn next_step(&self) -> String {
        let text = match self {
            Self::Store(error) => error.next_step(),
            Self::Policy { error, .. } => return error.next_step(),
            Self::BytesLost { .. } => {
                "Capture the same files again, which brings their bytes back, or restore them from a backup; then seal again."
            }
            other => next_step_of(other.code()),
        };
        text.to_owned()
    }

    /// Whether the environment failed, as opposed to something being refused.
    pub fn is_environment(&self) -> bool {
        matches!(self, Self::FileExists(_))
            || matches!(self, Self::Upload(error) if error.is_environment())
            || matches!(self, Self::Store(error) if !STORE_REFUSALS.contains(&error.code()))
    }
}

/// Codes of the store that are no failure of the environment.
pub const STORE_REFUSALS: &[&str] = &["blob_missing", "blob_damaged", "lease_lost"];

fn next_step_of(code: &str) -> &'static str {
    NEXT_STEPS
        .iter()
        .find(|(word, ..)| *word == code)
        .map_or("", |(_, _, next)| *next)
}

impl From<SealError> for VaultError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Evidence(cause) => match cause.downcast::<Self>() {
                Ok(own) => *own,
                Err(other) => Self::SealFailed(other.to_string()),
            },
            SealError::Canceled => Self::Store(StoreError::Canceled),
            SealError::Ledger { seq, detail } => Self::LedgerDamaged { seq, detail },
            SealError::Write(bundle::zip::WriteError::Io(error)) => {
                // The sink is ours and reports its own path; what is left has none.
                Self::Store(StoreError::io("write", "the package", error))
            }
            other => Self::SealFailed(other.to_string()),
        }
    }
}

impl From<rusqlite::Error> for VaultError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The items one after another; after a hundred of them, how many more.
fn lost(items: &[LostBytes]) -> String {
    const TOLD: usize = 100;
    let told = items.iter().take(TOLD).map(|lost| {
        let how = if lost.missing { "missing" } else { "damaged" };
        format!("item {} ({}) are {how}", lost.item, lost.name)
    });
    let mut text = told.collect::<Vec<_>>().join(", of ");
    if items.len() > TOLD {
        text.push_str(&format!(", and of {} more", items.len() - TOLD));
    }
    text
}

fn list(items: &[u64]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_next_step() {
        let errors = [
            VaultError::ProjectUnknown(String::new()),
            VaultError::ItemUnknown(1),
            VaultError::KeyLocked {
                toolchain_id: String::new(),
            },
            VaultError::LedgerRolledBack {
                found: 1,
                expected: 2,
            },
            VaultError::ActorMissing,
        ];
        for error in errors {
            assert!(!error.next_step().is_empty(), "{}", error.code());
        }
    }
}
