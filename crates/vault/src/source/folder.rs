//! Folders: reached without following a link, listed without leaving a trace.

use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Dir, FileType, Mode, OFlags, openat};
use rustix::io::Errno;

use super::look::{Kind, Look};

/// A place to go on from: it can be looked into even where its names may not be listed.
#[cfg(target_os = "linux")]
const REACH: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const REACH: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

const LIST: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// The folder at an absolute path that has no links; a link on the way is an error, whoever put it there since.
pub(super) fn reach(absolute: &[u8]) -> Result<OwnedFd, Errno> {
    // One call where the kernel has it, and where the path is short enough for one call.
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{ResolveFlags, openat2};
        match openat2(
            CWD,
            absolute,
            REACH,
            Mode::empty(),
            ResolveFlags::NO_SYMLINKS,
        ) {
            Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN | Errno::NAMETOOLONG) => {}
            done => return done,
        }
    }
    step_by_step(absolute)
}

fn step_by_step(absolute: &[u8]) -> Result<OwnedFd, Errno> {
    let mut folder = openat(CWD, c"/", REACH, Mode::empty())?;
    for name in absolute.split(|byte| *byte == b'/') {
        if !name.is_empty() {
            folder = openat(&folder, name, REACH | OFlags::NOFOLLOW, Mode::empty())?;
        }
    }
    Ok(folder)
}

/// The folder above one that was reached from there.
pub(super) fn above(folder: BorrowedFd<'_>) -> Result<OwnedFd, Errno> {
    openat(folder, c"..", REACH | OFlags::NOFOLLOW, Mode::empty())
}

/// A folder in a folder, open for listing. An empty name is the folder itself.
pub(super) fn enter(folder: impl AsFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    let name = if name.is_empty() { b"." } else { name };
    open_quietly(folder, name, LIST).map(|(folder, _)| folder)
}

/// Opens for reading, and leaves the time of last access as it is where this user may: whether so, is the second value.
pub(super) fn open_quietly(
    folder: impl AsFd,
    name: &[u8],
    flags: OFlags,
) -> Result<(OwnedFd, bool), Errno> {
    #[cfg(target_os = "linux")]
    match openat(&folder, name, flags | OFlags::NOATIME, Mode::empty()) {
        // Only the owner may ask for that.
        Err(Errno::PERM) => {}
        done => return done.map(|opened| (opened, true)),
    }
    openat(&folder, name, flags, Mode::empty()).map(|opened| (opened, false))
}

/// Names in a folder, each with a slash behind it if it is a folder, so that their order is that of the paths below.
pub(super) struct Names {
    /// What was listed, in order.
    pub names: Vec<Box<[u8]>>,
    /// Why it is not all.
    pub cut_short: Option<Cut>,
}

/// Why a listing ended early.
pub(super) enum Cut {
    Errno(Errno),
    Canceled,
}

/// Lists a folder. `go_on` is asked once for every 1024 names.
pub(super) fn list(folder: &OwnedFd, go_on: &mut dyn FnMut(u64) -> bool) -> Names {
    let mut names = Vec::new();
    let cut_short = list_into(folder, &mut names, go_on).err();
    names.sort_unstable();
    Names { names, cut_short }
}

fn list_into(
    folder: &OwnedFd,
    names: &mut Vec<Box<[u8]>>,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Cut> {
    const ASK_EVERY: u64 = 1024;
    let duplicate = rustix::io::fcntl_dupfd_cloexec(folder, 0).map_err(Cut::Errno)?;
    let entries = Dir::new(duplicate).map_err(Cut::Errno)?;
    let mut since_asked = 0;
    for entry in entries {
        let entry = entry.map_err(Cut::Errno)?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        names.push(listed(folder, name, entry.file_type()));
        since_asked += 1;
        if since_asked == ASK_EVERY {
            since_asked = 0;
            if !go_on(ASK_EVERY) {
                return Err(Cut::Canceled);
            }
        }
    }
    Ok(())
}

fn listed(folder: &OwnedFd, name: &CStr, kind: FileType) -> Box<[u8]> {
    let name = name.to_bytes();
    let is_folder = match kind {
        FileType::Directory => true,
        // Not every file system tells it with the name.
        FileType::Unknown => Look::at(folder, name).is_ok_and(|look| look.kind == Kind::Folder),
        _ => false,
    };
    if is_folder {
        [name, b"/"].concat().into()
    } else {
        name.into()
    }
}

/// Whether a folder shows the running system instead of holding files: what reads there may have effects or no end.
#[cfg(target_os = "linux")]
pub(super) fn is_system(folder: impl AsFd) -> bool {
    // proc, sysfs, cgroup 1 and 2, debugfs, tracefs, securityfs, selinuxfs, bpf, configfs, binfmt_misc, mqueue, nsfs,
    // fusectl.
    const MAGIC: [u64; 14] = [
        0x9fa0,
        0x6265_6572,
        0x0027_e0eb,
        0x6367_7270,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0xf97c_ff8c,
        0xcafe_4a11,
        0x6265_6570,
        0x4249_4e4d,
        0x1980_0202,
        0x6e73_6673,
        0x6573_5543,
    ];
    rustix::fs::fstatfs(folder).is_ok_and(|stat| MAGIC.contains(&magic(&stat)))
}

/// Elsewhere the system has no such folders.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_system(_: impl AsFd) -> bool {
    false
}

/// The number that names a kind of file system.
#[cfg(target_os = "linux")]
pub(super) fn magic(stat: &rustix::fs::StatFs) -> u64 {
    // The kernel's word is wider on some machines, and signed: every magic number is a pattern of 32 bits.
    #[expect(clippy::cast_sign_loss, reason = "a magic number is a bit pattern")]
    let bits = stat.f_type as u64;
    bits & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_reach_a_folder_refuse_links() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path().canonicalize().unwrap();
        std::fs::create_dir_all(top.join("real/inner")).unwrap();
        std::os::unix::fs::symlink("real", top.join("link")).unwrap();
        let bytes = |path: &str| top.join(path).into_os_string().into_encoded_bytes();
        for way in [reach, step_by_step] {
            let straight = Look::of(way(&bytes("real/inner")).unwrap()).unwrap();
            assert_eq!(straight.kind, Kind::Folder);
            for refused in ["link", "link/inner", "missing"] {
                assert!(way(&bytes(refused)).is_err(), "{refused}");
            }
        }
    }

    #[test]
    fn what_became_a_link_is_not_entered() {
        let temp = tempfile::tempdir().unwrap();
        let top = reach(
            &temp
                .path()
                .canonicalize()
                .unwrap()
                .into_os_string()
                .into_encoded_bytes(),
        )
        .unwrap();
        std::fs::create_dir(temp.path().join("real")).unwrap();
        std::os::unix::fs::symlink("real", temp.path().join("link")).unwrap();
        assert!(enter(&top, b"real").is_ok());
        assert!(enter(&top, b"link").is_err());
    }

    #[test]
    fn the_running_system_is_no_folder_of_files() {
        assert!(is_system(reach(b"/proc/sys").unwrap()));
        assert!(is_system(reach(b"/sys").unwrap()));
        assert!(!is_system(reach(b"/").unwrap()));
    }
}
