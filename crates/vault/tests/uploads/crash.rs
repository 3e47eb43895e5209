//! What a crash leaves between the bytes' move and the entry, and what becomes of bytes that somebody took away.

use std::fs;

use store::{Access, DataRoot, Unwatched};
use vault::doctor::DoctorOptions;
use vault::{ItemStatus, UploadId, Withdrawal};

use crate::support::{Desk, bytes, code};

/// As a crash after the rename and before the commit leaves it.
fn moved(desk: &Desk, path: &str, bytes: &[u8]) -> UploadId {
    let id = desk.sent(path, bytes);
    fs::rename(desk.file(&id), desk.blob(bytes)).unwrap();
    id
}

#[test]
fn bytes_that_were_moved_are_taken_all_the_same() {
    let desk = Desk::new();
    let whole = bytes(50_000);
    let id = moved(&desk, "a", &whole);
    let desk = desk.reopen();
    assert_eq!(desk.items(), 0);
    let (report, outcomes) = desk.take(std::slice::from_ref(&id)).unwrap();
    assert_eq!((report.captured, outcomes[0].item), (1, Some(1)));
    assert_eq!(desk.take(std::slice::from_ref(&id)).unwrap().1, outcomes);
    assert_eq!(desk.items(), 1);
}

#[test]
fn they_stay_though_somebody_erases_the_same_bytes() {
    let desk = Desk::new();
    let other = desk.sent("other", b"shared");
    let item = desk.taken(&other);
    // Moved onto what is there already: the same name, the same bytes.
    let id = moved(&desk, "a", b"shared");
    let withdrawal = Withdrawal {
        reason: "by mistake",
        erase: true,
        names: false,
    };
    desk.vault
        .withdraw(&desk.project, item, &withdrawal, &desk.act)
        .unwrap();
    assert!(desk.blob(b"shared").exists());
    assert_eq!(desk.taken(&id), 2);
}

#[test]
fn they_stay_though_the_store_is_tidied_up() {
    let desk = Desk::new();
    let id = moved(&desk, "a", b"waiting");
    fs::write(desk.blob(b"nobody's"), b"nobody's").unwrap();
    // Both are older than what a repair leaves alone.
    for bytes in [&b"waiting"[..], b"nobody's"] {
        let old = std::time::SystemTime::UNIX_EPOCH;
        fs::File::open(desk.blob(bytes))
            .unwrap()
            .set_modified(old)
            .unwrap();
    }
    let machine = desk.vault.machine().clone();
    let desk = desk.reopen_after(|root| {
        let root = DataRoot::open(root, Access::Write).unwrap();
        let options = DoctorOptions {
            read_data: false,
            repair: true,
            reserve: 0,
        };
        vault::doctor::doctor(root, machine, &options, &Unwatched).unwrap();
    });
    assert!(desk.blob(b"waiting").exists());
    assert!(!desk.blob(b"nobody's").exists(), "nothing was tidied up");
    assert_eq!(desk.taken(&id), 1);
}

#[test]
fn they_go_when_the_upload_goes() {
    let desk = Desk::new();
    let id = moved(&desk, "a", b"unwanted");
    desk.vault.terminate_upload(&id, &desk.act).unwrap();
    assert!(!desk.blob(b"unwanted").exists());
    // Not if an item has the same ones.
    let item = desk.sent("b", b"wanted");
    desk.taken(&item);
    let id = moved(&desk, "c", b"wanted");
    desk.vault.terminate_upload(&id, &desk.act).unwrap();
    desk.sound();
}

#[test]
fn what_is_lost_is_said_and_stops_nobody() {
    let desk = Desk::new();
    let [lost, rotten, good] =
        ["lost", "rotten", "good"].map(|name| desk.sent(name, name.as_bytes()));
    fs::remove_file(desk.file(&lost)).unwrap();
    fs::write(desk.file(&rotten), b"rot").unwrap();
    let (report, outcomes) = desk.take(&[lost, rotten, good]).unwrap();
    assert_eq!((report.captured, report.failed), (1, 2));
    for outcome in &outcomes {
        match outcome.path.as_str() {
            "good" => assert_eq!(outcome.status, ItemStatus::Captured),
            _ => assert_eq!(outcome.error.as_ref().unwrap().code, "upload_lost"),
        }
    }
    let half = desk.begin("half", 10);
    desk.send(&half, 0, b"12345").unwrap();
    fs::remove_file(desk.file(&half)).unwrap();
    assert_eq!(code(desk.send(&half, 5, b"67890")), "upload_lost");
    desk.sound();
}
