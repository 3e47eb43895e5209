//! What kind of thing a member of a bundle is, told from its name alone.

use std::fmt;

/// The ten artifact types that a policy can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArtifactType {
    /// Program text.
    Code,
    /// An architecture description; no member name has this type.
    Dsl,
    /// An ONNX model.
    Onnx,
    /// Weights of a model.
    Weights,
    /// A document for people.
    Report,
    /// A part of the bundle's own frame.
    Bundle,
    /// Bytes of any other kind: all that is in the content-addressed store.
    Blob,
    /// The ledger.
    Provenance,
    /// The bill of materials.
    Sbom,
    /// Operations on the graph.
    KgDelta,
}

impl ArtifactType {
    /// All of them, in the order of the reference's default.
    pub const ALL: [Self; 10] = [
        Self::Code,
        Self::Dsl,
        Self::Onnx,
        Self::Weights,
        Self::Report,
        Self::Bundle,
        Self::Blob,
        Self::Provenance,
        Self::Sbom,
        Self::KgDelta,
    ];

    /// The type of a member of this name.
    pub fn of(member: &str) -> Self {
        let last = member.rsplit('/').next().unwrap_or(member);
        // As Python's `PurePath.suffix`: a name that starts or ends with its only point has none.
        let suffix = match last.rsplit_once('.') {
            Some((stem, suffix)) if !stem.is_empty() => suffix.to_ascii_lowercase(),
            _ => String::new(),
        };
        if matches!(
            last,
            "manifest.json" | "attestation.json" | "attestation.sig" | "attestation.dsse.json"
        ) {
            Self::Bundle
        } else if last.ends_with("sbom.json") || member.starts_with("sbom/") {
            Self::Sbom
        } else if last.starts_with("provenance") && suffix == "jsonl" {
            Self::Provenance
        } else {
            match suffix.as_str() {
                "py" | "js" | "ts" | "html" | "css" => Self::Code,
                "md" | "txt" | "csv" | "pdf" | "docx" => Self::Report,
                "onnx" => Self::Onnx,
                "pt" | "pth" | "bin" | "safetensors" => Self::Weights,
                "jsonl" => Self::KgDelta,
                _ => Self::Blob,
            }
        }
    }

    /// The word for it in a policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Dsl => "dsl",
            Self::Onnx => "onnx",
            Self::Weights => "weights",
            Self::Report => "report",
            Self::Bundle => "bundle",
            Self::Blob => "blob",
            Self::Provenance => "provenance",
            Self::Sbom => "sbom",
            Self::KgDelta => "kg_delta",
        }
    }
}

impl fmt::Display for ArtifactType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_type() {
        let cases = [
            ("manifest.json", ArtifactType::Bundle),
            ("deep/attestation.dsse.json", ArtifactType::Bundle),
            ("sbom/bom.dsse.json", ArtifactType::Sbom),
            ("app-sbom.json", ArtifactType::Sbom),
            ("my/sbom/x.txt", ArtifactType::Report),
            ("provenance.jsonl", ArtifactType::Provenance),
            ("provenance-2.JSONL", ArtifactType::Provenance),
            ("provenance/x.jsonl", ArtifactType::KgDelta),
            ("kg_delta.jsonl", ArtifactType::KgDelta),
            ("documents.jsonl", ArtifactType::KgDelta),
            ("tool.PY", ArtifactType::Code),
            (".py", ArtifactType::Blob),
            ("READ-ME-FIRST.txt", ArtifactType::Report),
            ("policy.json", ArtifactType::Blob),
            ("signer/card.json", ArtifactType::Blob),
            ("model.onnx", ArtifactType::Onnx),
            ("w.safetensors", ArtifactType::Weights),
            ("cas/raw/00ff", ArtifactType::Blob),
        ];
        for (name, expected) in cases {
            assert_eq!(ArtifactType::of(name), expected, "{name}");
        }
    }
}
