//! What the tests of the whole house share: the program and its variants, vectors, receivers, random numbers, forged
//! archives and the other programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    reason = "a test whose own tools fail has nothing to say"
)]

pub mod file;
pub mod forge;
pub mod http;
pub mod kit;
pub mod mounts;
pub mod program;
pub mod python;
pub mod random;
pub mod sealer;
pub mod server;
pub mod somebody;
pub mod sound;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of the tests.
pub fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the vectors.
pub fn vectors() -> PathBuf {
    tests().join("vectors")
}

/// A JSON file of the vectors.
pub fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join(path)).unwrap()).unwrap()
}
