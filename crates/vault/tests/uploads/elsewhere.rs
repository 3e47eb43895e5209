//! Uploads on another file system than the store: they are copied, and hashed again.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use vault::ItemStatus;

use crate::support::{Desk, bytes};

/// A folder on another file system than temporary folders, if there is one.
fn elsewhere(test: &str) -> Option<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let here = fs::metadata(std::env::temp_dir()).unwrap().dev();
    let there = fs::metadata(memory)
        .ok()
        .filter(|found| found.dev() != here);
    let folder = there.and_then(|_| tempfile::tempdir_in(memory).ok());
    if folder.is_none() {
        let mut past = std::io::stderr(); // the macros would be caught by the harness
        writeln!(
            past,
            "SKIPPED {test}: /dev/shm is no other file system that can be written to"
        )
        .unwrap();
    }
    folder
}

#[test]
fn it_is_copied_and_then_goes() {
    let Some(spool) = elsewhere("it_is_copied_and_then_goes") else {
        return;
    };
    let desk = Desk::with_spool(Some(spool.path().join("uploads")));
    let whole = bytes(9 << 20);
    let ids = [desk.sent("big", &whole), desk.sent("small", b"small")];
    assert!(desk.file(&ids[0]).starts_with("/dev/shm"));
    let (report, outcomes) = desk.take(&ids).unwrap();
    assert_eq!((report.captured, report.bytes), (2, (9 << 20) + 5));
    for id in &ids {
        assert!(!desk.file(id).exists());
    }
    assert_eq!(desk.take(&ids).unwrap().1, outcomes);
    assert_eq!(desk.items(), 2);
}

#[test]
fn what_rotted_there_is_not_stored_under_the_wrong_name() {
    let Some(spool) = elsewhere("what_rotted_there_is_not_stored_under_the_wrong_name") else {
        return;
    };
    let desk = Desk::with_spool(Some(spool.path().join("uploads")));
    let ids = [desk.sent("a", b"12345"), desk.sent("b", b"good")];
    fs::write(desk.file(&ids[0]), b"12345".map(|byte| byte ^ 1)).unwrap();
    let (report, outcomes) = desk.take(&ids).unwrap();
    assert_eq!((report.captured, report.failed), (1, 1));
    assert_eq!(outcomes[0].status, ItemStatus::Failed);
    assert!(!desk.blob(b"12345").exists());
}
