//! Bundles made to exhaust whoever checks them: each is checked in a process of its own, whose peak of memory is bounded.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its own input has nothing to say"
)]

mod archives;
mod check;
mod lines;
mod manifests;
mod sealed;
