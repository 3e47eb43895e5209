//! Texts in any common encoding are found by their words, and by words without the accents.

use std::path::Path;

use crate::support::Place;

/// The notes that come with the program: an old laptop's, a diver's, an inspector's.
#[test]
fn the_notes_of_the_samples_are_found_by_their_words() {
    let place = Place::new();
    let desk = place.open();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/notes");
    desk.capture(&samples);
    desk.catch_up();
    let only = |query: &str, name: &str| {
        let found = desk.search(query);
        let names: Vec<_> = found.hits.iter().map(|hit| hit.name.as_str()).collect();
        assert_eq!(names, [name], "{query}");
        let hit = found.hits.first().unwrap();
        assert!(!hit.snippet.marks.is_empty(), "{query}: {hit:?}");
        assert_eq!(hit.lacking, 0);
    };
    for (file, words) in WORDS {
        for word in *words {
            only(word, file);
        }
    }
    assert_eq!(desk.entries("EXTRACT").len(), WORDS.len());
    desk.check();
}

const WORDS: &[(&str, &[&str])] = &[
    (
        "Messprotokoll 2018 (alt).txt",
        &["Geländerhöhe", "fugenoffnung", "Krüger", "4.300"],
    ),
    (
        "Prüfnotizen Lager B4.txt",
        &["Elastomerlager", "mortelfuge", "Prüfnotizen", "prufnotizen"],
    ),
    (
        "site notes.txt",
        &["footway", "\"vertical crack\"", "IMG_0004 bulge", "splic*"],
    ),
    (
        "Übergabe alter Rechner (UTF-16).txt",
        &["Bauwerksbuch", "ubergabe", "\"alter Rechner\""],
    ),
    (
        "Заметки водолаза.txt",
        &["Водолаз", "запотела", "ВИДИМОСТЬ"],
    ),
    (
        "支承メモ 点検.txt",
        &["亀裂", "支承", "美咲", "リンドハーフェン"],
    ),
    (
        "🌉 bridge opening times.txt",
        &["🌉", "möwe", "Mowe", "sailing -footway", "⚠"],
    ),
];

#[test]
fn every_encoding_that_people_have_is_read() {
    let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let mark = [0xfeff_u16].into_iter().chain(text.encode_utf16());
        mark.flat_map(order).collect()
    };
    let place = Place::new();
    let desk = place.open();
    let windows: &[u8] = b"Die Br\xfccke \xfcber den Flu\xdf: gr\xf6\xdfere Sch\xe4den, 5 \x80 je St\xfcck, \x84w\xf6rtlich\x93.";
    let koi8: &[u8] = b"\xf7\xcf\xc4\xcf\xcc\xc1\xda \xcf\xd3\xcd\xcf\xd4\xd2\xc5\xcc \xcf\xd0\xcf\xd2\xd5 \xcd\xcf\xd3\xd4\xc1. \xef\xc2\xd2\xc1\xd3\xd4\xc1\xce\xc9\xc5 \xc4\xcf \xcf\xd4\xcd\xc5\xd4\xcb\xc9 \xcf\xc4\xc9\xce \xcd\xc5\xd4\xd2.";
    let shift_jis: &[u8] = b"\x8b\xb4\x82\xcc\x93_\x8c\x9f\x83\x81\x83\x82\x81B\x8ex\x8f\xb3\x82\xc9\x8eK\x82\xaa\x82\xa0\x82\xe9\x81B\x8e\xca\x90^\x82\xf0\x8am\x94F\x82\xb5\x82\xbd\x81B";
    for (name, bytes) in [
        ("1.txt", utf16("Übergabe des Rechners", u16::to_le_bytes)),
        ("2.txt", utf16("Prüfung der Träger", u16::to_be_bytes)),
        ("3.txt", windows.to_vec()),
        ("4.txt", koi8.to_vec()),
        ("5.txt", shift_jis.to_vec()),
        ("6.txt", "\u{feff}mit Marke, Geländer".into()),
    ] {
        desk.capture(&place.file(name, bytes));
    }
    desk.catch_up();
    for (query, item) in [
        ("Übergabe", 1),
        ("ubergabe", 1),
        ("PRÜFUNG", 2),
        ("trager", 2),
        ("größere", 3),
        ("Schaden", 3),
        ("wörtlich", 3),
        ("водолаз", 4),
        ("МОСТА", 4),
        ("点検", 5),
        ("支承", 5),
        ("Gelander", 6),
        ("Marke", 6),
    ] {
        assert_eq!(desk.items(query), [item], "{query}");
    }
}
