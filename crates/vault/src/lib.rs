//! The vault: cases, capture, items, the ledger, keys, sealing, search. It knows evidence; the store below knows files.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bundles;
mod capture;
mod damage;
mod error;
mod evidence;
mod heads;
mod items;
pub mod keys;
mod ledger;
mod machine;
mod output;
mod person;
mod project;
mod receiver;
mod reproduce;
mod seal;
pub mod source;
mod sql;
mod vault;

pub use bundles::SealedBundle;
pub use capture::{CaptureReport, Intake, ItemError, ItemOutcome, ItemStatus};
pub use damage::LostBytes;
pub use error::{NEXT_STEPS, Result, VaultError};
pub use items::{Item, ItemState};
pub use ledger::LedgerCheck;
pub use machine::Machine;
pub use person::{Actor, By, Operator};
pub use project::{DEFAULT, Naming, Project};
pub use receiver::Receiving;
pub use reproduce::Reproduced;
pub use seal::{Scope, SealOutcome, SealRequest};
pub use vault::{Act, Vault};

/// Lower-case hex digits of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
