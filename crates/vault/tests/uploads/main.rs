//! Files that arrive in pieces: through the vault, with restarts, deaths and everything a sender can get wrong.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod arriving;
mod broken;
mod crash;
mod elsewhere;
mod killed;
mod limits;
mod pieces;
mod pinned;
#[cfg(feature = "crash-points")]
mod points;
mod support;
mod swept;
mod taken;
