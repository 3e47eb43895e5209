//! Names of members, small enough that a million of them fit in memory.

use std::cmp::Ordering;
use std::fmt;

use crate::digest::Sha256;

/// The folder of a blob; ordered as their names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Folder {
    /// `cas/aux/`: what belongs to an event.
    Aux,
    /// `cas/extract/`: text taken out of a document.
    Extract,
    /// `cas/raw/`: a document as it was captured.
    Raw,
}

impl Folder {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Aux, Self::Extract, Self::Raw];

    /// The start of its members' names.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Aux => "cas/aux/",
            Self::Extract => "cas/extract/",
            Self::Raw => "cas/raw/",
        }
    }
}

/// A member's name. [`Name::new`] makes a `Blob` of every text that is one, so equal texts are equal names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// `cas/(raw|extract|aux)/<64 lower-case hex digits>`
    Blob(Folder, Sha256),
    /// Any other name.
    Other(Box<str>),
}

impl Name {
    /// The name that is written so.
    pub fn new(text: &str) -> Self {
        Self::parse_blob(text).unwrap_or_else(|| Self::Other(text.into()))
    }

    /// Folder and digest, if this is a blob.
    pub const fn blob(&self) -> Option<(Folder, Sha256)> {
        match self {
            Self::Blob(folder, digest) => Some((*folder, *digest)),
            Self::Other(_) => None,
        }
    }

    fn parse_blob(text: &str) -> Option<Self> {
        Folder::ALL.into_iter().find_map(|folder| {
            let digest = text.strip_prefix(folder.prefix())?.parse().ok()?;
            Some(Self::Blob(folder, digest))
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blob(folder, digest) => write!(f, "{}{digest}", folder.prefix()),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", self.to_string())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, text: &str) -> bool {
        match self {
            Self::Blob(..) => Self::parse_blob(text).as_ref() == Some(self),
            Self::Other(own) => **own == *text,
        }
    }
}

/// Names are ordered by the bytes of their texts.
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Blob(folder, digest), Self::Blob(other_folder, other_digest)) => {
                (folder, digest).cmp(&(other_folder, other_digest))
            }
            (Self::Other(text), Self::Other(other_text)) => text.cmp(other_text),
            (Self::Blob(folder, digest), Self::Other(text)) => {
                blob_text(*folder, digest).cmp(text.bytes())
            }
            (Self::Other(text), Self::Blob(folder, digest)) => {
                text.bytes().cmp(blob_text(*folder, digest))
            }
        }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The text of a blob's name, byte by byte: comparing a million of them must not allocate.
fn blob_text(folder: Folder, digest: &Sha256) -> impl Iterator<Item = u8> {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let digits = digest
        .as_bytes()
        .iter()
        .flat_map(move |byte| [digit(byte >> 4), digit(byte & 15)]);
    folder.prefix().bytes().chain(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_small_and_come_back_as_they_were() {
        let digest = Sha256::of(b"x");
        for folder in Folder::ALL {
            let text = format!("{}{digest}", folder.prefix());
            let name = Name::new(&text);
            assert_eq!(name.blob(), Some((folder, digest)));
            assert_eq!(name.to_string(), text);
            assert_eq!(&name, text.as_str());
            assert_eq!(Name::new(&text.to_uppercase()).blob(), None);
        }
        assert!(size_of::<Name>() <= 40);
    }

    #[test]
    fn order_is_that_of_the_bytes() {
        let mut texts: Vec<String> = [
            "a",
            "cas",
            "cas/",
            "cas/b",
            "cas/raw/0",
            "cas/raw/g",
            "cas/rax",
            "z",
            "",
            "é",
        ]
        .map(String::from)
        .into();
        for folder in Folder::ALL {
            for content in 0..20u8 {
                texts.push(format!("{}{}", folder.prefix(), Sha256::of(&[content])));
            }
        }
        let mut names: Vec<Name> = texts.iter().map(|text| Name::new(text)).collect();
        names.sort();
        texts.sort();
        assert_eq!(names.iter().map(Name::to_string).collect::<Vec<_>>(), texts);
    }
}
