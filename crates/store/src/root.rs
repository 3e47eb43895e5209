//! The data root: the one type that knows where everything lies.
//!
//! Its five folders may be five mounts, and their parent may be shared with nobody; so nothing lies in the parent and
//! nothing is ever renamed from one folder to another.

mod backup;
mod folder;
mod made_by;
mod paths;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

pub use folder::Folder;
pub(crate) use made_by::{APPLICATION_ID, Made, made_by, uri};

use crate::db::Database;
use crate::durable;
use crate::error::{Result, StoreError};
use crate::filesystem::{self, Filesystem};
use crate::holder::Program;
use crate::lock::{self, FolderLock};

/// How long to wait for another process's transaction, unless something else is said.
const BUSY: Duration = Duration::from_mins(1);

/// What a data root is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read and check. Nothing is written; the root may lie on a read-only mount.
    Read,
    /// To work with.
    Write,
}

/// An opened data root.
#[derive(Debug)]
pub struct DataRoot {
    path: PathBuf,
    access: Access,
    program: Program,
    wait: Duration,
    busy: Duration,
    uploads: Option<PathBuf>,
    assumed: Option<Filesystem>,
    locks: Mutex<[Weak<FolderLock>; 5]>,
}

impl DataRoot {
    /// Where the data root lies when nothing is said: the system's place for this user's data.
    ///
    /// # Errors
    /// `not_a_data_root` when the user has no home folder.
    pub fn default_path() -> Result<PathBuf> {
        let known = directories::ProjectDirs::from("", "", "fieldgrade");
        let none = || StoreError::NotADataRoot {
            path: PathBuf::from("~"),
            detail: "this user has no home folder",
        };
        known
            .map(|known| known.data_dir().to_owned())
            .ok_or_else(none)
    }

    /// Opens a data root that is there.
    ///
    /// # Errors
    /// `not_a_data_root` when none of the five folders is there; `is_a_backup`; `reference_root` when a database in it was made by the
    /// reference platform; `io`, `permission_denied`.
    pub fn open(path: &Path, access: Access) -> Result<Self> {
        let root = Self::at(path, access)?;
        root.refuse_backup()?;
        if !Folder::ALL
            .into_iter()
            .any(|folder| root.folder(folder).is_dir())
        {
            let detail = if root.path.is_dir() {
                "it has none of the five folders"
            } else {
                "there is no such folder"
            };
            return Err(StoreError::NotADataRoot {
                path: root.path,
                detail,
            });
        }
        root.refuse_reference()?;
        Ok(root)
    }

    /// Opens a data root for writing; where nothing is, or an empty folder, it becomes one.
    ///
    /// # Errors
    /// As [`DataRoot::open`], and `not_a_data_root` when the folder holds something else; `disk_full`, `read_only`.
    pub fn create(path: &Path) -> Result<Self> {
        let root = Self::at(path, Access::Write)?;
        root.refuse_backup()?;
        let used = Folder::ALL
            .into_iter()
            .any(|folder| root.folder(folder).exists());
        if !used && holds_something(&root.path)? {
            return Err(StoreError::NotADataRoot {
                path: root.path,
                detail: "it holds something else",
            });
        }
        root.refuse_reference()?;
        for folder in Folder::ALL {
            root.ready(folder)?;
        }
        Ok(root)
    }

    fn at(path: &Path, access: Access) -> Result<Self> {
        let path =
            std::path::absolute(path).map_err(|error| StoreError::io("find", path, error))?;
        Ok(Self {
            path,
            access,
            program: Program::current(),
            wait: lock::WAIT,
            busy: BUSY,
            uploads: None,
            assumed: None,
            locks: Mutex::default(),
        })
    }

    /// Under another name towards others.
    #[must_use]
    pub fn with_program(mut self, program: Program) -> Self {
        self.program = program;
        self
    }

    /// With another limit on waiting for others to let a folder go (10 s unless said).
    #[must_use]
    pub const fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// With another limit on waiting for another process's transaction (60 s unless said).
    #[must_use]
    pub const fn with_busy_timeout(mut self, busy: Duration) -> Self {
        self.busy = busy;
        self
    }

    /// With uploads kept elsewhere.
    #[must_use]
    pub fn with_uploads(mut self, uploads: PathBuf) -> Self {
        self.uploads = Some(uploads);
        self
    }

    /// As if all folders lay on that kind of file system, whatever the system says of them.
    #[must_use]
    pub const fn assuming(mut self, filesystem: Filesystem) -> Self {
        self.assumed = Some(filesystem);
        self
    }

    /// What it was opened for.
    pub const fn access(&self) -> Access {
        self.access
    }

    /// The parent of the five folders. Nothing lies in it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The limit on waiting for others to let a folder go.
    pub const fn wait(&self) -> Duration {
        self.wait
    }

    /// The limit on waiting for another process's transaction.
    pub const fn busy_timeout(&self) -> Duration {
        self.busy
    }

    /// The path of one of the five folders, made now (mode 0700) if it was missing.
    ///
    /// # Errors
    /// `not_a_data_root` when the root was opened for reading and the folder is missing; `io`, `disk_full`,
    /// `permission_denied`, `read_only`.
    pub fn ready(&self, folder: Folder) -> Result<PathBuf> {
        self.made(self.folder(folder))
    }

    /// Makes a folder inside the root (mode 0700) if it is missing.
    ///
    /// # Errors
    /// As [`DataRoot::ready`].
    pub fn made(&self, path: PathBuf) -> Result<PathBuf> {
        match self.access {
            Access::Write => durable::create_folder(&path)?,
            Access::Read if path.is_dir() => {}
            Access::Read => {
                let detail = "the folder is missing";
                return Err(StoreError::NotADataRoot { path, detail });
            }
        }
        Ok(path)
    }

    /// The kind of file system that a folder lies on.
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn filesystem(&self, folder: Folder) -> Result<Filesystem> {
        self.assumed
            .map_or_else(|| Filesystem::of(&self.folder(folder)), Ok)
    }

    /// How many bytes this user may still write to the disk under a folder, or where it would be made.
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn available(&self, folder: Folder) -> Result<u64> {
        filesystem::available(&self.folder(folder))
    }

    /// True if a folder lies on a mount that nobody can write to through this machine.
    ///
    /// # Errors
    /// `io`, `permission_denied`.
    pub fn is_read_only(&self, folder: Folder) -> Result<bool> {
        filesystem::is_read_only_mount(&self.folder(folder))
    }

    /// Holds a runtime folder together with others, as long as the answer lives. All in this process share one lock.
    /// On a network file system it is held alone, because there only one process may have the databases open.
    ///
    /// # Errors
    /// `root_in_use`, or `network_filesystem`, naming who holds it; `io`, `permission_denied`, `read_only`.
    pub fn hold(&self, folder: Folder) -> Result<Arc<FolderLock>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let place = locks.get_mut(folder.index());
        if let Some(lock) = place.as_ref().and_then(|lock| lock.upgrade()) {
            return Ok(lock);
        }
        let path = self.ready(folder)?;
        let lock = if self.access == Access::Read {
            FolderLock::reading(&path, &self.program, self.wait)?
        } else if self.filesystem(folder)?.is_network() {
            self.hold_alone_on_network(folder, &path)?
        } else {
            FolderLock::shared(&path, &self.program, self.wait)?
        };
        if let Some(place) = place {
            *place = Arc::downgrade(&lock);
        }
        Ok(lock)
    }

    /// Holds a runtime folder alone, as long as the answer lives: databases that are opened meanwhile through this root
    /// are opened under it. For restoring and repairing; call it before anything in the folder is opened.
    ///
    /// # Errors
    /// `root_in_use`, naming who holds it, this process included; `io`, `permission_denied`, `read_only`.
    pub fn hold_alone(&self, folder: Folder) -> Result<Arc<FolderLock>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.ready(folder)?;
        let lock = FolderLock::alone(&path, &self.program, self.wait)?;
        if let Some(place) = locks.get_mut(folder.index()) {
            *place = Arc::downgrade(&lock);
        }
        Ok(lock)
    }

    fn hold_alone_on_network(&self, folder: Folder, path: &Path) -> Result<Arc<FolderLock>> {
        let filesystem = self.filesystem(folder)?;
        FolderLock::alone(path, &self.program, self.wait).map_err(|error| match error {
            StoreError::RootInUse { path, holders } => StoreError::NetworkFilesystem {
                path,
                filesystem,
                holders,
            },
            other => other,
        })
    }

    fn refuse_reference(&self) -> Result<()> {
        // The index is derived, and the reference platform has none: whatever lies there must not keep anybody out.
        for database in Database::ALL
            .into_iter()
            .filter(|database| *database != Database::Search)
        {
            let path = self.database(database);
            if made_by(&path)? == Made::Reference {
                return Err(StoreError::ReferenceRoot { path });
            }
        }
        Ok(())
    }
}

/// True if a folder holds anything but hidden files, what a new file system starts with, and what a crash may have left
/// of a root that was just being made.
fn holds_something(path: &Path) -> Result<bool> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        entries => entries.map_err(|error| StoreError::io("list", path, error))?,
    };
    Ok(entries.flatten().any(|entry| {
        let name = entry.file_name();
        let known = name == "lost+found" || Folder::PARENTS.iter().any(|parent| name == *parent);
        !known && !name.to_string_lossy().starts_with('.')
    }))
}
