//! What files lie on: the file system, its label and serial number, and whether one can take it out.

use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{major, minor};

use super::open::Device;

/// What a file lies on. What the system does not tell is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Volume {
    /// The file system, as Linux calls it: `ext4`, `vfat`, `nfs4`, `fuse.sshfs` …
    pub file_system: Option<String>,
    /// Whether it can be taken out: a stick, a card, a disk on USB. None for what has no device, as a network drive.
    pub removable: Option<bool>,
    /// The label that somebody gave it, in exact bytes.
    pub label: Option<Vec<u8>>,
    /// The serial number that it was formatted with.
    pub serial: Option<Vec<u8>>,
}

/// Asks the system once for each device.
#[derive(Debug)]
pub struct Volumes {
    known: HashMap<Device, Arc<Volume>>,
    system: System,
}

/// Where the system tells about devices.
#[derive(Debug)]
struct System {
    /// `/proc/self/mountinfo`
    mounts: PathBuf,
    /// `/sys/dev/block`
    blocks: PathBuf,
    /// `/dev/disk`
    disks: PathBuf,
}

impl Default for Volumes {
    fn default() -> Self {
        Self::new()
    }
}

impl Volumes {
    /// Nothing asked yet. To be made anew for each intake: another stick can get the number of the last one.
    pub fn new() -> Self {
        Self {
            known: HashMap::new(),
            system: System {
                mounts: "/proc/self/mountinfo".into(),
                blocks: "/sys/dev/block".into(),
                disks: "/dev/disk".into(),
            },
        }
    }

    /// What is known of a device.
    pub fn of(&mut self, device: &Device) -> Arc<Volume> {
        let (known, system) = (&mut self.known, &self.system);
        let entry = known.entry(*device);
        Arc::clone(entry.or_insert_with(|| Arc::new(system.volume(device))))
    }
}

impl System {
    fn volume(&self, device: &Device) -> Volume {
        let mount = device.mount.and_then(|id| self.mount(id));
        let (kind, source) = match mount {
            Some((kind, source)) => (Some(kind), source),
            None => (None, None),
        };
        // Some file systems have a number of their own: then the mount says which device is under it.
        let number = source
            .as_deref()
            .and_then(block_device)
            .unwrap_or(device.number);
        Volume {
            file_system: kind.or_else(|| device.magic.and_then(name_of).map(Into::into)),
            removable: self.removable(number, 0),
            label: self.link_to(number, "by-label"),
            serial: self.link_to(number, "by-uuid"),
        }
    }

    /// The kind and the source of a mount.
    fn mount(&self, id: u64) -> Option<(String, Option<PathBuf>)> {
        let mounts = fs::read_to_string(&self.mounts).ok()?;
        let id = id.to_string();
        let line = mounts
            .lines()
            .find(|line| line.split(' ').next() == Some(&id))?;
        // Fields of variable number end with a hyphen.
        let (_, after) = line.split_once(" - ")?;
        let mut fields = after.split(' ');
        let kind = fields.next()?.to_owned();
        let source = fields.next().filter(|source| source.starts_with('/'));
        Some((kind, source.map(PathBuf::from)))
    }

    fn removable(&self, number: u64, depth: u32) -> Option<bool> {
        const DEEPEST: u32 = 8;
        let device = self
            .blocks
            .join(format!("{}:{}", major(number), minor(number)));
        let real = device.canonicalize().ok()?;
        // A card reader or stick says so itself; a partition leaves it to the disk it is on. A disk on USB says no.
        let disk = if real.join("removable").exists() {
            real.as_path()
        } else {
            real.parent()?
        };
        let on_usb = real.iter().any(|part| part.as_bytes().starts_with(b"usb"));
        let is_card =
            fs::read(disk.join("device/type")).is_ok_and(|kind| kind.trim_ascii() == b"SD");
        if on_usb || is_card {
            return Some(true);
        }
        // What is encrypted or joined lies on other devices.
        let below = fs::read_dir(real.join("slaves"))
            .into_iter()
            .flatten()
            .flatten();
        let mut below = below.filter_map(|entry| device_number(&entry.path().join("dev")));
        if depth < DEEPEST && below.any(|number| self.removable(number, depth + 1) == Some(true)) {
            return Some(true);
        }
        let says = fs::read(disk.join("removable")).ok()?;
        Some(says.trim_ascii() == b"1")
    }

    /// The name of the link to a device in a folder of such links.
    fn link_to(&self, number: u64, folder: &str) -> Option<Vec<u8>> {
        let links = fs::read_dir(self.disks.join(folder)).ok()?;
        let link = links
            .flatten()
            .find(|link| block_device(&link.path()) == Some(number))?;
        Some(unescaped(link.file_name().as_bytes()))
    }
}

/// The number of a block device, by its name in `/dev`.
fn block_device(path: &Path) -> Option<u64> {
    let found = fs::metadata(path).ok()?;
    found.file_type().is_block_device().then(|| found.rdev())
}

/// The number in a file of the form `8:17`.
fn device_number(path: &Path) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let (major, minor) = text.trim().split_once(':')?;
    Some(rustix::fs::makedev(
        major.parse().ok()?,
        minor.parse().ok()?,
    ))
}

/// Undoes `\x20`, as names of links to devices are written.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((first, after)) = rest.split_first() {
        let digits = after
            .strip_prefix(b"x")
            .and_then(|digits| digits.split_at_checked(2));
        let byte = digits.and_then(|(pair, after)| {
            let text = std::str::from_utf8(pair).ok()?;
            Some((u8::from_str_radix(text, 16).ok()?, after))
        });
        match byte {
            Some((byte, after)) if *first == b'\\' => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

/// The name of a file system by its number: for where the list of mounts cannot be read.
fn name_of(magic: u64) -> Option<&'static str> {
    Some(match magic {
        // Its elder siblings have the same number.
        0xef53 => "ext4",
        0x5846_5342 => "xfs",
        0x9123_683e => "btrfs",
        0xf2f5_2010 => "f2fs",
        0x2fc1_2fc1 => "zfs",
        0xca45_1a4e => "bcachefs",
        0x0102_1994 => "tmpfs",
        0x8584_58f6 => "ramfs",
        0x794c_7630 => "overlay",
        0x4d44 => "vfat",
        0x2011_bab0 => "exfat",
        0x7366_746e => "ntfs3",
        0x5346_544e => "ntfs",
        0x4244 => "hfs",
        0x482b => "hfsplus",
        0x9660 => "iso9660",
        0x1501_3346 => "udf",
        0x7371_7368 => "squashfs",
        0xe0f5_e1e2 => "erofs",
        0x6969 => "nfs",
        0xff53_4d42 => "cifs",
        0xfe53_4d42 => "smb2",
        0x0102_1997 => "9p",
        0x00c3_6400 => "ceph",
        0x6573_5546 => "fuse",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
