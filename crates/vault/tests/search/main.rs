//! Texts are read, put on record once, and found again; the index may be lost, damaged or another one's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod corrected;
mod encodings;
mod found;
mod killed;
mod names;
#[path = "../support/own_receiver.rs"]
mod own_receiver;
mod random;
mod reading;
mod rebuilt;
mod support;
mod together;
mod walls;
