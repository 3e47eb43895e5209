//! Plain text in any common encoding, made UTF-8 piece by piece.
//!
//! The encoding is told from a start of at most twice [`WINDOW`] bytes: a byte order mark; UTF-16 without one; UTF-8; else
//! whatever language the bytes look like. Bytes that are ASCII in all of these pass through undecided, so a log whose
//! first umlaut stands in its last line is judged by that line. What was decided holds to the end: later bytes that do
//! not fit become U+FFFD and are counted.
//!
//! A start that holds NULs without being UTF-16, or too many other controls, is [`NotText`]. After it nothing is refused.

mod decoder;
mod encoding;
mod judge;
mod measure;
mod stream;
mod utf16;

pub use encoding::Encoding;
pub use judge::NotText;
pub use stream::{Decoded, TextDecoder};

/// The version of this way to read text. It changes whenever some bytes would give another text than before, be it by a
/// new version of a dependency.
pub const VERSION: &str = "1";

/// How many bytes are looked at to tell an encoding, from the first one that is not ASCII.
pub const WINDOW: usize = 64 * 1024;

/// The text of a file's first bytes without a character cut at their end; `complete` if they are the whole file.
pub(crate) fn peek(head: &[u8], complete: bool) -> Result<String, NotText> {
    let enough = judge::enough(head);
    let sample = head.get(..enough).unwrap_or(head);
    let start = judge::start(sample, complete && head.len() < enough)?;
    let mut text = String::new();
    let mut decoder = decoder::Decoder::new(start.encoding);
    decoder.push(head.get(start.mark..).unwrap_or_default(), false, &mut text);
    Ok(text)
}
