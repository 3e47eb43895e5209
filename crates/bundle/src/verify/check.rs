//! The checks, their order, and how each ended.

/// The checks, in the order in which they are judged and listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// The archive is sound.
    Structure,
    /// The manifest can be read.
    Manifest,
    /// The format is known.
    Format,
    /// Everything listed is there, and nothing else.
    Presence,
    /// Every byte is the one that was sealed.
    Digests,
    /// Blobs carry their digest as name.
    BlobNames,
    /// The one byte form.
    OneForm,
    /// Manifest, attestation and statements agree.
    Attestation,
    /// Who signed.
    Signer,
    /// The receiver's rules.
    Policy,
    /// Entries and their chain.
    Lines,
    /// The chain's keys.
    Keys,
    /// The sealing entry describes this bundle.
    Seal,
    /// The signer's card.
    Card,
    /// Nothing but the chosen items.
    Excerpt,
    /// The list of documents.
    Documents,
    /// Documents' bytes and withdrawals.
    Blobs,
    /// The proposed changes.
    Delta,
    /// The hash tree.
    Tree,
    /// The bundle before.
    Previous,
    /// The series.
    Series,
}

impl CheckId {
    /// All checks in order.
    pub const ALL: [Self; 21] = [
        Self::Structure,
        Self::Manifest,
        Self::Format,
        Self::Presence,
        Self::Digests,
        Self::BlobNames,
        Self::OneForm,
        Self::Attestation,
        Self::Signer,
        Self::Policy,
        Self::Lines,
        Self::Keys,
        Self::Seal,
        Self::Card,
        Self::Excerpt,
        Self::Documents,
        Self::Blobs,
        Self::Delta,
        Self::Tree,
        Self::Previous,
        Self::Series,
    ];

    /// The id in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Manifest => "manifest",
            Self::Format => "format",
            Self::Presence => "presence",
            Self::Digests => "digests",
            Self::BlobNames => "blob_names",
            Self::OneForm => "one_form",
            Self::Attestation => "attestation",
            Self::Signer => "signer",
            Self::Policy => "policy",
            Self::Lines => "lines",
            Self::Keys => "keys",
            Self::Seal => "seal",
            Self::Card => "card",
            Self::Excerpt => "excerpt",
            Self::Documents => "documents",
            Self::Blobs => "blobs",
            Self::Delta => "delta",
            Self::Tree => "tree",
            Self::Previous => "previous",
            Self::Series => "series",
        }
    }

    /// What the check looks at, for people.
    pub fn question(self) -> &'static str {
        match self {
            Self::Structure => "Is the file a sound archive?",
            Self::Manifest => "Can the list of members be read?",
            Self::Format => "Does this program know the format?",
            Self::Presence => "Is everything there that is listed, and nothing else?",
            Self::Digests => "Is every byte the one that was sealed?",
            Self::BlobNames => "Are the documents stored under their digests?",
            Self::OneForm => "Is it the one form that these contents can have?",
            Self::Attestation => "Do manifest, attestation and statements agree?",
            Self::Signer => "Is it signed by somebody you trust?",
            Self::Policy => "Does it meet your rules?",
            Self::Lines => "Is the record of actions one unbroken chain?",
            Self::Keys => "Are the keys of the record explained?",
            Self::Seal => "Is this the bundle that the sealing entry describes?",
            Self::Card => "Is the signer's card valid?",
            Self::Excerpt => "Does it carry the chosen items only?",
            Self::Documents => "Is the list of documents the one that the entries give?",
            Self::Blobs => "Are the bytes of every document there?",
            Self::Delta => "Are the proposed changes those that the entries give?",
            Self::Tree => "Does the hash tree agree?",
            Self::Previous => "Does it continue the bundle before?",
            Self::Series => "Are all bundles of the series known?",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing wrong.
    Pass,
    /// Something wrong.
    Fail,
    /// Not done; the detail says why.
    Skipped,
}

impl Status {
    /// As it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

/// One result. A check that fails in several places has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// The reason, if it failed: a word of the catalogue, and after a colon the place.
    pub code: Option<String>,
    /// More, in plain words.
    pub detail: String,
}
