//! Keys over their whole life: made, locked, changed, lost, revoked, handed out; and what a verifier says each time.
#![expect(clippy::unwrap_used, reason = "tests")]

mod export;
mod house;
mod lost;
mod operator;
mod passphrase;
mod race;
mod revoke;
mod rotate;
mod support;
mod trust;
