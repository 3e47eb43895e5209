use std::os::unix::fs::symlink;

use super::*;

/// A made-up `/sys`: a USB stick's partition, a disk behind USB, a fixed disk, an SD card, an encrypted stick.
fn system(top: &Path) -> System {
    let blocks = top.join("dev/block");
    fs::create_dir_all(&blocks).unwrap();
    let device = |number: &str, path: &str, removable: Option<&str>| {
        let real = top.join("devices").join(path);
        fs::create_dir_all(&real).unwrap();
        if let Some(removable) = removable {
            fs::write(real.join("removable"), removable).unwrap();
        }
        fs::write(real.join("dev"), format!("{number}\n")).unwrap();
        symlink(&real, blocks.join(number)).unwrap();
        real
    };
    device("8:0", "ata1/block/sda", Some("0\n"));
    device("8:1", "ata1/block/sda/sda1", None);
    device("8:16", "pci/block/sdb", Some("1\n"));
    device("8:17", "pci/block/sdb/sdb1", None);
    device("8:33", "pci/usb2/2-1/block/sdc/sdc1", None);
    fs::write(top.join("devices/pci/usb2/2-1/block/sdc/removable"), "0\n").unwrap();
    let card = device("179:0", "mmc/block/mmcblk0", Some("0\n"));
    fs::create_dir(card.join("device")).unwrap();
    fs::write(card.join("device/type"), "SD\n").unwrap();
    device("179:1", "mmc/block/mmcblk0/mmcblk0p1", None);
    let locked = device("253:0", "virtual/block/dm-0", Some("0\n"));
    fs::create_dir(locked.join("slaves")).unwrap();
    symlink(
        top.join("devices/pci/block/sdb/sdb1"),
        locked.join("slaves/sdb1"),
    )
    .unwrap();
    let turning = device("253:1", "virtual/block/dm-1", Some("0\n"));
    fs::create_dir(turning.join("slaves")).unwrap();
    symlink(&turning, turning.join("slaves/dm-1")).unwrap();
    let mounts = top.join("mountinfo");
    let lines = "36 35 0:31 / /mnt/a\\040b rw,noatime shared:1 master:2 - btrfs /dev/nosuch rw\n\
                 3 1 0:99 / /media rw - fuse.sshfs user@host: rw\n";
    fs::write(&mounts, lines).unwrap();
    System {
        mounts,
        blocks,
        disks: top.join("disk"),
    }
}

#[test]
fn what_can_be_taken_out_is_known() {
    let temp = tempfile::tempdir().unwrap();
    let system = system(temp.path());
    for (major, minor, expected) in [
        (8, 1, Some(false)),
        (8, 17, Some(true)),
        (8, 33, Some(true)),
        (179, 1, Some(true)),
        (253, 0, Some(true)),
        (253, 1, Some(false)),
        (0, 31, None),
    ] {
        let number = rustix::fs::makedev(major, minor);
        assert_eq!(system.removable(number, 0), expected, "{major}:{minor}");
    }
}

#[test]
fn the_mount_beats_the_number() {
    let temp = tempfile::tempdir().unwrap();
    let system = system(temp.path());
    let volume = |mount, magic| {
        system.volume(&Device {
            number: 0,
            mount,
            magic,
        })
    };
    let name = |mount, magic| volume(mount, magic).file_system;
    assert_eq!(name(Some(36), Some(0xef53)).as_deref(), Some("btrfs"));
    assert_eq!(
        name(Some(3), Some(0x6573_5546)).as_deref(),
        Some("fuse.sshfs")
    );
    assert_eq!(name(Some(4), Some(0x2011_bab0)).as_deref(), Some("exfat"));
    assert_eq!(name(None, Some(1)), None);
    assert_eq!(volume(None, None), Volume::default());
}

#[test]
fn labels_are_unescaped() {
    assert_eq!(unescaped(b"CASE\\x20014"), b"CASE 014");
    assert_eq!(unescaped(b"a\\x2fb\\xzz\\x4"), b"a/b\\xzz\\x4");
    assert_eq!(unescaped("ä\\".as_bytes()), "ä\\".as_bytes());
}
