use std::fmt;

/// Why some bytes are not JSON that we accept, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// Byte offset from the start of the text.
    pub offset: u64,
}

/// The kinds of refusal when JSON is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// Not JSON at all.
    Syntax(&'static str),
    /// The text ends too early.
    Truncated,
    /// Something follows the value.
    TrailingData,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// An object holds the same key twice.
    DuplicateKey(String),
    /// A `\uD800`–`\uDFFF` escape without its other half.
    LoneSurrogate,
    /// An integer outside ±(2^53 − 1), or a number too large for a double.
    NumberOutOfRange,
    /// More than [`super::MAX_DEPTH`] levels.
    TooDeep,
    /// A string longer than the reader's limit.
    StringTooLong,
    /// More bytes than the reader was given leave for.
    TooLarge,
    /// The source could not be read.
    Io(String),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            JsonErrorKind::Syntax(what) => write!(f, "{what}")?,
            JsonErrorKind::Truncated => write!(f, "the text ends too early")?,
            JsonErrorKind::TrailingData => write!(f, "something follows the value")?,
            JsonErrorKind::NotUtf8 => write!(f, "not UTF-8")?,
            JsonErrorKind::DuplicateKey(key) => write!(f, "the key {key:?} stands twice")?,
            JsonErrorKind::LoneSurrogate => write!(f, "half a surrogate pair")?,
            JsonErrorKind::NumberOutOfRange => write!(f, "a number out of range")?,
            JsonErrorKind::TooDeep => write!(f, "nested more than {} levels", super::MAX_DEPTH)?,
            JsonErrorKind::StringTooLong => write!(f, "a string is too long")?,
            JsonErrorKind::TooLarge => write!(f, "a value is too large")?,
            JsonErrorKind::Io(why) => write!(f, "{why}")?,
        }
        write!(f, " (byte {})", self.offset)
    }
}

impl std::error::Error for JsonError {}
