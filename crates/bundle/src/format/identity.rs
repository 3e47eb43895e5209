//! The object `fieldgrade` of a manifest: which chain, which part of it, what came before, who signs.

use crate::canon::{Object, ShapeError, Value};
use crate::digest::Sha256;
use crate::format::event::{digest, shape};
use crate::format::seal::{FORMAT, Kind, Link, Of, opt_count};
use crate::key::PublicKey;
use crate::merkle::Frontier;

/// The part of the chain that a bundle carries, and the state at its SEAL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRange {
    /// Hash of the chain's first event.
    pub chain: Sha256,
    /// First carried event.
    pub first: u64,
    /// Last carried event: the SEAL.
    pub last: u64,
    /// Size of the tree, the SEAL counted.
    pub size: u64,
    /// Hash of the SEAL.
    pub head: Sha256,
    /// Root of the tree.
    pub root: Sha256,
}

/// The series bundle before, with the tree at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The bundle.
    pub link: Link,
    /// Root of the tree at its SEAL.
    pub root: Sha256,
    /// The full subtrees at its SEAL.
    pub frontier: Vec<Sha256>,
}

/// What a bundle is.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Series or excerpt.
    pub kind: Kind,
    /// Writer.
    pub writer: u64,
    /// Number in the series.
    pub number: Option<u64>,
    /// Random id of the project, 32 hex digits.
    pub project_id: String,
    /// Title of the project.
    pub project_name: String,
    /// The part of the chain.
    pub ledger: LedgerRange,
    /// The bundle before.
    pub previous: Option<Previous>,
    /// The bundle that an excerpt is of.
    pub of: Option<Of>,
    /// How many documents are carried.
    pub documents: u64,
    /// The key that signs.
    pub signer: PublicKey,
}

/// Why the object is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Made by a newer program.
    #[error("unsupported_format: {0}")]
    Format(String),
    /// Missing, superfluous or wrong fields.
    #[error("manifest_invalid: {0}")]
    Shape(#[from] ShapeError),
    /// The key is not in its one form, or its id is not its own.
    #[error("signer_mismatch")]
    Signer,
}

const KEYS: [&str; 11] = [
    "documents",
    "ext",
    "format",
    "kind",
    "ledger",
    "number",
    "of",
    "previous",
    "project",
    "signer",
    "writer",
];
const LEDGER_KEYS: [&str; 6] = ["chain", "first", "head", "last", "root", "size"];
const PREVIOUS_KEYS: [&str; 7] = [
    "bundle_sha256",
    "frontier",
    "head",
    "manifest_sha256",
    "number",
    "root",
    "size",
];

impl Identity {
    /// The object as it is written.
    pub fn to_object(&self) -> Object {
        let project = Object::new()
            .with("id", self.project_id.as_str())
            .with("name", self.project_name.as_str());
        let ledger = Object::new()
            .with("chain", self.ledger.chain)
            .with("first", self.ledger.first)
            .with("last", self.ledger.last)
            .with("size", self.ledger.size)
            .with("head", self.ledger.head)
            .with("root", self.ledger.root);
        let previous = self.previous.as_ref().map(|previous| {
            previous
                .link
                .to_object()
                .with("root", previous.root)
                .with("frontier", previous.frontier.clone())
        });
        let signer = Object::new()
            .with("keyid", self.signer.id())
            .with("public_key", self.signer.to_pem());
        Object::new()
            .with("format", FORMAT)
            .with("writer", self.writer)
            .with("kind", self.kind.as_str())
            .with("number", self.number)
            .with("project", project)
            .with("ledger", ledger)
            .with("previous", previous)
            .with("of", self.of.as_ref().map(Of::to_object))
            .with("documents", self.documents)
            .with("signer", signer)
            .with("ext", Object::new())
    }

    /// Reads the object. The format is judged before anything else.
    pub fn read(object: &Object) -> Result<Self, IdentityError> {
        match object.get("format") {
            Some(Value::Int(n)) if u64::try_from(*n) == Ok(FORMAT) => {}
            Some(Value::Int(n)) => return Err(IdentityError::Format(n.to_string())),
            _ => return Err(shape("format", "an integer").into()),
        }
        object.exactly(&KEYS)?;
        object.object("ext")?;
        let project = object.object("project")?;
        project.exactly(&["id", "name"])?;
        let ledger = object.object("ledger")?;
        ledger.exactly(&LEDGER_KEYS)?;
        let previous = match object.required("previous")? {
            Value::Null => None,
            _ => Some(Self::read_previous(object.object("previous")?)?),
        };
        let signer = object.object("signer")?;
        signer.exactly(&["keyid", "public_key"])?;
        let pem = signer.string("public_key")?;
        let key = PublicKey::from_pem(pem.as_bytes()).map_err(|_| IdentityError::Signer)?;
        if key.to_pem() != pem || signer.string("keyid")? != key.id().to_string() {
            return Err(IdentityError::Signer);
        }
        let identity = Self {
            kind: Kind::read(object)?,
            writer: object.count("writer")?,
            number: opt_count(object, "number")?,
            project_id: project_id(project)?,
            project_name: project.string("name")?.to_owned(),
            ledger: LedgerRange {
                chain: digest(ledger, "chain")?,
                first: ledger.count("first")?,
                last: ledger.count("last")?,
                size: ledger.count("size")?,
                head: digest(ledger, "head")?,
                root: digest(ledger, "root")?,
            },
            previous,
            of: Of::read_opt(object)?,
            documents: object.count("documents")?,
            signer: key,
        };
        identity.check_kind()?;
        Ok(identity)
    }

    fn read_previous(object: &Object) -> Result<Previous, ShapeError> {
        object.exactly(&PREVIOUS_KEYS)?;
        let wrong = || shape("frontier", "a list of digests");
        let roots = object
            .array("frontier")?
            .iter()
            .map(|item| item.as_str().and_then(|text| text.parse().ok()));
        Ok(Previous {
            link: Link::read(object)?,
            root: digest(object, "root")?,
            frontier: roots.collect::<Option<_>>().ok_or_else(wrong)?,
        })
    }

    /// A series bundle has a number and, but for the first, a predecessor; an excerpt has neither but a bundle it is of.
    fn check_kind(&self) -> Result<(), ShapeError> {
        let good = match self.kind {
            Kind::Series => {
                self.of.is_none()
                    && self.number.is_some_and(|n| n >= 1)
                    && self.previous.is_some() == (self.number != Some(1))
            }
            Kind::Excerpt => self.number.is_none() && self.previous.is_none() && self.of.is_some(),
        };
        if good {
            Ok(())
        } else {
            Err(shape(
                "kind, number, previous, of",
                "a combination that belongs together",
            ))
        }
    }

    /// The tree at the end of the previous bundle, from which the lines go on; `None` if its parts disagree.
    pub fn starting_tree(&self) -> Option<Frontier> {
        match &self.previous {
            Some(previous) if self.ledger.first > 1 => {
                let tree =
                    Frontier::from_parts(previous.link.size, previous.frontier.clone()).ok()?;
                (tree.root() == previous.root).then_some(tree)
            }
            _ => Some(Frontier::new()),
        }
    }
}

fn project_id(project: &Object) -> Result<String, ShapeError> {
    let id = project.string("id")?;
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if id.len() == 32 && id.bytes().all(hex) {
        Ok(id.to_owned())
    } else {
        Err(shape("id", "32 lower-case hex digits"))
    }
}
