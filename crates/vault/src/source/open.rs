//! Opening without following, without waiting, and without leaving a trace.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::errors::{Change, Problem, SourceError};
use super::folder;
use super::look::{Kind, Look, Stamp};
use super::place::Place;

const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// A regular file, open for reading, with the folder in which its name stands: two descriptors.
#[derive(Debug)]
pub struct SourceFile {
    pub(super) file: File,
    pub(super) folder: OwnedFd,
    pub(super) place: Place,
    look: Look,
    access_time_kept: bool,
}

/// What a file lies on, as [`super::Volumes`] asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// The device number, as `stat` has it.
    pub number: u64,
    /// The mount, as `/proc/self/mountinfo` numbers them.
    pub mount: Option<u64>,
    /// The number that names the kind of file system.
    pub magic: Option<u64>,
}

/// Opens a regular file for reading.
///
/// No link is followed, neither at the name nor on the way. It is looked at before it is opened, so that a device or a
/// FIFO is never opened, and after, so that it is what was looked at. Opening never waits for the other end of anything;
/// only for a program that holds a lease on the file (a file server), for at most a second. The time of last access
/// stays as it is where the system lets this user ask for that (the owner and root, on Linux).
///
/// # Errors
/// `vanished`, `permission_denied`, `not_a_file:…`, `changed_while_reading`, `io`.
pub fn open(place: &Place) -> Result<SourceFile, SourceError> {
    const ATTEMPTS: u32 = 20;
    let failed = |errno| Problem::of_listed(errno).at(place);
    let (path, name) = place.split();
    let folder = folder::reach(path).map_err(failed)?;
    for _ in 0..ATTEMPTS {
        let before = Look::at(&folder, name).map_err(failed)?;
        must_be_file(&before).map_err(|problem| problem.at(place))?;
        let (file, access_time_kept) = match folder::open_quietly(&folder, name, READ) {
            Ok(opened) => opened,
            // A lease: its holder has been told, and gives it back soon.
            Err(Errno::AGAIN) => {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            // It became a link meanwhile: the next look says so.
            Err(Errno::LOOP) => continue,
            Err(errno) => return Err(failed(errno)),
        };
        let look = Look::of(&file).map_err(failed)?;
        if look.identity == before.identity && look.kind == Kind::File {
            return Ok(SourceFile {
                file: File::from(file),
                folder,
                place: place.clone(),
                look,
                access_time_kept,
            });
        }
    }
    Err(Problem::Changed(Change::Replaced).at(place))
}

fn must_be_file(look: &Look) -> Result<(), Problem> {
    match look.kind {
        Kind::File => Ok(()),
        Kind::Special(special) => Err(Problem::NotAFile(special)),
        Kind::Folder | Kind::Link => Err(Problem::Changed(Change::Replaced)),
    }
}

impl SourceFile {
    /// Where it lies.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its length when it was opened.
    pub fn size(&self) -> u64 {
        self.look.size
    }

    /// When it was last written to, as seen when it was opened: seconds since 1970, and nanoseconds.
    pub fn modified(&self) -> (i64, u32) {
        self.look.modified
    }

    /// Whether reading it leaves the time of last access as it was.
    pub fn access_time_kept(&self) -> bool {
        self.access_time_kept
    }

    /// What it lies on.
    pub fn device(&self) -> Device {
        let number = self.look.identity.device;
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{AtFlags, StatxFlags, fstatfs, statx};
            let asked = StatxFlags::MNT_ID;
            let found = statx(&self.file, c"", AtFlags::EMPTY_PATH, asked).ok();
            let mount =
                found.filter(|found| StatxFlags::from_bits_retain(found.stx_mask).contains(asked));
            Device {
                number,
                mount: mount.map(|found| found.stx_mnt_id),
                magic: fstatfs(&self.file).ok().map(|stat| folder::magic(&stat)),
            }
        }
        #[cfg(not(target_os = "linux"))]
        Device {
            number,
            mount: None,
            magic: None,
        }
    }

    /// Looks again, at the open file.
    pub(super) fn look(&self) -> Result<Look, SourceError> {
        Look::of(&self.file).map_err(|errno| Problem::of_listed(errno).at(&self.place))
    }

    /// Looks again, at the file that its name now leads to.
    pub(super) fn look_by_name(&self) -> Result<Look, SourceError> {
        Look::at(&self.folder, self.place.name())
            .map_err(|errno| Problem::of_listed(errno).at(&self.place))
    }

    /// Whether this file system can be believed about holes.
    pub(super) fn holes_are_true(&self) -> bool {
        // OpenZFS has told of holes where bytes were waiting to be written.
        const ZFS: u64 = 0x2fc1_2fc1;
        self.device().magic.is_some_and(|magic| magic != ZFS)
    }
}

/// The time of the kernel's last tick, with which it stamps files.
pub(super) fn kernel_time() -> Stamp {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::RealtimeCoarse;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Realtime;
    let now = rustix::time::clock_gettime(CLOCK);
    (now.tv_sec, u32::try_from(now.tv_nsec).unwrap_or(0))
}
