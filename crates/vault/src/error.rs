//! What can go wrong in a vault: a stable code, one sentence, the place, the next step.

mod code;
mod environment;
mod from;
mod named;
mod next;
mod place;
mod steps;

use std::path::PathBuf;

use bundle::Sha256;
use bundle::policy::PolicyError;
use store::StoreError;

use crate::backup::BackupError;
use crate::damage::LostBytes;
use crate::uploads::UploadError;
pub use environment::STORE_REFUSALS;
use named::{list, lost};
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
