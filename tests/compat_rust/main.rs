//! Against other programs: the reference platform's rules and JSON as Python has them, and other readers of archives.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own input has nothing to say"
)]

mod agreement;
mod bytes;
mod json;
mod members;
mod readers;
mod reseal;
