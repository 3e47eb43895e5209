//! YAML as the reference reads it: the typing of YAML 1.1 by PyYAML's safe loader, within limits, with places.
//!
//! The hash of a policy is the hash of what its file *means*, so `yes`, `010` and `1:30` must mean here what they mean
//! there. What no hash can cover (dates, infinities, keys that are not text) is refused with its place; what can be
//! hashed but should not be sealed with (keys that stand twice, numbers with a fraction) is told in [`Notes`].

mod build;
mod error;
mod node;
mod scalar;
mod source;
#[cfg(test)]
mod tests;

use node::{Extent, Kind, Map};

pub use error::{Place, YamlError, YamlErrorKind};
pub use node::{Node, Notes, Remark};

pub(super) use error::short;

/// The largest file that is read.
pub const MAX_BYTES: usize = 1 << 20;

/// How many values a file may have once its aliases are written out.
pub const MAX_NODES: usize = 100_000;

/// How much text a file may have once its aliases are written out.
const MAX_TEXT: usize = 4 * MAX_BYTES;

/// Reads a file of one YAML document; an empty file is null.
pub fn parse(bytes: &[u8]) -> Result<Node, YamlError> {
    build::document(&source::Source::of(bytes)?)
}
