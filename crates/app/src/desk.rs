//! An open data root: what commands, server and window work at.

use std::path::Path;

use store::durable::Swept;
use store::{Access, DataRoot};
use vault::{Act, By, DEFAULT, Erasures, Machine, Project, Vault};

use crate::error::AppError;

/// The program's own bill of materials, made from Cargo.lock when it was built.
pub const SBOM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bom.cdx.json"));

/// An open data root.
pub struct Desk {
    vault: Vault,
    tidied: Swept,
    erased: Result<Erasures, AppError>,
}

impl Desk {
    /// Opens the data root for working in it; makes it if there is none. What a crash left half done is tidied up.
    pub fn open(data_dir: &Path) -> Result<Self, AppError> {
        Self::make(DataRoot::create(data_dir)?)
    }

    /// The same with uploads kept somewhere else than in the data root.
    pub fn open_with_uploads(data_dir: &Path, uploads: &Path) -> Result<Self, AppError> {
        Self::make(DataRoot::create(data_dir)?.with_uploads(uploads.to_owned()))
    }

    fn make(root: DataRoot) -> Result<Self, AppError> {
        let mut desk = Self::start(root)?;
        desk.vault.check_heads()?;
        desk.erased = desk.vault.finish_erasures().map_err(AppError::from);
        Ok(desk)
    }

    /// Opens a data root that is there, for working in it.
    pub fn open_there(data_dir: &Path) -> Result<Self, AppError> {
        let desk = Self::start(DataRoot::open(data_dir, Access::Write)?)?;
        desk.vault.check_heads()?;
        Ok(desk)
    }

    /// Opens the data root for looking only. Nothing is written, not even to tidy up.
    pub fn open_to_read(data_dir: &Path) -> Result<Self, AppError> {
        Self::start(DataRoot::open(data_dir, Access::Read)?)
    }

    /// Opens the data root for searching, which leaves no entry but brings the index up to date. Where nothing can be
    /// written, what is in the index already can be found. None is made where there is none.
    pub fn open_to_search(data_dir: &Path) -> Result<Self, AppError> {
        let opened = DataRoot::open(data_dir, Access::Write).map_err(AppError::from);
        match opened.and_then(Self::start) {
            Err(error) if matches!(error.code, "read_only" | "permission_denied") => {
                Self::open_to_read(data_dir)
            }
            opened => opened,
        }
    }

    fn start(root: DataRoot) -> Result<Self, AppError> {
        let (vault, tidied) = Vault::open(root, machine())?;
        let erased = Ok(Erasures::default());
        Ok(Self {
            vault,
            tidied,
            erased,
        })
    }

    /// Everything that is known and done about evidence.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What was tidied up when it was opened.
    pub fn tidied(&self) -> &Swept {
        &self.tidied
    }

    /// Erasures that an earlier run could not finish. One that cannot be finished now either stops no other work.
    pub fn erased(&self) -> &Result<Erasures, AppError> {
        &self.erased
    }

    /// A new act on the command line, by the person named for this once or by the operator.
    pub fn act(&self, actor: Option<&str>, by: By) -> Result<Act, AppError> {
        Ok(self.vault.act(actor, by)?)
    }

    /// The case to work in.
    pub fn project(&self, name: Option<&str>, act: &Act) -> Result<Project, AppError> {
        Ok(self.vault.project(name.unwrap_or(DEFAULT), act)?)
    }

    /// The case to look at; one that was never begun is an empty default case.
    pub fn project_to_read(&self, name: Option<&str>) -> Result<Project, AppError> {
        let name = name.unwrap_or(DEFAULT);
        let found = self.vault.find_project(name)?;
        found.ok_or_else(|| vault::VaultError::ProjectUnknown(name.to_owned()).into())
    }
}

/// This machine, as the program names itself on it.
pub(crate) fn machine() -> Machine {
    Machine::this("fieldgrade", env!("CARGO_PKG_VERSION"), SBOM)
}
