//! Who holds a folder: a small file for each holder, locked as long as the holder lives.
//!
//! The lock and not the process number tells whether a holder lives, so that it is also told right between containers
//! and machines that share a volume and cannot see each other's processes.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The program that opens a data root, as others are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name, for example `fieldgrade serve`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Program {
    /// A name, and the version that this was built as.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The file name of the running executable.
    pub fn current() -> Self {
        let path = std::env::current_exe().ok();
        let name = path
            .as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        Self::named(name.as_deref().unwrap_or("fieldgrade"))
    }
}

/// A process that holds a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process number, on its host.
    pub pid: u32,
    /// The host's name; in a container the container's.
    pub host: String,
    /// Program and version.
    pub program: Program,
}

impl Holder {
    /// This process.
    pub fn this_process(program: &Program) -> Self {
        let host = rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned();
        Self {
            pid: std::process::id(),
            host,
            program: program.clone(),
        }
    }

    fn to_text(&self) -> String {
        let line = |text: &str| text.replace(char::is_control, " ");
        let Program { name, version } = &self.program;
        format!(
            "pid {}\nhost {}\nprogram {}\nversion {}\n",
            self.pid,
            line(&self.host),
            line(name),
            line(version)
        )
    }

    fn from_text(text: &str) -> Option<Self> {
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        };
        let program = Program {
            name: field("program")?.to_owned(),
            version: field("version")?.to_owned(),
        };
        Some(Self {
            pid: field("pid")?.parse().ok()?,
            host: field("host")?.to_owned(),
            program,
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Program { name, version } = &self.program;
        write!(
            f,
            "{name} {version} (process {} on {})",
            self.pid, self.host
        )
    }
}

/// The holders in a sentence.
pub(crate) fn list(holders: &[Holder]) -> String {
    if holders.is_empty() {
        return "another process".to_owned();
    }
    holders
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The sign that this process holds a folder. Dropped, it is taken down.
#[derive(Debug)]
pub(crate) struct Sign {
    path: PathBuf,
    _locked: File,
}

impl Sign {
    /// Puts up a sign in a folder of signs, which is made if needed.
    pub(crate) fn put_up(signs: &Path, holder: &Holder) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        match fs::DirBuilder::new().mode(0o700).create(signs) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        loop {
            let name = format!("{}-{}", holder.pid, COUNT.fetch_add(1, Ordering::Relaxed));
            // Locked and written under a name that nobody reads, so that a sign is never seen dead or half written.
            let (hidden, path) = (signs.join(format!(".{name}")), signs.join(name));
            let _ = fs::remove_file(&hidden);
            let made = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&hidden);
            let mut file = match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            };
            file.lock()?;
            file.write_all(holder.to_text().as_bytes())?;
            match fs::hard_link(&hidden, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    fs::remove_file(&hidden)?; // another host's process of that number
                    continue;
                }
                Err(_) => fs::rename(&hidden, &path)?, // no hard links on this file system
                Ok(()) => fs::remove_file(&hidden)?,
            }
            return Ok(Self {
                path,
                _locked: file,
            });
        }
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        // One that stays is seen to be dead, because the lock goes with this process.
        let _ = fs::remove_file(&self.path);
    }
}

/// The living holders, but for one's own sign. Signs of dead ones are taken down; what cannot be read is passed over.
pub(crate) fn living(signs: &Path, own: Option<&Sign>) -> Vec<Holder> {
    let Ok(entries) = fs::read_dir(signs) else {
        return Vec::new();
    };
    let hidden = |path: &Path| {
        path.file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'))
    };
    let paths = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !hidden(path) && own.is_none_or(|own| own.path != *path));
    let mut holders: Vec<Holder> = paths.filter_map(|path| living_one(&path)).collect();
    holders
        .sort_by(|a, b| (&a.host, a.pid, &a.program.name).cmp(&(&b.host, b.pid, &b.program.name)));
    holders
}

fn living_one(path: &Path) -> Option<Holder> {
    let file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(_)) => return None,
        Ok(()) => {
            let _ = fs::remove_file(path);
            return None;
        }
    }
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    Holder::from_text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_living_are_named_and_the_dead_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let signs = folder.path().join(".lock.d");
        assert!(living(&signs, None).is_empty());
        let me = Holder::this_process(&Program::named("a\nb"));
        let sign = Sign::put_up(&signs, &me).unwrap();
        fs::write(
            signs.join("1-0"),
            Holder {
                pid: 1,
                ..me.clone()
            }
            .to_text(),
        )
        .unwrap();
        let found = living(&signs, None);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].pid, found[0].program.name.as_str()),
            (me.pid, "a b")
        );
        assert!(
            !signs.join("1-0").exists(),
            "the sign of a dead process is taken down"
        );
        drop(sign);
        assert!(living(&signs, None).is_empty());
        assert_eq!(list(&[]), "another process");
    }
}
