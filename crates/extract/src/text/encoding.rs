//! The encodings a text can be in.

use std::fmt;

/// The order of the bytes in a unit of UTF-16 or UTF-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// How the characters of a text are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(pub(super) Form);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Utf8,
    Utf16(Order),
    Utf32(Order),
    Legacy(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// UTF-8, and so ASCII.
    pub const UTF8: Self = Self(Form::Utf8);

    pub(super) const fn legacy(self) -> bool {
        matches!(self.0, Form::Legacy(_))
    }
}

/// `utf8`, `utf16le`, `utf16be`, `utf32le`, `utf32be`, else the name on the web in lower case: `windows-1252`, `shift_jis`.
impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Utf8 => f.write_str("utf8"),
            Form::Utf16(Order::Little) => f.write_str("utf16le"),
            Form::Utf16(Order::Big) => f.write_str("utf16be"),
            Form::Utf32(Order::Little) => f.write_str("utf32le"),
            Form::Utf32(Order::Big) => f.write_str("utf32be"),
            Form::Legacy(encoding) => f.write_str(&encoding.name().to_ascii_lowercase()),
        }
    }
}
