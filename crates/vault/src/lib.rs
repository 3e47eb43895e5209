//! The vault: what was captured, by whom, and how it is found again.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod source;
