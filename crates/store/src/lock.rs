//! Locks on runtime folders. Whoever has a database open holds its folder together with others; whoever migrates,
//! restores or repairs holds it alone, and is told who is in the way.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Result, StoreError};
use crate::holder::{self, Holder, Program, Sign};

/// How long to wait for others to let a folder go, unless something else is said.
pub const WAIT: Duration = Duration::from_secs(10);

/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// A runtime folder held by this process, until the last clone of its `Arc` is dropped.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    program: Program,
    file: Mutex<Option<File>>,
    /// How it is held when nothing special goes on.
    how: Try,
    /// Databases that are open under this lock.
    open: AtomicUsize,
    sign: Option<Sign>,
}

impl FolderLock {
    /// Holds a folder together with others, waiting for one who holds it alone. For writers; makes the lock file.
    ///
    /// # Errors
    /// `root_in_use` after `wait`; `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn shared(folder: &Path, program: &Program, wait: Duration) -> Result<Arc<Self>> {
        Self::take(folder, program, wait, File::try_lock_shared)
    }

    /// Holds a folder alone, waiting for the others to let it go. For writers; makes the lock file.
    ///
    /// # Errors
    /// `root_in_use` after `wait`; `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn alone(folder: &Path, program: &Program, wait: Duration) -> Result<Arc<Self>> {
        Self::take(folder, program, wait, File::try_lock)
    }

    /// Holds a folder together with others without writing anything to it; where there is no lock file, there is
    /// nothing to hold. Others are not told the name of such a holder.
    ///
    /// # Errors
    /// `root_in_use` after `wait`; `io`, `permission_denied`.
    pub fn reading(folder: &Path, program: &Program, wait: Duration) -> Result<Arc<Self>> {
        let path = lock_path(folder);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            file => Some(file.map_err(|error| StoreError::io("open", path, error))?),
        };
        if let Some(file) = &file {
            wait_for(file, folder, None, wait, File::try_lock_shared)?;
        }
        Ok(Arc::new(Self::new(
            folder,
            program,
            file,
            File::try_lock_shared,
            None,
        )))
    }

    fn take(folder: &Path, program: &Program, wait: Duration, how: Try) -> Result<Arc<Self>> {
        let path = lock_path(folder);
        let file = open_lock(&path)?;
        wait_for(&file, folder, None, wait, how)?;
        let holder = Holder::this_process(program);
        let sign = Sign::put_up(&signs_path(folder), &holder)
            .map_err(|error| StoreError::io("write", path, error))?;
        Ok(Arc::new(Self::new(
            folder,
            program,
            Some(file),
            how,
            Some(sign),
        )))
    }

    fn new(
        folder: &Path,
        program: &Program,
        file: Option<File>,
        how: Try,
        sign: Option<Sign>,
    ) -> Self {
        let (folder, program) = (folder.to_owned(), program.clone());
        Self {
            folder,
            program,
            file: Mutex::new(file),
            how,
            open: AtomicUsize::new(0),
            sign,
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does something alone in the folder, then holds it as before.
    /// While this waits, somebody else may have held it alone: look at everything anew inside `act`.
    ///
    /// # Errors
    /// `root_in_use` when others hold it for longer than `wait`, or when this process itself has a database open in it.
    pub fn alone_for<T>(&self, wait: Duration, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let held = self.held();
        let Some(file) = &*held else {
            return Err(StoreError::ReadOnly {
                operation: "lock",
                path: self.folder.clone(),
            });
        };
        if self.open.load(Ordering::Acquire) > 0 {
            let holders = vec![Holder::this_process(&self.program)];
            return Err(StoreError::RootInUse {
                path: self.folder.clone(),
                holders,
            });
        }
        let own = self.sign.as_ref();
        let done = wait_for(file, &self.folder, own, wait, File::try_lock).and_then(|()| act());
        // A refused change of lock loses the old one as well, so this is needed in either case.
        wait_for(file, &self.folder, own, WAIT, self.how)?;
        done
    }

    /// Counts a database as open until the mark is dropped.
    pub(crate) fn mark_open(self: &Arc<Self>) -> OpenMark {
        let _quiet = self.held(); // not while somebody in this process is alone in it
        self.open.fetch_add(1, Ordering::AcqRel);
        OpenMark {
            lock: Arc::clone(self),
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<File>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A database that is open under a lock.
#[derive(Debug)]
pub(crate) struct OpenMark {
    lock: Arc<FolderLock>,
}

impl Drop for OpenMark {
    fn drop(&mut self) {
        self.lock.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A file that at most one process holds, such as the sign of the one window on a data root.
#[derive(Debug)]
pub struct FileLock {
    _locked: File,
}

impl FileLock {
    /// Takes it without waiting, making the file (mode 0600) if needed; none if somebody else has it.
    ///
    /// # Errors
    /// `io`, `disk_full`, `permission_denied`, `read_only`.
    pub fn try_take(path: &Path) -> Result<Option<Self>> {
        let file = open_lock(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _locked: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StoreError::io("lock", path, error)),
        }
    }
}

fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::io("open", path, error))
}

/// Who holds a folder now, as far as known, this process included.
pub fn holders(folder: &Path) -> Vec<Holder> {
    holder::living(&signs_path(folder), None)
}

type Try = fn(&File) -> std::result::Result<(), TryLockError>;

fn wait_for(
    file: &File,
    folder: &Path,
    own: Option<&Sign>,
    wait: Duration,
    how: Try,
) -> Result<()> {
    let start = Instant::now();
    loop {
        match how(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", folder, error)),
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                let holders = holder::living(&signs_path(folder), own);
                return Err(StoreError::RootInUse {
                    path: folder.to_owned(),
                    holders,
                });
            }
        }
    }
}

fn lock_path(folder: &Path) -> PathBuf {
    folder.join(".lock")
}

fn signs_path(folder: &Path) -> PathBuf {
    folder.join(".lock.d")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn together_or_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (serve, worker) = (Program::named("serve"), Program::named("worker"));
        let first = FolderLock::shared(folder.path(), &serve, NOW).unwrap();
        let second = FolderLock::shared(folder.path(), &worker, NOW).unwrap();
        let refused = FolderLock::alone(folder.path(), &worker, NOW).unwrap_err();
        assert_eq!(refused.code(), "root_in_use");
        assert!(
            refused.to_string().contains("serve") && refused.to_string().contains("process"),
            "{refused}"
        );
        assert_eq!(
            second.alone_for(NOW, || Ok(())).unwrap_err().code(),
            "root_in_use"
        );
        drop(first);
        second
            .alone_for(NOW, || {
                assert_eq!(
                    FolderLock::shared(folder.path(), &serve, NOW)
                        .unwrap_err()
                        .code(),
                    "root_in_use"
                );
                Ok(())
            })
            .unwrap();
        let third = FolderLock::shared(folder.path(), &serve, NOW).unwrap();
        assert_eq!(holders(folder.path()).len(), 2);
        drop((second, third));
        assert!(holders(folder.path()).is_empty());
        FolderLock::alone(folder.path(), &serve, NOW).unwrap();
    }

    #[test]
    fn an_open_database_forbids_being_alone() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::shared(folder.path(), &Program::named("serve"), NOW).unwrap();
        let mark = lock.mark_open();
        assert_eq!(
            lock.alone_for(NOW, || Ok(())).unwrap_err().code(),
            "root_in_use"
        );
        drop(mark);
        lock.alone_for(NOW, || Ok(())).unwrap();
    }

    #[test]
    fn one_window_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("window.lock");
        let first = FileLock::try_take(&path).unwrap();
        assert!(first.is_some() && FileLock::try_take(&path).unwrap().is_none());
        drop(first);
        assert!(FileLock::try_take(&path).unwrap().is_some());
    }

    #[test]
    fn waiting_ends_when_the_other_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::named("x");
        let first = FolderLock::alone(folder.path(), &program, NOW).unwrap();
        thread::scope(|scope| {
            let waiting =
                scope.spawn(|| FolderLock::shared(folder.path(), &program, WAIT).map(|_| ()));
            thread::sleep(Duration::from_millis(60));
            drop(first);
            waiting.join().unwrap().unwrap();
        });
    }
}
