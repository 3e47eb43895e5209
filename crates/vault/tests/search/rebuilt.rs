//! The index may be deleted, damaged, of another data root, ahead or behind: it is made anew in place, with the same
//! results.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;

use store::watch::CountingWatch;
use store::{Access, BlobKind, DataRoot, Unwatched};
use vault::{Machine, SearchResult, Vault};

use crate::support::{Desk, NOTHING, Place, all};

fn filled() -> (Place, Desk) {
    let place = Place::new();
    let desk = place.open();
    for n in 0..50 {
        place.file(
            &format!("note {n}.txt"),
            format!("rust {n} {}", "on the bearing ".repeat(200)),
        );
    }
    desk.capture(&place.drop());
    desk.catch_up();
    (place, desk)
}

fn same(one: &SearchResult, two: &SearchResult) {
    assert_eq!(one.hits, two.hits);
    assert_eq!(one.total, two.total);
}

/// Searches long enough for the whole index to be made again: each search catches up for a moment.
fn search_until_all(desk: &Desk, query: &str) -> SearchResult {
    desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    let found = desk.search(query);
    assert!(found.missing.is_nothing(), "{found:?}");
    found
}

#[test]
fn a_deleted_index_is_made_again() {
    let (place, desk) = filled();
    let before = desk.search("rust bearing");
    assert_eq!(before.total, 50);
    drop(desk);
    for end in ["", "-wal", "-shm"] {
        let mut name = place.index_file().into_os_string();
        name.push(end);
        let _ = fs::remove_file(name);
    }
    same(&before, &search_until_all(&place.open(), "rust bearing"));
}

#[test]
fn a_file_that_is_no_database_is_emptied_in_place() {
    let (place, desk) = filled();
    let before = desk.search("rust");
    drop(desk);
    let inode = fs::metadata(place.index_file()).unwrap().ino();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(place.index_file())
        .unwrap();
    file.set_len(0).unwrap();
    file.write_all(&b"no database at all ".repeat(1000))
        .unwrap();
    drop(file);
    same(&before, &search_until_all(&place.open(), "rust"));
    assert_eq!(fs::metadata(place.index_file()).unwrap().ino(), inode);
}

#[test]
fn damage_that_shows_only_while_searching_is_mended() {
    let (place, desk) = filled();
    let before = desk.search("rust");
    drop(desk);
    // All pages but the first few, which opening looks at.
    let inode = fs::metadata(place.index_file()).unwrap().ino();
    let length = fs::metadata(place.index_file()).unwrap().len();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(place.index_file())
        .unwrap();
    let start = 20 * 4096;
    file.seek(SeekFrom::Start(start)).unwrap();
    file.write_all(&vec![0x55; usize::try_from(length - start).unwrap()])
        .unwrap();
    drop(file);
    let desk = place.open();
    let first = desk
        .vault
        .search(&desk.project, "rust", 1000, None)
        .unwrap();
    assert!(
        first.total == before.total || !first.missing.is_nothing(),
        "{first:?}"
    );
    same(&before, &search_until_all(&desk, "rust"));
    assert_eq!(fs::metadata(place.index_file()).unwrap().ino(), inode);
}

#[test]
fn the_index_of_another_data_root_is_thrown_away() {
    let (place, desk) = filled();
    let (other, theirs) = filled();
    let secret = other.file("secret.txt", "Rumpelstilzchen");
    theirs.capture(&secret);
    theirs.catch_up();
    let before = desk.search("rust");
    drop((desk, theirs));
    fs::copy(other.index_file(), place.index_file()).unwrap();
    let desk = place.open();
    let first = desk
        .vault
        .search(&desk.project, "Rumpelstilzchen", 10, None)
        .unwrap();
    assert_eq!(first.total, 0);
    same(&before, &search_until_all(&desk, "rust"));
    let bytes = fs::read(place.index_file()).unwrap().to_ascii_lowercase();
    assert!(!bytes.windows(15).any(|window| window == b"rumpelstilzchen"));
}

#[test]
fn an_index_that_is_ahead_of_the_record_is_thrown_away() {
    let (place, desk) = filled();
    let runtime = place.root().join("termite_fieldpack/runtime");
    desk.vault.db().checkpoint().unwrap();
    let copy = fs::read(runtime.join("termite.sqlite")).unwrap();
    // What is recorded after the copy is undone by putting it back, and something else takes its place.
    desk.capture(&place.file("later.txt", "undone"));
    desk.catch_up();
    assert_eq!(desk.items("undone"), [51]);
    drop(desk);
    fs::write(runtime.join("termite.sqlite"), copy).unwrap();
    let _ = fs::remove_file(runtime.join("termite.sqlite-wal"));
    let desk = place.open();
    desk.capture(&place.file("other.txt", "instead"));
    desk.catch_up();
    assert_eq!(desk.items("undone"), NOTHING);
    assert_eq!(desk.items("instead"), [51]);
    assert_eq!(desk.items("rust").len(), 50);
}

#[test]
fn filling_can_be_stopped_anywhere_and_goes_on() {
    let place = Place::new();
    let desk = place.open();
    let long: String = (0..400_000).map(|n| format!("w{n} ")).collect();
    desk.capture(&place.file("long.txt", &long));
    desk.capture(&place.file("short.txt", "short"));
    desk.vault
        .read_texts(&desk.project, &desk.act, &Unwatched, all())
        .unwrap();
    // Each round that gets to the text puts in sixteen pieces at least: some two hundred rounds would do it on any machine.
    let mut rounds = 0;
    loop {
        rounds += 1;
        assert!(rounds <= 2_000, "nothing moves on");
        let limit = desk.vault.within(std::time::Duration::from_millis(30));
        let report = desk.vault.index(&desk.project, &Unwatched, limit).unwrap();
        if report.missing.is_nothing() {
            break;
        }
    }
    assert!(rounds > 1, "one round did it all: nothing was tested");
    // Every word once, wherever it was cut.
    for n in [0, 1, 199_999, 250_000, 399_999] {
        let found = desk.search(&format!("w{n}"));
        let hit = found.hits.first().unwrap();
        assert!(found.total == 1 && hit.passages <= 2, "w{n}: {found:?}");
    }
    assert_eq!(desk.items("short"), [2]);
    let stopped = CountingWatch::default();
    stopped.cancel();
    let report = desk.vault.index(&desk.project, &stopped, all()).unwrap();
    assert!(report.canceled);
}

#[test]
fn a_missing_text_is_told_and_found_once_it_is_back() {
    let (_place, desk) = Place::with_texts(&["first", "second"]);
    let digest = desk
        .vault
        .item(&desk.project, 2)
        .unwrap()
        .extract_sha256
        .unwrap();
    let path = desk.vault.blobs().path(BlobKind::Extract, digest);
    let aside = path.with_extension("aside");
    fs::rename(&path, &aside).unwrap();
    fs::write(desk.vault.root().search_db(), b"").unwrap();
    let root = desk.vault.root().path().to_owned();
    drop(desk);
    let desk = Desk::at(&root);
    let report = desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    assert_eq!(report.missing.damaged, 1);
    assert_eq!(
        (desk.items("first"), desk.items("second")),
        (vec![1], vec![])
    );
    // Damaged is as good as missing, and nothing of it is found.
    fs::write(&path, "secomd").unwrap();
    let report = desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    assert_eq!((report.missing.damaged, desk.items("secomd")), (1, vec![]));
    fs::rename(&aside, &path).unwrap();
    let report = desk.vault.index(&desk.project, &Unwatched, all()).unwrap();
    assert!(report.missing.is_nothing(), "{report:?}");
    assert_eq!(desk.items("second"), [2]);
}

#[test]
fn a_root_that_is_only_read_is_searched_with_the_index_it_has() {
    let (place, desk) = filled();
    let before = desk.search("rust");
    drop(desk);
    let read = || {
        let root = DataRoot::open(&place.root(), Access::Read).unwrap();
        let (vault, _) = Vault::open(root, Machine::this("test", "1", b"{}")).unwrap();
        let project = vault.find_project("default").unwrap().unwrap();
        vault.search(&project, "rust", 1000, None).unwrap()
    };
    same(&before, &read());
    fs::remove_file(place.index_file()).unwrap();
    let found = read();
    assert_eq!(found.total, 0);
    assert!(found.missing.entries > 100, "{found:?}");
    assert!(!place.index_file().exists());
}
