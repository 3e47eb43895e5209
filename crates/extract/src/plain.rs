//! The text of a plain text file, from its bytes to a sink.

use std::io::{self, ErrorKind, Read, Write};

use crate::kind;
use crate::text::{NotText, TextDecoder};

/// How many bytes are read at once.
const STEP: usize = 64 * 1024;

/// What was written, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What read it, after the encoding: `utf8`, `utf16le`, `windows-1252` …
    pub extractor: String,
    /// The version of that.
    pub version: &'static str,
    /// How many bytes of UTF-8 were written. None at all is no text.
    pub bytes: u64,
    /// How many code points these are.
    pub chars: u64,
    /// How many of them are U+FFFD in place of bytes that are no text in this encoding.
    pub marks: u64,
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The type is not one of plain text; nothing was read.
    #[error("{0} is not a type of plain text")]
    Type(String),
    /// The bytes are not those of a text; nothing was written.
    #[error("the bytes are not text: {0}")]
    NotText(#[from] NotText),
    /// The reader failed; what was written is to be dropped.
    #[error("reading failed")]
    Read(#[source] io::Error),
    /// The sink failed; what was written is to be dropped.
    #[error("writing failed")]
    Write(#[source] io::Error),
}

/// Reads a plain text of this type in whatever encoding and writes it as UTF-8.
///
/// Memory does not grow with the file. To cancel, let the reader fail; it is asked for at most 64 KiB at a time.
pub fn plain_text<R, W>(mut reader: R, media_type: &str, mut sink: W) -> Result<Outcome, Error>
where
    R: Read,
    W: Write,
{
    if !kind::is_plain_text(media_type) {
        return Err(Error::Type(media_type.to_owned()));
    }
    let mut decoder = TextDecoder::new();
    let mut buffer = vec![0; STEP];
    let mut text = String::new();
    let (mut bytes, mut chars) = (0, 0);
    let mut write = |text: &mut String| {
        bytes += text.len() as u64;
        chars += text.chars().count() as u64;
        let written = sink.write_all(text.as_bytes()).map_err(Error::Write);
        text.clear();
        written
    };
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => decoder.push(buffer.get(..read).unwrap_or_default(), &mut text)?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Read(error)),
        }
        write(&mut text)?;
    }
    let decoded = decoder.finish(&mut text)?;
    write(&mut text)?;
    Ok(Outcome {
        extractor: decoded.encoding.to_string(),
        version: decoded.version(),
        bytes,
        chars,
        marks: decoded.marks,
    })
}
