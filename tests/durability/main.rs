//! Nothing that was acknowledged is ever lost: in which order things reach the disk, what every crash leaves, and what
//! `kill -9` leaves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise, and says what it did"
)]

mod calls;
mod crash_points;
mod order;
mod random;
mod trace;
