//! Policies, allowlists and contracts: what a receiver demands of a bundle, as files say it.
//!
//! A policy and an allowlist are YAML; their hashes bind a bundle to them and cover what the files mean, not how they are
//! written. The format document describes them under "Policy and trusted keys".

mod allowlist;
mod artifact;
mod contracts;
mod error;
mod meap;
mod normalise;
mod rules;
pub mod yaml;

pub use allowlist::{Allowlist, Entry};
pub use artifact::ArtifactType;
pub use contracts::{Issue, Severity, studspec_issues, tubespec_issues};
pub use error::{PolicyError, PolicyErrorKind};
pub use meap::Policy;
pub use rules::{Mode, OwnBundles, Thresholds};
