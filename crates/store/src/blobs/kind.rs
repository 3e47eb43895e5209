//! The three kinds of blob.

use std::fmt;

/// What a blob is to its project; each kind has its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlobKind {
    /// Bytes as they were captured.
    Raw,
    /// Text taken from captured bytes.
    Extract,
    /// Everything else that is sealed.
    Aux,
}

impl BlobKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Raw, Self::Extract, Self::Aux];

    /// `raw`, `extract`, `aux`: the word in databases and in bundles.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Extract => "extract",
            Self::Aux => "aux",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Its folder in the store.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Raw => "blobs",
            Self::Extract => "extracts",
            Self::Aux => "aux",
        }
    }
}

impl fmt::Display for BlobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
