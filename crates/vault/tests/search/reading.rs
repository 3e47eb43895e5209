//! Texts are read once, put on record, stored, and travel in what is sealed.

use std::fs;
use std::io::Read;

use store::watch::CountingWatch;
use store::{BlobKind, Unwatched};
use vault::{Limit, Scope, SealRequest};

use crate::own_receiver;
use crate::support::{Place, all, content};

#[test]
fn a_text_is_stored_and_on_record() {
    let place = Place::new();
    let desk = place.open();
    desk.capture(&place.file("alt.txt", b"Br\xfccke \xfcber den Flu\xdf"));
    let report = desk
        .vault
        .read_texts(&desk.project, &desk.act, &Unwatched, all())
        .unwrap();
    assert_eq!((report.read, report.text_bytes, report.left), (1, 23, 0));
    let item = desk.vault.item(&desk.project, 1).unwrap();
    assert_eq!(item.extract_state, "done");
    let digest = item.extract_sha256.unwrap();
    let mut text = String::new();
    let mut blob = desk
        .vault
        .blobs()
        .open_blob(BlobKind::Extract, digest)
        .unwrap();
    blob.read_to_string(&mut text).unwrap();
    assert_eq!(text, "Brücke über den Fluß");
    let events = desk.vault.events_of_item(&desk.project, 1).unwrap();
    let event = events.last().unwrap();
    let body = content(event.content.as_deref());
    assert_eq!(body.string("capture").unwrap(), item.capture.to_string());
    assert_eq!(
        body.string("raw_sha256").unwrap(),
        item.raw_sha256.to_string()
    );
    assert_eq!(body.count("raw_size").unwrap(), item.size);
    assert_eq!(body.string("extract_sha256").unwrap(), digest.to_string());
    assert_eq!(body.count("extract_size").unwrap(), 23);
    assert_eq!(body.string("extractor").unwrap(), "windows-1252");
    assert!(!body.string("extractor_version").unwrap().is_empty());
    assert_eq!(
        body.object("program").unwrap().string("name").unwrap(),
        "test"
    );
    let source = content(event.source.as_deref());
    let keys: Vec<_> = source.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["actor", "salt"]);
    desk.check();
    desk.vault.check_heads().unwrap();
}

#[test]
fn what_is_no_plain_text_gets_no_entry() {
    let place = Place::new();
    let desk = place.open();
    let nul = [b"text, then ".as_slice(), &[0; 4096]].concat();
    for (name, bytes) in [
        ("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec()),
        ("empty.txt", Vec::new()),
        ("not really.txt", nul),
        ("note.txt", b"real".to_vec()),
    ] {
        desk.capture(&place.file(name, bytes));
    }
    let report = desk
        .vault
        .read_texts(&desk.project, &desk.act, &Unwatched, all())
        .unwrap();
    assert_eq!((report.read, report.without_text, report.failed), (1, 3, 0));
    assert_eq!(
        [1, 2, 3, 4].map(|item| desk.state(item)),
        ["none", "none", "none", "done"]
    );
    assert_eq!(desk.entries("EXTRACT"), [4]);
    // Nothing more to do: no entry, no change.
    let size = desk.vault.ledger_size(&desk.project).unwrap();
    desk.catch_up();
    assert_eq!(desk.vault.ledger_size(&desk.project).unwrap(), size);
}

#[test]
fn many_texts_are_recorded_in_the_order_of_their_numbers() {
    let place = Place::new();
    let desk = place.open();
    for n in 0..600 {
        place.file(
            &format!("{n:03}.txt"),
            format!("note {} of the same", n % 300),
        );
    }
    desk.capture(&place.drop());
    let some = Limit {
        items: Some(10),
        ..all()
    };
    let report = desk
        .vault
        .read_texts(&desk.project, &desk.act, &Unwatched, some)
        .unwrap();
    assert_eq!((report.read, report.left), (10, 590));
    desk.catch_up();
    assert_eq!(desk.entries("EXTRACT"), (1..=600).collect::<Vec<u64>>());
    assert_eq!(desk.search("note").total, 600);
    desk.check();
}

#[test]
fn damaged_bytes_cost_one_text_and_nothing_else() {
    let place = Place::new();
    let desk = place.open();
    let good = place.file("good.txt", "sound");
    let bad = place.file("bad.txt", "rotten bytes");
    desk.capture(&good);
    desk.capture(&bad);
    let item = desk.vault.item(&desk.project, 2).unwrap();
    let path = desk.vault.blobs().path(BlobKind::Raw, item.raw_sha256);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "rotten bytez").unwrap();
    let report = desk
        .vault
        .read_texts(&desk.project, &desk.act, &Unwatched, all())
        .unwrap();
    assert_eq!((report.read, report.failed), (1, 1));
    let (failed, error) = report.failures.first().unwrap();
    assert_eq!((*failed, error.code()), (2, "blob_damaged"));
    assert_eq!(desk.state(2), "failed");
    assert_eq!(desk.entries("EXTRACT"), [1]);
    // The same file captured again heals the bytes; then it can be read.
    desk.capture(&bad);
    let again = desk
        .vault
        .read_failed_again(&desk.project, &desk.act)
        .unwrap();
    assert_eq!(again, 1);
    desk.catch_up();
    assert_eq!(desk.items("rotten"), [2]);
    assert_eq!(desk.entries("EXTRACT"), [1, 2]);
}

#[test]
fn reading_can_be_stopped_and_goes_on() {
    let place = Place::new();
    let desk = place.open();
    // The first one takes long; those after it are read beside it, and must wait for it in the record.
    for n in 0..40 {
        let length = if n == 0 { 1_500_000 } else { 2_000 };
        place.file(
            &format!("{n:02}.txt"),
            format!("{n} {}", "words ".repeat(length)),
        );
    }
    desk.capture(&place.drop());
    let watch = CountingWatch::cancel_after(6_000_000);
    let report = desk
        .vault
        .read_texts(&desk.project, &desk.act, &watch, all())
        .unwrap();
    assert!(report.canceled && report.read < 40, "{report:?}");
    assert_eq!(report.left + report.read, 40);
    assert!(watch.reports() > 10);
    let so_far = desk.entries("EXTRACT");
    assert_eq!(so_far, (1..=report.read).collect::<Vec<u64>>());
    desk.catch_up();
    assert_eq!(desk.entries("EXTRACT"), (1..=40).collect::<Vec<u64>>());
}

#[test]
fn a_sealed_package_carries_the_texts_and_is_accepted() {
    let (_place, desk) = Place::with_texts(&["one", "two", "one"]);
    let request = SealRequest {
        label: "with texts",
        ..SealRequest::of(Scope::New)
    };
    let sealed = desk
        .vault
        .seal(&desk.project, &request, &desk.act, &Unwatched)
        .unwrap();
    let sealed = sealed.bundle.unwrap();
    own_receiver::accepted(&desk.vault, &desk.project, &sealed);
    let file = own_receiver::bytes(&desk.vault, &sealed);
    let extract = desk
        .vault
        .item(&desk.project, 2)
        .unwrap()
        .extract_sha256
        .unwrap();
    let member = format!("cas/extract/{extract}");
    assert!(
        file.windows(member.len())
            .any(|window| window == member.as_bytes())
    );
}

#[test]
fn a_closed_case_gets_no_more_entries_and_is_searched_all_the_same() {
    let place = Place::new();
    let desk = place.open();
    desk.capture(&place.file("a note.txt", "corrosion"));
    desk.vault.close_project(&desk.project, &desk.act).unwrap();
    let closed = desk.vault.find_project("default").unwrap().unwrap();
    let refused = desk.vault.read_texts(&closed, &desk.act, &Unwatched, all());
    assert_eq!(refused.unwrap_err().code(), "project_closed");
    let done = desk.vault.catch_up(&closed, &desk.act, &Unwatched).unwrap();
    assert_eq!(done.index.missing.unread, 1);
    assert_eq!(desk.items("note"), [1]);
}
