//! What kind of file some bytes are: by what they hold first, by the name only where that can tell more.
//!
//! The tables are ours and fixed, so the same file has the same type on every machine and with every later version of a
//! library. A type is a help for people and for choosing a reader; nothing may rely on it being true.

mod container;
mod mail;
mod markup;
mod name;
mod signature;

use std::fmt;

use crate::text;
use name::Extension;

/// How many first bytes [`detect`] can use. Given fewer of a longer file it is right less often, and never fails.
pub const HEAD: usize = 2 * text::WINDOW;

/// A media type as in `Content-Type`, without parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(&'static str);

impl MediaType {
    /// A file of no bytes.
    pub const EMPTY: Self = Self("application/x-empty");
    /// Bytes of which nothing is known.
    pub const UNKNOWN: Self = Self("application/octet-stream");
    /// Text of no particular form.
    pub const TEXT: Self = Self("text/plain");

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl AsRef<str> for MediaType {
    fn as_ref(&self) -> &str {
        self.0
    }
}

/// The type of a file of `size` bytes that starts with `head`, at best [`HEAD`] bytes of it, and bears this name.
pub fn detect(head: &[u8], name: Option<&str>, size: u64) -> MediaType {
    let extension = Extension::of(name.unwrap_or_default());
    if head.is_empty() {
        return match size {
            0 => MediaType::EMPTY,
            _ => extension.text().unwrap_or(MediaType::UNKNOWN),
        };
    }
    if let Some(kind) = signature::certain(head) {
        return container::look(kind, head, &extension);
    }
    let complete = head.len() as u64 >= size;
    match text::peek(head, complete) {
        Ok(text) => markup::look(&text, &extension, complete),
        Err(_) => signature::of_binary(head).map_or(MediaType::UNKNOWN, |kind| {
            container::look(kind, head, &extension)
        }),
    }
}

/// Whether the bytes of this type are themselves text to read, markup included. Mail, RTF and PDF are not.
pub fn is_plain_text(media_type: &str) -> bool {
    let textual = [
        "application/json",
        "application/sql",
        "application/toml",
        "application/x-ndjson",
        "application/x-subrip",
        "application/xml",
        "application/yaml",
    ];
    media_type.starts_with("text/")
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
        || textual.contains(&media_type)
}
