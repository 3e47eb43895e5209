//! Where everything lies in a data root. Nothing else joins paths.

use std::path::{Path, PathBuf};

use super::{DataRoot, Folder};
use crate::db::Database;

/// The name of the settings file.
const SETTINGS: &str = "fieldgrade.toml";

impl DataRoot {
    /// The path of one of the five folders, which need not be there yet: see [`DataRoot::ready`].
    pub fn folder(&self, folder: Folder) -> PathBuf {
        self.path.join(folder.name())
    }

    /// Files on their way in, from browsers and other machines.
    pub fn uploads(&self) -> PathBuf {
        self.uploads
            .clone()
            .unwrap_or_else(|| self.folder(Folder::TermiteRuntime).join("uploads"))
    }

    /// The content-addressed store: see [`crate::Blobs`].
    pub fn cas(&self) -> PathBuf {
        self.folder(Folder::TermiteRuntime).join("cas")
    }

    /// Signing keys.
    pub fn keys(&self) -> PathBuf {
        self.folder(Folder::TermiteRuntime).join("keys")
    }

    /// Documents and ledgers.
    pub fn termite_db(&self) -> PathBuf {
        self.database(Database::Termite)
    }

    /// The search index: derived, may be emptied.
    pub fn search_db(&self) -> PathBuf {
        self.database(Database::Search)
    }

    /// Held by the one process that is filling the search index.
    pub fn search_lock(&self) -> PathBuf {
        self.folder(Folder::TermiteRuntime).join("search.lock")
    }

    /// Sealed and received bundles.
    pub fn bundles_out(&self) -> PathBuf {
        self.folder(Folder::TermiteArtifacts).join("bundles_out")
    }

    /// Graph, staging, reviews.
    pub fn ecology_db(&self) -> PathBuf {
        self.database(Database::Ecology)
    }

    /// Reports on received bundles.
    pub fn reports(&self) -> PathBuf {
        self.folder(Folder::EcologyRuntime).join("reports")
    }

    /// What leaves the house.
    pub fn exports(&self) -> PathBuf {
        self.folder(Folder::EcologyArtifacts).join("exports")
    }

    /// Runs, workers, tokens.
    pub fn jobs_db(&self) -> PathBuf {
        self.database(Database::Jobs)
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.folder(Folder::UiRuntime).join(SETTINGS)
    }

    /// The settings file of a data root that is not open yet, or not there.
    pub fn settings_of(root: &Path) -> PathBuf {
        root.join(Folder::UiRuntime.name()).join(SETTINGS)
    }

    /// The lock that keeps a data root to one window.
    pub fn window_lock(&self) -> PathBuf {
        self.folder(Folder::UiRuntime).join("window.lock")
    }

    /// The list of everything in a backup. In a data root there is none.
    pub fn backup_manifest(&self) -> PathBuf {
        self.path.join("backup.json")
    }

    /// The file of a database.
    pub fn database(&self, database: Database) -> PathBuf {
        self.folder(database.folder()).join(database.file_name())
    }
}
