//! Forged bundles: each of our good vectors taken apart, one thing altered, everything after it put together and signed
//! again as a careful forger with the key would. Each breaks exactly one rule, and the answer is exactly that rule.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its bundle has nothing to say"
)]
#![expect(
    clippy::too_many_lines,
    reason = "tables of cases, one after the other"
)]

mod allowed;
mod archive;
mod attestations;
mod before;
mod bodies;
mod case;
mod catalogue;
mod chain;
mod draft;
mod envelopes;
mod excerpts;
mod foreign;
mod forge;
mod form;
mod hooks;
mod keys;
mod papers;
mod presence;
mod random;
mod receiver;
mod record;
mod rules;
mod sealing;
mod sentences;
mod series;
mod signers;
mod size;
mod statements;
mod tombstones;
