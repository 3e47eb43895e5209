//! The data root: its folders and locks, durable files, content-addressed blobs, and SQLite databases.
//!
//! This crate knows files, locks and SQL transactions, and nothing about evidence. What it promises: when a call that
//! writes returns `Ok`, the bytes survive a crash, a killed process and a power cut; when it does not, nothing half
//! written stands under a final name.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod blobs;
pub mod clock;
mod crash;
pub mod db;
pub mod durable;
pub mod entropy;
mod error;
mod filesystem;
pub mod hashed;
mod holder;
pub mod lock;
pub mod migrate;
mod page_cache;
mod root;
pub mod spool;
pub mod watch;

pub use blobs::{BlobKind, Blobs};
pub use clock::{Clock, SystemClock, UtcTime};
pub use db::{Database, Db, FenceToken, Origin, RequestId, RunId, Tx};
pub use entropy::{Entropy, SystemEntropy};
pub use error::{NEXT_STEPS, Result, StoreError};
pub use filesystem::{Filesystem, available};
pub use holder::{Holder, Program};
pub use lock::FolderLock;
pub use migrate::{Migration, Schema};
pub use root::{Access, DataRoot, Folder};
pub use watch::{Unwatched, Watch};
