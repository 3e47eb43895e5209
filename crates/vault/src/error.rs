//! What can go wrong in a vault: a stable code, one sentence, the place, the next step.

use std::path::{Path, PathBuf};

use bundle::Sha256;
use bundle::policy::PolicyError;
use bundle::seal::SealError;
use store::StoreError;

use crate::damage::LostBytes;

/// What the calls of this crate return.
pub type Result<T, E = VaultError> = std::result::Result<T, E>;

/// A refusal or failure of the vault. The sentence is its `Display`.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Files, locks or the database.
    #[error(transparent)]
    Store(#[from] StoreError),
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
            Self::Policy { error, .. } => error.code(),
            Self::ProjectUnknown(_) => "project_unknown",
            Self::ProjectExists(_) => "project_exists",
            Self::ProjectClosed(_) => "project_closed",
            Self::NameInvalid { .. } => "name_invalid",
            Self::ItemUnknown(_) => "item_unknown",
            Self::ItemWithdrawn(_) => "item_withdrawn",
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
            Self::Policy { path, .. }
            | Self::KeyMissing { path, .. }
            | Self::BytesLost { folder: path, .. }
            | Self::KeyInvalid { path, .. } => Some(path),
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
        matches!(self, Self::Store(error) if !matches!(error.code(), "blob_missing" | "blob_damaged" | "lease_lost"))
    }
}

/// What to do about each code of this crate.
pub const NEXT_STEPS: &[(&str, &str, &str)] = &[
    (
        "project_unknown",
        "No case has this name.",
        "See the names with `fieldgrade projects list`, or make it with `fieldgrade projects create NAME`.",
    ),
    (
        "project_exists",
        "The name is taken.",
        "Choose another name.",
    ),
    (
        "project_closed",
        "The case is closed; nothing more can be added.",
        "Use another case with --project.",
    ),
    (
        "name_invalid",
        "A name that cannot be used.",
        "Choose a name of 1 to 64 letters, digits, - and _.",
    ),
    (
        "item_unknown",
        "No item has this number in this case.",
        "See the numbers with `fieldgrade documents`; another case is chosen with --project.",
    ),
    (
        "item_withdrawn",
        "The item was withdrawn.",
        "See why with `fieldgrade show ITEM`.",
    ),
    (
        "item_held",
        "A hold forbids erasing the item.",
        "Lift the hold first, with a reason: `fieldgrade hold ITEM --lift --reason …`.",
    ),
    (
        "seal_unknown",
        "There is no such sealed package in this case.",
        "See them with `fieldgrade bundles`.",
    ),
    (
        "seal_first",
        "An item of an excerpt must be in a sealed package of the series.",
        "Run `fieldgrade seal` first, then make the excerpt.",
    ),
    (
        "would_exceed_policy",
        "The package would not meet the rules that it would be sealed under.",
        "Seal fewer items, or under other rules with --policy.",
    ),
    (
        "withdrawn",
        "A package cannot be made again, since bytes that it holds were erased.",
        "Copies handed out before still hold them; nothing can be done here.",
    ),
    (
        "not_reproduced",
        "Making a package again gave other bytes.",
        "Run `fieldgrade doctor --read-data` and `fieldgrade ledger --verify`; keep this data folder as it is and report the case.",
    ),
    (
        "seal_failed",
        "The package could not be put together from the record.",
        "Run `fieldgrade doctor --read-data`; it names what is damaged.",
    ),
    (
        "key_missing",
        "The signing key is not in the keys folder.",
        "Put the key file back from a backup. If it is lost for good, run `fieldgrade keys replace`, which is put on record.",
    ),
    (
        "key_locked",
        "The signing key is locked with a passphrase.",
        "Give it when asked, or set FG_KEY_PASSPHRASE or FG_KEY_PASSPHRASE_FILE.",
    ),
    (
        "passphrase_wrong",
        "That is not the passphrase of the signing key.",
        "Try again. Without the passphrase the key cannot be used; a backup of the key may have another one.",
    ),
    (
        "key_revoked",
        "The signing key was revoked and signs nothing any more.",
        "Make a new one with `fieldgrade keys replace`.",
    ),
    (
        "key_invalid",
        "A key file that is no Ed25519 key.",
        "Give a key in PEM form: PRIVATE KEY (PKCS#8) or PUBLIC KEY.",
    ),
    (
        "key_unknown",
        "No key has this fingerprint.",
        "See the keys with `fieldgrade keys list`.",
    ),
    (
        "ledger_damaged",
        "The record of actions contradicts itself.",
        "Restore it from a backup with `fieldgrade restore`; `fieldgrade doctor` lists what is damaged.",
    ),
    (
        "ledger_rolled_back",
        "The database is older than what was already written or sealed.",
        "If it comes from a backup, run `fieldgrade restore`, which is put on record.",
    ),
    (
        "actor_missing",
        "The rules of the case ask who acts.",
        "Name yourself with `fieldgrade operator set NAME`, or for one command with --actor.",
    ),
    (
        "query_empty",
        "There is nothing to look for.",
        "Give at least one letter or digit.",
    ),
    (
        "invalid_value",
        "Something given is not what it should be.",
        "See the help of the command with --help.",
    ),
];

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
