//! The ledger: events appended to a chain inside one transaction, read back in order, and checked.

mod append;
mod chain;
mod check;
mod read;
mod write;

pub(crate) use append::Ledger;
pub(crate) use chain::{Chain, chain_of};
pub use check::LedgerCheck;
pub(crate) use check::check_chain;
pub(crate) use read::{event_at, events_of, read_event};
pub(crate) use write::{Draft, Scribe};
