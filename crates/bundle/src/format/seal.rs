//! What a SEAL event pins, and the links from bundle to bundle.

use crate::canon::{Object, ShapeError};
use crate::digest::Sha256;
use crate::format::event::{digest, opt_digest, shape};

/// The number of the bundle format.
pub const FORMAT: u64 = 1;
/// The number of the writer: a released one builds the same bytes for ever.
pub const WRITER: u64 = 1;

/// Whether a bundle continues the series or holds chosen items only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All events and items since the previous one.
    Series,
    /// Chosen items for one recipient; outside the numbering.
    Excerpt,
}

impl Kind {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Excerpt => "excerpt",
        }
    }

    pub(crate) fn read(object: &Object) -> Result<Self, ShapeError> {
        match object.string("kind")? {
            "series" => Ok(Self::Series),
            "excerpt" => Ok(Self::Excerpt),
            _ => Err(shape("kind", "\"series\" or \"excerpt\"")),
        }
    }
}

/// One bundle as another one names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number in the series.
    pub number: u64,
    /// Digest of its manifest.
    pub manifest_sha256: Sha256,
    /// Digest of its file.
    pub bundle_sha256: Sha256,
    /// Hash of its SEAL.
    pub head: Sha256,
    /// Place of its SEAL.
    pub size: u64,
}

impl Link {
    pub(crate) fn to_object(&self) -> Object {
        Object::new()
            .with("number", self.number)
            .with("manifest_sha256", self.manifest_sha256)
            .with("bundle_sha256", self.bundle_sha256)
            .with("head", self.head)
            .with("size", self.size)
    }

    pub(crate) fn read(object: &Object) -> Result<Self, ShapeError> {
        Ok(Self {
            number: object.count("number")?,
            manifest_sha256: digest(object, "manifest_sha256")?,
            bundle_sha256: digest(object, "bundle_sha256")?,
            head: digest(object, "head")?,
            size: object.count("size")?,
        })
    }
}

/// The series bundle that an excerpt is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    /// The bundle.
    pub link: Link,
    /// Root of the tree at its SEAL.
    pub root: Sha256,
}

const LINK_KEYS: [&str; 5] = ["bundle_sha256", "head", "manifest_sha256", "number", "size"];
const OF_KEYS: [&str; 6] = [
    "bundle_sha256",
    "head",
    "manifest_sha256",
    "number",
    "root",
    "size",
];

impl Of {
    pub(crate) fn to_object(&self) -> Object {
        self.link.to_object().with("root", self.root)
    }

    pub(crate) fn read_opt(object: &Object) -> Result<Option<Self>, ShapeError> {
        if object.required("of")?.is_null() {
            return Ok(None);
        }
        let of = object.object("of")?;
        of.exactly(&OF_KEYS)?;
        Ok(Some(Self {
            link: Link::read(of)?,
            root: digest(of, "root")?,
        }))
    }
}

/// The `content` of a SEAL: every input of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins {
    /// Series or excerpt.
    pub kind: Kind,
    /// Number in the series; none for an excerpt.
    pub number: Option<u64>,
    /// First event that the bundle carries.
    pub first: u64,
    /// The series bundle before.
    pub previous: Option<Link>,
    /// The series bundle that an excerpt is of.
    pub of: Option<Of>,
    /// Root of the tree before this event.
    pub root: Sha256,
    /// Size of the tree before this event.
    pub size: u64,
    /// Whose key signs.
    pub toolchain_id: String,
    /// Id of that key.
    pub keyid: Sha256,
    /// Bundle format.
    pub format: u64,
    /// Writer.
    pub writer: u64,
    /// Digest of `policy.json`.
    pub policy_sha256: Sha256,
    /// Digest of the list of keys, if one was given.
    pub allowlist_hash: Option<Sha256>,
    /// Digest of the SBOM.
    pub sbom_sha256: Sha256,
    /// Digest of the signer's card.
    pub card_sha256: Sha256,
    /// Digest of READ-ME-FIRST.txt.
    pub readme_sha256: Sha256,
    /// Language of READ-ME-FIRST.txt.
    pub language: String,
    /// How many CAPTURE events are carried.
    pub documents: u64,
}

impl Pins {
    /// The fields for the `content` of a SEAL (salt, clock and program are added by the ledger).
    pub fn to_object(&self) -> Object {
        Object::new()
            .with("kind", self.kind.as_str())
            .with("number", self.number)
            .with("first", self.first)
            .with("previous", self.previous.as_ref().map(Link::to_object))
            .with("of", self.of.as_ref().map(Of::to_object))
            .with("root", self.root)
            .with("size", self.size)
            .with("toolchain_id", self.toolchain_id.as_str())
            .with("keyid", self.keyid)
            .with("format", self.format)
            .with("writer", self.writer)
            .with("policy_sha256", self.policy_sha256)
            .with("allowlist_hash", self.allowlist_hash)
            .with("sbom_sha256", self.sbom_sha256)
            .with("card_sha256", self.card_sha256)
            .with("readme_sha256", self.readme_sha256)
            .with("language", self.language.as_str())
            .with("documents", self.documents)
    }

    /// Reads the `content` of a SEAL. Further keys may stand in it.
    pub fn read(content: &Object) -> Result<Self, ShapeError> {
        let previous = match content.required("previous")? {
            value if value.is_null() => None,
            _ => {
                let link = content.object("previous")?;
                link.exactly(&LINK_KEYS)?;
                Some(Link::read(link)?)
            }
        };
        Ok(Self {
            kind: Kind::read(content)?,
            number: opt_count(content, "number")?,
            first: content.count("first")?,
            previous,
            of: Of::read_opt(content)?,
            root: digest(content, "root")?,
            size: content.count("size")?,
            toolchain_id: content.string("toolchain_id")?.to_owned(),
            keyid: digest(content, "keyid")?,
            format: content.count("format")?,
            writer: content.count("writer")?,
            policy_sha256: digest(content, "policy_sha256")?,
            allowlist_hash: opt_digest(content, "allowlist_hash")?,
            sbom_sha256: digest(content, "sbom_sha256")?,
            card_sha256: digest(content, "card_sha256")?,
            readme_sha256: digest(content, "readme_sha256")?,
            language: content.string("language")?.to_owned(),
            documents: content.count("documents")?,
        })
    }
}

/// The `source` of a SEAL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The label, in people's words.
    pub label: String,
    /// For whom an excerpt is made.
    pub recipient: Option<String>,
    /// The chosen items of an excerpt, ascending.
    pub items: Option<Vec<u64>>,
}

impl Wishes {
    /// The fields for the `source` of a SEAL (salt and actor are added by the ledger).
    pub fn to_object(&self) -> Object {
        Object::new()
            .with("label", self.label.as_str())
            .with("recipient", self.recipient.as_deref())
            .with("items", self.items.clone())
    }

    /// Reads the `source` of a SEAL.
    pub fn read(source: &Object) -> Result<Self, ShapeError> {
        let items = match source.required("items")? {
            value if value.is_null() => None,
            _ => {
                let wrong = || shape("items", "ascending item numbers");
                let list = source
                    .array("items")?
                    .iter()
                    .map(|n| n.as_int().and_then(|n| u64::try_from(n).ok()));
                let list: Vec<u64> = list.collect::<Option<_>>().ok_or_else(wrong)?;
                if !list.is_sorted_by(|a, b| a < b) {
                    return Err(wrong());
                }
                Some(list)
            }
        };
        Ok(Self {
            label: source.string("label")?.to_owned(),
            recipient: source.opt_string("recipient")?.map(str::to_owned),
            items,
        })
    }
}

/// The `content` of a SEALED: what became of a SEAL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Hash of the SEAL.
    pub seal: Sha256,
    /// Digest of the manifest.
    pub manifest_sha256: Sha256,
    /// Digest of the file.
    pub bundle_sha256: Sha256,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl Sealed {
    /// The fields for the `content` of a SEALED.
    pub fn to_object(&self) -> Object {
        Object::new()
            .with("seal", self.seal)
            .with("manifest_sha256", self.manifest_sha256)
            .with("bundle_sha256", self.bundle_sha256)
            .with("bytes", self.bytes)
    }

    /// Reads the `content` of a SEALED.
    pub fn read(content: &Object) -> Result<Self, ShapeError> {
        Ok(Self {
            seal: digest(content, "seal")?,
            manifest_sha256: digest(content, "manifest_sha256")?,
            bundle_sha256: digest(content, "bundle_sha256")?,
            bytes: content.count("bytes")?,
        })
    }
}

pub(crate) fn opt_count(object: &Object, key: &str) -> Result<Option<u64>, ShapeError> {
    if object.required(key)?.is_null() {
        Ok(None)
    } else {
        object.count(key).map(Some)
    }
}
