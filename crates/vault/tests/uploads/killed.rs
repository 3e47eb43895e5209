//! A process that dies in the middle of a piece: the upload stands at the last byte that was acknowledged.

use std::path::PathBuf;
use std::process::Command;

use bundle::Sha256;
use store::{DataRoot, Unwatched};
use vault::{By, Machine, Piece, Sending, Vault};

use crate::support::{Desk, ROOM, Then, bytes};

const ROOT: &str = "VAULT_TEST_ROOT";
const LENGTH: usize = 20 << 20;

#[test]
fn child_dies_while_it_receives() {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else {
        return;
    };
    let root = DataRoot::create(&root).unwrap();
    let vault = Vault::open(root, Machine::this("test", "1", b"{}"))
        .unwrap()
        .0;
    let act = vault.act(Some("Ada"), By::Token).unwrap();
    let project = vault.project("default", &act).unwrap();
    let sending = Sending {
        path: "video",
        length: Some(LENGTH as u64),
        ..Sending::default()
    };
    let id = vault
        .begin_upload(&project, &sending, ROOM, &act)
        .unwrap()
        .id;
    let whole = bytes(LENGTH);
    let mut from = Then(&whole[..LENGTH - 1_000_000], || std::process::abort());
    let _ = vault.append(&id, Piece::at(0), &mut from, ROOM, &Unwatched);
}

#[test]
fn it_goes_on_from_the_last_acknowledged_byte() {
    let mut desk = Desk::new();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child_dies_while_it_receives",
            "--test-threads=1",
        ])
        .env(ROOT, desk.root())
        .output()
        .unwrap();
    assert!(!output.status.success(), "it did not die");
    desk = desk.reopen();
    let upload = desk.vault.uploads(&desk.project, 0, 10).unwrap().remove(0);
    // The clock of this test may have made a point of its own on a slow machine.
    assert!(upload.offset() >= 16 << 20, "{}", upload.offset());
    let whole = bytes(LENGTH);
    let lies = std::fs::metadata(desk.file(&upload.id)).unwrap().len();
    assert!(lies > upload.offset(), "nothing was cut: {lies}");
    let at = usize::try_from(upload.offset()).unwrap();
    let done = desk
        .send(&upload.id, upload.offset(), &whole[at..])
        .unwrap();
    assert_eq!(done.sha256, Some(Sha256::of(&whole)));
    desk.taken(&upload.id);
}
