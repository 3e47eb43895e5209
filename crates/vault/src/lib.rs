//! The vault: cases, capture, items, the ledger, keys, sealing, search. It knows evidence; the store below knows files.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod backup;
mod bundles;
mod capture;
mod column;
mod corrections;
mod custody;
mod damage;
mod detail;
pub mod doctor;
mod error;
mod evidence;
mod hashing;
mod heads;
mod holdings;
mod house;
mod items;
pub mod keys;
mod ledger;
mod machine;
mod meter;
mod operator;
mod output;
mod person;
mod project;
mod reading;
mod receiver;
mod reproduce;
mod rules;
mod seal;
mod search;
pub mod source;
mod sql;
mod statements;
mod uploads;
mod vault;

pub use bundles::SealedBundle;
pub use capture::{CaptureReport, Intake, ItemError, ItemOutcome, ItemStatus};
pub use corrections::{Amendment, Annotation, Erasures, Recorded, Withdrawal, Withdrawn};
pub use custody::{CustodyAct, CustodyLine};
pub use damage::LostBytes;
pub use detail::{Correction, Field, ItemDetail, Remark, Stated, WithdrawalRemark};
pub use error::{NEXT_STEPS, Result, STORE_REFUSALS, VaultError};
pub use holdings::Holding;
pub use house::HouseEvent;
pub use items::{Item, ItemState};
pub use ledger::LedgerCheck;
pub use machine::Machine;
pub use operator::OperatorChange;
pub use person::{Actor, By, Operator};
pub use project::{DEFAULT, Naming, Project};
pub use reading::{CaughtUp, Limit, ReadingReport};
pub use receiver::Receiving;
pub use reproduce::Reproduced;
pub use seal::{Scope, SealOutcome, SealRequest};
pub use search::{Hit, IndexReport, Missing, SearchResult, Snippet, TextPlace, Where};
pub use uploads::{
    Piece, RefusedUpload, Room, Sending, SweptUploads, Taken, Upload, UploadError, UploadId,
    WhyRefused,
};
pub use vault::{Act, Vault};

/// Lower-case hex digits of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
