//! Erasing items whose text was read out of them.

use bundle::Sha256;
use store::{BlobKind, Unwatched};
use vault::{Intake, Limit, Scope};

use crate::desk::Desk;

/// Texts in UTF-16, so that the text is not the bytes of the item.
fn little(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(units).collect()
}

fn big(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    [0xFE, 0xFF].into_iter().chain(units).collect()
}

/// A desk with a file for each, all of them read.
fn with_texts(files: &[&[u8]]) -> Desk {
    let desk = Desk::new();
    for (n, bytes) in files.iter().enumerate() {
        let name = format!("{n}.txt");
        desk.capture_in(&desk.project, &name, bytes, &Intake::default());
    }
    let (project, act) = (&desk.project, &desk.act);
    let read = desk
        .vault
        .read_texts(project, act, &Unwatched, Limit::default());
    assert_eq!(read.unwrap().read, files.len() as u64);
    desk
}

fn erase(desk: &Desk, item: u64) -> Vec<Sha256> {
    desk.withdraw_with(item, true, true).unwrap().erased
}

fn there(desk: &Desk, kind: BlobKind, bytes: &[u8]) -> bool {
    let digest = Sha256::of(bytes);
    desk.vault.blobs().size(kind, digest).unwrap().is_some()
}

fn digests(of: &[&[u8]]) -> Vec<Sha256> {
    of.iter().map(|bytes| Sha256::of(bytes)).collect()
}

#[test]
fn the_text_goes_with_the_bytes() {
    let a = little("text of a");
    let desk = with_texts(&[&a, b"b"]);
    desk.accepted(&desk.seal(Scope::New));
    assert!(there(&desk, BlobKind::Extract, b"text of a"));
    assert_eq!(erase(&desk, 1), digests(&[&a, b"text of a"]));
    assert!(!there(&desk, BlobKind::Raw, &a) && !there(&desk, BlobKind::Extract, b"text of a"));
    // A text that is the very bytes of the item is named once and removed from both folders.
    assert_eq!(erase(&desk, 2), digests(&[b"b"]));
    assert!(!there(&desk, BlobKind::Raw, b"b") && !there(&desk, BlobKind::Extract, b"b"));
    desk.accepted(&desk.seal(Scope::New));
    desk.accepted(&desk.seal(Scope::Full));
}

#[test]
fn a_text_that_another_item_has_stays_in_either_folder() {
    let (a, b) = (little("same"), big("same"));
    let desk = with_texts(&[&a, &b, b"same"]);
    assert_eq!(erase(&desk, 1), digests(&[&a]));
    assert!(there(&desk, BlobKind::Extract, b"same"));
    desk.accepted(&desk.seal(Scope::New));
    // The bytes of the third are the text of the second.
    assert_eq!(erase(&desk, 3), []);
    assert!(there(&desk, BlobKind::Raw, b"same") && there(&desk, BlobKind::Extract, b"same"));
    desk.accepted(&desk.seal(Scope::Full));
    assert_eq!(erase(&desk, 2), digests(&[&b, b"same"]));
    assert!(!there(&desk, BlobKind::Raw, b"same") && !there(&desk, BlobKind::Extract, b"same"));
    desk.accepted(&desk.seal(Scope::Full));
}
