use std::fmt;

use super::{MAX_BYTES, MAX_NODES};
use crate::canon::{MAX_DEPTH, MAX_INT};

/// A place in a text file, as an editor counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line; the first is 1.
    pub line: usize,
    /// The column in characters; the first is 1.
    pub column: usize,
}

impl Place {
    /// The place after `text`, which starts a file.
    pub(super) fn after(text: &str) -> Self {
        let last = text.rsplit('\n').next().unwrap_or_default();
        Self {
            line: text.matches('\n').count() + 1,
            column: last.chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why some bytes are not YAML that we accept, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// What is wrong.
    pub kind: YamlErrorKind,
    /// Where it stands.
    pub place: Place,
}

/// The kinds of refusal when YAML is read. Words of the file are shortened and quoted when shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlErrorKind {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A character that YAML forbids, or a line separator that readers do not agree about.
    Character(char),
    /// Not YAML at all; in the words of the parser.
    Syntax(String),
    /// A form that programs read differently.
    Ambiguous(String),
    /// A block of text that the end of the file cuts off in a blank line.
    BlankEnd,
    /// A second document in the file.
    SeveralDocuments,
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// More than [`MAX_NODES`] values, or far more text than the file has, once aliases are written out.
    TooManyValues,
    /// An alias inside the value that it names.
    ContainsItself,
    /// A key that is not text.
    KeyNotText(&'static str),
    /// `<<` with something that is not a mapping.
    BadMerge,
    /// A date or a time, which has no canonical form.
    Date(String),
    /// An integer outside ±(2^53 − 1).
    IntOutOfRange(String),
    /// Infinity, not-a-number, or a number too large for a double.
    NotFinite(String),
    /// A value that is not of the type its tag or form announces.
    Malformed(String),
    /// A tag that we do not read.
    Tag(String),
}

impl YamlErrorKind {
    pub(super) fn at(self, place: Place) -> YamlError {
        YamlError { kind: self, place }
    }
}

impl YamlError {
    /// What to do about it, in one sentence.
    pub fn next_step(&self) -> String {
        use YamlErrorKind as Kind;
        match &self.kind {
            Kind::TooLarge => {
                "Remove what does not belong there; such files have a few dozen lines.".into()
            }
            Kind::NotUtf8 => "Save the file as UTF-8.".into(),
            Kind::Character(c) => {
                format!(
                    "Remove the character, or write it as \"\\u{:04x}\" between double quotes.",
                    u32::from(*c)
                )
            }
            Kind::Syntax(_) => {
                "Compare the indentation, quotes and brackets with the lines around it.".into()
            }
            Kind::Ambiguous(_) => "Put the value between quotes, or use letters and digits.".into(),
            Kind::BlankEnd => "End the last line with a line break.".into(),
            Kind::SeveralDocuments => "Keep one document and remove the `---` between them.".into(),
            Kind::TooDeep => "Use fewer levels.".into(),
            Kind::TooManyValues => {
                "Write fewer values, and write them out in place of aliases.".into()
            }
            Kind::ContainsItself => "Write the value out in place of the alias.".into(),
            Kind::KeyNotText(_) => "Put the key between quotes.".into(),
            Kind::BadMerge => "Give `<<` a mapping, or a list of mappings.".into(),
            Kind::Date(text) => format!("Put it between quotes: \"{}\".", short(text)),
            Kind::IntOutOfRange(_) => "Use a smaller number, or put it between quotes.".into(),
            Kind::NotFinite(_) => "Use a finite number, or put it between quotes.".into(),
            Kind::Malformed(_) => {
                "Correct the value, or remove its tag or put it between quotes.".into()
            }
            Kind::Tag(_) => "Remove the tag, or put the value between quotes.".into(),
        }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use YamlErrorKind as Kind;
        write!(f, "{}: ", self.place)?;
        match &self.kind {
            Kind::TooLarge => write!(f, "the file is larger than {} KiB", MAX_BYTES / 1024),
            Kind::NotUtf8 => write!(f, "the text is not UTF-8"),
            Kind::Character(c) => write!(
                f,
                "the character U+{:04X} may not stand here",
                u32::from(*c)
            ),
            Kind::Syntax(what) => write!(f, "this is not YAML: {}", short(what)),
            Kind::Ambiguous(text) => write!(
                f,
                "{:?} is read differently by different programs",
                short(text)
            ),
            Kind::BlankEnd => write!(f, "the file ends in a blank line of a block of text"),
            Kind::SeveralDocuments => write!(f, "a second document starts here"),
            Kind::TooDeep => write!(f, "nested more than {MAX_DEPTH} levels"),
            Kind::TooManyValues => write!(
                f,
                "more than {MAX_NODES} values, or too much text, with aliases written out"
            ),
            Kind::ContainsItself => write!(f, "the alias names a value that contains it"),
            Kind::KeyNotText(what) => write!(f, "the key is {what}, not text"),
            Kind::BadMerge => write!(f, "`<<` does not name a mapping"),
            Kind::Date(text) => write!(
                f,
                "{:?} is read as a date, which cannot be hashed",
                short(text)
            ),
            Kind::IntOutOfRange(text) => {
                write!(f, "the integer {} is beyond ±{MAX_INT}", short(text))
            }
            Kind::NotFinite(text) => write!(f, "the number {} is not finite", short(text)),
            Kind::Malformed(text) => {
                write!(f, "{:?} is not what its tag or form announces", short(text))
            }
            Kind::Tag(tag) => write!(f, "the tag {:?} is not supported", short(tag)),
        }
    }
}

impl std::error::Error for YamlError {}

/// At most 60 characters of a text from outside.
pub(in crate::policy) fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
