//! The five folders of a data root.

/// The five folders, each of which may be a mount of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Folder {
    /// `termite_fieldpack/runtime`: uploads, blobs, keys, documents and ledgers, the search index.
    TermiteRuntime,
    /// `termite_fieldpack/artifacts`: sealed and received bundles.
    TermiteArtifacts,
    /// `mite_ecology/runtime`: graph, staging, reviews, reports.
    EcologyRuntime,
    /// `mite_ecology/artifacts`: exports.
    EcologyArtifacts,
    /// `fieldgrade_ui/runtime`: runs, workers, tokens, settings.
    UiRuntime,
}

impl Folder {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TermiteRuntime,
        Self::TermiteArtifacts,
        Self::EcologyRuntime,
        Self::EcologyArtifacts,
        Self::UiRuntime,
    ];

    /// The folders that they lie in.
    pub(super) const PARENTS: [&str; 3] = ["termite_fieldpack", "mite_ecology", "fieldgrade_ui"];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::TermiteRuntime => "termite_fieldpack/runtime",
            Self::TermiteArtifacts => "termite_fieldpack/artifacts",
            Self::EcologyRuntime => "mite_ecology/runtime",
            Self::EcologyArtifacts => "mite_ecology/artifacts",
            Self::UiRuntime => "fieldgrade_ui/runtime",
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}
