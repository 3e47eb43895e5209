//! YAML as the reference reads it: the typing of YAML 1.1 by PyYAML's safe loader, within limits, with places.
//!
//! The hash of a policy is the hash of what its file *means*, so `yes`, `010` and `1:30` must mean here what they mean
//! there. What no hash can cover (dates, infinities, keys that are not text) is refused with its place; what can be
//! hashed but should not be sealed with (keys that stand twice, numbers with a fraction) is told in [`Notes`].

mod build;
mod error;
mod node;
mod scalar;

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
    build::document(text(bytes)?)
}

/// The text of a file, if it has only characters on which all readers agree.
fn text(bytes: &[u8]) -> Result<&str, YamlError> {
    if bytes.len() > MAX_BYTES {
        return Err(YamlErrorKind::TooLarge.at(Place { line: 1, column: 1 }));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let good = bytes.get(..e.valid_up_to()).unwrap_or_default();
        YamlErrorKind::NotUtf8.at(Place::after(&String::from_utf8_lossy(good)))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        Some((at, c)) => {
            Err(YamlErrorKind::Character(c).at(Place::after(text.get(..at).unwrap_or_default())))
        }
        None => Ok(text),
    }
}

/// The printable characters of YAML 1.1 without U+0085, U+2028 and U+2029, which end a line in YAML 1.1 only.
fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    }
}
