//! The bundle: canonical JSON, digests, keys, envelopes, manifest, policy; writing a sealed bundle and verifying one.
//!
//! Everything here is pure: no files, no SQL, no clock, no randomness, no threads of its own. Bytes come in through
//! [`ReadAt`], go out through [`std::io::Write`], and whoever calls brings the threads.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod canon;
pub mod digest;
pub mod dsse;
pub mod format;
pub mod key;
pub mod merkle;
pub mod policy;
mod read_at;
pub mod seal;
pub mod verify;
pub mod zip;

pub use digest::Sha256;
pub use read_at::ReadAt;
