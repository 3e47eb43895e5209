//! What is said about items after their capture, and how bytes go away: through the vault, checked by the verifier.
#![expect(clippy::unwrap_used, reason = "a test")]

mod custody;
mod desk;
mod erased;
mod held;
mod lost;
#[path = "../support/own_receiver.rs"]
mod own_receiver;
mod said;
mod sealed;
mod texts;
