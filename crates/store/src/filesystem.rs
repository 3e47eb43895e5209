//! What kind of file system a folder lies on, as far as it matters to locks and shared memory.

use std::fmt;
use std::path::Path;

use crate::error::{Result, StoreError};

/// A kind of file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filesystem {
    /// Locks and shared memory work between processes.
    Local,
    /// NFS.
    Nfs,
    /// SMB or CIFS.
    Smb,
    /// 9p, as between a virtual machine and its host.
    NineP,
    /// virtiofs, as between a virtual machine and its host. Linux reports it as FUSE.
    Virtiofs,
    /// FUSE.
    Fuse,
}

impl Filesystem {
    /// The kind under an existing path. Where the system does not tell, it is [`Filesystem::Local`].
    ///
    /// # Errors
    /// `io` or `permission_denied` when the path cannot be looked at.
    pub fn of(path: &Path) -> Result<Self> {
        let magic = magic(path).map_err(|errno| StoreError::io("look at", path, errno.into()))?;
        Ok(Self::from_magic(magic))
    }

    /// True where two processes cannot safely share a database.
    pub const fn is_network(self) -> bool {
        !matches!(self, Self::Local)
    }

    const fn from_magic(magic: u32) -> Self {
        match magic {
            0x6969 => Self::Nfs,
            0x517B | 0xFF53_4D42 | 0xFE53_4D42 => Self::Smb,
            0x0102_1997 => Self::NineP,
            0x6A65_6A63 => Self::Virtiofs,
            0x6573_5546 => Self::Fuse,
            _ => Self::Local,
        }
    }
}

impl fmt::Display for Filesystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "a local disk",
            Self::Nfs => "a network drive (NFS)",
            Self::Smb => "a network drive (SMB)",
            Self::NineP => "a folder shared with a virtual machine (9p)",
            Self::Virtiofs => "a folder shared with a virtual machine (virtiofs)",
            Self::Fuse => "a FUSE file system",
        })
    }
}

/// True if the mount under `path` is read-only.
///
/// # Errors
/// `io` or `permission_denied` when the path cannot be looked at.
pub(crate) fn is_read_only_mount(path: &Path) -> Result<bool> {
    let stat =
        rustix::fs::statvfs(path).map_err(|errno| StoreError::io("look at", path, errno.into()))?;
    Ok(stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// How many bytes an ordinary user may still write under a path, or where it would be made.
///
/// # Errors
/// `io` or `permission_denied` when the path cannot be looked at.
pub fn available(path: &Path) -> Result<u64> {
    let there = path.ancestors().find(|path| path.exists());
    let stat = rustix::fs::statvfs(there.unwrap_or(path))
        .map_err(|errno| StoreError::io("look at", path, errno.into()))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(target_os = "linux")]
fn magic(path: &Path) -> rustix::io::Result<u32> {
    // The kernel's word is wider on some machines; every magic number fits in 32 bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a magic number is a bit pattern"
    )]
    rustix::fs::statfs(path).map(|stat| stat.f_type as u32)
}

#[cfg(not(target_os = "linux"))]
fn magic(path: &Path) -> rustix::io::Result<u32> {
    rustix::fs::statvfs(path).map(|_| 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_numbers_are_known() {
        for (magic, kind) in [
            (0x6969, Filesystem::Nfs),
            (0xFF53_4D42, Filesystem::Smb),
            (0x0102_1997, Filesystem::NineP),
            (0x6573_5546, Filesystem::Fuse),
            (0xEF53, Filesystem::Local),
        ] {
            assert_eq!(Filesystem::from_magic(magic), kind);
            assert_eq!(kind.is_network(), kind != Filesystem::Local);
        }
    }

    #[test]
    fn the_temporary_folder_is_local_and_writable() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Filesystem::of(folder.path()).unwrap(), Filesystem::Local);
        assert!(!is_read_only_mount(folder.path()).unwrap());
    }
}
