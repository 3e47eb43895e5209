//! The stable word for each refusal and failure.

use super::VaultError;

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
}
