//! What the bytes of a bundle mean: the only place that knows field names.

pub mod attestation;
pub mod body;
pub mod card;
pub mod document;
pub mod event;
pub mod file_name;
pub mod handover;
pub mod identity;
pub mod kind;
pub mod line;
pub mod manifest;
pub mod op;
pub mod revocation;
pub mod seal;
pub mod statement;
pub mod text;
pub mod time;

/// Member names that stand in every bundle.
pub mod member {
    /// The list of members and digests, and what the bundle is.
    pub const MANIFEST: &str = "manifest.json";
    /// What was signed: the digest of the manifest, label and hashes.
    pub const ATTESTATION: &str = "attestation.json";
    /// The signature over the attestation's bytes.
    pub const SIGNATURE: &str = "attestation.sig";
    /// The build statement in an envelope.
    pub const ATTESTATION_DSSE: &str = "attestation.dsse.json";
    /// The events.
    pub const PROVENANCE: &str = "provenance.jsonl";
    /// The graph operations.
    pub const DELTA: &str = "kg_delta.jsonl";
    /// One line a document.
    pub const DOCUMENTS: &str = "documents.jsonl";
    /// The sealer's policy, shown and never obeyed.
    pub const POLICY: &str = "policy.json";
    /// What this is, for people.
    pub const README: &str = "READ-ME-FIRST.txt";
    /// Who signed, by their own words.
    pub const CARD: &str = "signer/card.json";
    /// The parts of the program that sealed.
    pub const SBOM: &str = "sbom/bom.cdx.json";
    /// The SBOM statement in an envelope.
    pub const SBOM_DSSE: &str = "sbom/bom.dsse.json";

    /// Members that `files` of the manifest does not list: they depend on the manifest or on each other.
    pub const UNLISTED: [&str; 5] = [
        MANIFEST,
        ATTESTATION,
        SIGNATURE,
        ATTESTATION_DSSE,
        SBOM_DSSE,
    ];
}
