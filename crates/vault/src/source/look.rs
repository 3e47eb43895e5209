//! What the file system says of a file at one moment, and how two moments differ.

use std::os::fd::AsFd;

use rustix::fs::{AtFlags, FileType, Stat, fstat, statat};
use rustix::io::Errno;

use super::errors::{Change, Special};

/// What makes a file this file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub device: u64,
    pub inode: u64,
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Special(Special),
}

/// Seconds since 1970, nanoseconds forward from there.
pub(super) type Stamp = (i64, u32);

/// One look at a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub identity: Identity,
    pub kind: Kind,
    pub size: u64,
    pub modified: Stamp,
    pub changed: Stamp,
    /// No name leads to it any more.
    pub nameless: bool,
    /// It takes less room than its length: somewhere it may have a hole.
    pub may_have_holes: bool,
}

impl Look {
    /// At what is open.
    pub(super) fn of(file: impl AsFd) -> Result<Self, Errno> {
        fstat(file).map(|stat| Self::from(&stat))
    }

    /// At a name in a folder; a link is looked at itself. An empty name is the folder.
    pub(super) fn at(folder: impl AsFd, name: &[u8]) -> Result<Self, Errno> {
        let name = if name.is_empty() { b"." } else { name };
        statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map(|stat| Self::from(&stat))
    }

    /// What has happened to it since.
    pub(super) fn change_until(&self, now: &Self) -> Option<Change> {
        if self.identity != now.identity {
            Some(Change::Replaced)
        } else if now.size > self.size {
            Some(Change::Grew)
        } else if now.size < self.size {
            Some(Change::Shrank)
        } else if now.modified != self.modified {
            Some(Change::Rewritten)
        } else if now.changed != self.changed {
            Some(if now.nameless {
                Change::Replaced
            } else {
                Change::Touched
            })
        } else {
            None
        }
    }

    /// Whether a write at `now`, by the kernel's own coarse clock, could leave the time of change as it is.
    ///
    /// The kernel stamps with the time of its last tick, and some file systems keep less of it: FAT two seconds, others
    /// one. Which, shows in the digits. A stamp from the future says nothing, and waiting for it helps nobody.
    pub(super) fn is_fresh(&self, now: Stamp) -> bool {
        const SECOND: i128 = 1_000_000_000;
        let whole =
            |(seconds, nanoseconds): Stamp| i128::from(seconds) * SECOND + i128::from(nanoseconds);
        let grain = if self.changed.1 == 0 {
            2 * SECOND
        } else if self.changed.1.is_multiple_of(10_000_000) {
            SECOND / 100
        } else {
            0
        };
        let age = whole(now) - whole(self.changed);
        (0..=grain).contains(&age)
    }
}

impl From<&Stat> for Look {
    fn from(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            FileType::Socket => Kind::Special(Special::Socket),
            FileType::Fifo => Kind::Special(Special::Fifo),
            FileType::CharacterDevice | FileType::BlockDevice => Kind::Special(Special::Device),
            FileType::Unknown => Kind::Special(Special::Unknown),
        };
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let room = u64::try_from(stat.st_blocks)
            .unwrap_or(0)
            .saturating_mul(512);
        Self {
            identity: Identity {
                device: stat.st_dev,
                inode: stat.st_ino,
            },
            kind,
            size,
            modified: (
                stat.st_mtime,
                u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
            ),
            changed: (
                stat.st_ctime,
                u32::try_from(stat.st_ctime_nsec).unwrap_or(0),
            ),
            nameless: stat.st_nlink == 0,
            // Some file systems keep short files beside their names, in no block at all.
            may_have_holes: size > 4096 && room < size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(modified: Stamp, changed: Stamp) -> Look {
        Look {
            identity: Identity {
                device: 1,
                inode: 2,
            },
            kind: Kind::File,
            size: 10,
            modified,
            changed,
            nameless: false,
            may_have_holes: false,
        }
    }

    #[test]
    fn every_difference_has_a_name() {
        let before = look((5, 1), (5, 1));
        let with = |edit: &dyn Fn(&mut Look)| {
            let mut now = before;
            edit(&mut now);
            before.change_until(&now)
        };
        assert_eq!(with(&|_| {}), None);
        assert_eq!(with(&|l| l.size = 11), Some(Change::Grew));
        assert_eq!(with(&|l| l.size = 9), Some(Change::Shrank));
        assert_eq!(with(&|l| l.modified.1 = 2), Some(Change::Rewritten));
        assert_eq!(with(&|l| l.changed.1 = 2), Some(Change::Touched));
        assert_eq!(with(&|l| l.identity.inode = 3), Some(Change::Replaced));
        let removed = with(&|l| {
            l.changed.1 = 2;
            l.nameless = true;
        });
        assert_eq!(removed, Some(Change::Replaced));
    }

    #[test]
    fn fresh_is_what_the_next_write_could_stamp_alike() {
        // The time of writing is whatever somebody set it to.
        let changed = |stamp| look((i64::MAX, 0), stamp);
        let fine = changed((100, 123_456_789));
        assert!(fine.is_fresh((100, 123_456_789)));
        assert!(!fine.is_fresh((100, 123_456_790)));
        assert!(!fine.is_fresh((100, 0)), "from the future");
        let fat = changed((100, 0));
        assert!(fat.is_fresh((101, 999_999_999)));
        assert!(!fat.is_fresh((102, 1)));
        let exfat = changed((100, 120_000_000));
        assert!(exfat.is_fresh((100, 129_000_000)));
        assert!(!exfat.is_fresh((100, 131_000_000)));
    }
}
