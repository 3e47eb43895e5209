//! What one file is and what it says: [`kind`] its type, [`text`] its words as UTF-8, [`chunk`] those in pieces to search.
//!
//! Everything here is pure: bytes come in through [`std::io::Read`] or as slices, go out through [`std::io::Write`].
//! Nothing is held that grows with the file, and the same bytes give the same answer on every machine.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod chunk;
pub mod kind;
mod plain;
pub mod text;

pub use chunk::{Chunk, Chunking, Chunks};
pub use kind::{MediaType, detect};
pub use plain::{Error, Outcome, plain_text};
