//! Every bundle made by others, good and bad: our verdict is the one that a strict verifier should give, and where the
//! reference platform refuses too, its reason is among our failed checks.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its vectors has nothing to say"
)]

mod corpus;
mod ours;
mod primitives;
mod reference;
