//! Items whose bytes are gone for good: what sealing says, and how it goes on.

use std::fs;

use store::{BlobKind, Unwatched};
use vault::{Limit, Scope, SealOutcome, SealRequest, VaultError};

use crate::desk::{Desk, code};

fn try_seal(desk: &Desk, scope: Scope) -> Result<SealOutcome, VaultError> {
    let request = SealRequest::of(scope);
    desk.vault
        .seal(&desk.project, &request, &desk.act, &Unwatched)
}

fn chosen<const N: usize>(items: [u64; N]) -> Scope {
    Scope::Items {
        items: items.into(),
        recipient: None,
    }
}

/// Sealing is refused in these words, and nothing was begun.
fn refused(desk: &Desk, scope: Scope, words: &str) {
    let size = desk.vault.ledger_size(&desk.project).unwrap();
    let seals = desk.vault.seals(&desk.project, 0, 100).unwrap();
    let error = try_seal(desk, scope).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("blob_missing", words)
    );
    assert_eq!(desk.vault.ledger_size(&desk.project).unwrap(), size);
    assert_eq!(desk.vault.seals(&desk.project, 0, 100).unwrap(), seals);
}

#[test]
fn nothing_is_begun_without_the_bytes_and_erasing_the_items_lets_it_go_on() {
    let desk = Desk::new();
    let first = desk.capture("a.txt", "lost for good");
    desk.capture("b.txt", "stays");
    let third = desk.capture("c.txt", "lost as well");
    fs::remove_file(desk.blob("lost for good")).unwrap();
    fs::remove_file(desk.blob("lost as well")).unwrap();
    let both = "the bytes of item 1 (a.txt) are missing, of item 3 (c.txt) are missing";
    refused(&desk, Scope::New, both);
    // Whatever else happens to the case, it says the same.
    desk.capture("d.txt", "one more");
    refused(&desk, Scope::New, both);
    refused(&desk, Scope::Full, both);
    // What is only withdrawn would still travel.
    desk.withdraw(first).unwrap();
    refused(&desk, Scope::New, both);
    desk.erase(first).unwrap();
    let other = "the bytes of item 3 (c.txt) are missing";
    refused(&desk, Scope::New, other);
    desk.erase(third).unwrap();
    let (bundle, warnings) = desk.seal_warned(Scope::New);
    assert_eq!((bundle.number, warnings), (Some(1), vec![]));
    assert_eq!(desk.accepted(&bundle).subject.withdrawn, [first, third]);
    desk.accepted(&desk.seal(Scope::Full));
    desk.sound(&desk.project);
}

#[test]
fn capturing_the_same_file_again_lets_it_go_on() {
    let desk = Desk::new();
    desk.capture("a.txt", "comes back");
    fs::remove_file(desk.blob("comes back")).unwrap();
    refused(&desk, Scope::New, "the bytes of item 1 (a.txt) are missing");
    desk.capture("a.txt", "comes back");
    let outcome = try_seal(&desk, Scope::New).unwrap();
    assert_eq!(outcome.finished, []);
    desk.accepted(&outcome.bundle.unwrap());
}

#[test]
fn an_excerpt_names_its_own_items_and_stands_in_nobodys_way() {
    let desk = Desk::new();
    let items = ["one", "two", "three"].map(|text| desk.capture(&format!("{text}.txt"), text));
    let [one, two, three] = items;
    desk.seal(Scope::New);
    for text in ["one", "two"] {
        fs::remove_file(desk.blob(text)).unwrap();
    }
    let words = "the bytes of item 2 (two.txt) are missing";
    refused(&desk, chosen([two, three]), words);
    let words = "the bytes of item 1 (one.txt) are missing, of item 2 (two.txt) are missing";
    refused(&desk, chosen([one, two]), words);
    desk.accepted(&desk.seal(chosen([three])));
    desk.capture("four.txt", "four");
    desk.accepted(&desk.seal(Scope::New));
}

#[test]
fn bytes_that_were_cut_short_are_noticed_before_anything_is_begun() {
    let desk = Desk::new();
    desk.capture("a.txt", "to be cut");
    let path = desk.blob("to be cut");
    fs::remove_file(&path).unwrap();
    fs::write(&path, "to be").unwrap();
    assert_eq!(code(try_seal(&desk, Scope::New)), "blob_damaged");
    assert_eq!(desk.vault.seals(&desk.project, 0, 10).unwrap(), []);
}

#[test]
fn a_lost_text_is_noticed_before_anything_is_begun() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "words");
    desk.vault
        .read_texts(&desk.project, &desk.act, &Unwatched, Limit::default())
        .unwrap();
    let read = desk.vault.item(&desk.project, item).unwrap();
    let text = read.extract_sha256.unwrap();
    fs::remove_file(desk.vault.blobs().path(BlobKind::Extract, text)).unwrap();
    assert_eq!(code(try_seal(&desk, Scope::New)), "blob_missing");
    assert_eq!(desk.vault.seals(&desk.project, 0, 10).unwrap(), []);
    // Texts and bytes: the items that lost their bytes are named.
    fs::remove_file(desk.blob("words")).unwrap();
    refused(&desk, Scope::New, "the bytes of item 1 (a.txt) are missing");
}
