//! Files are found by the words of their names and folders, however these are put together.

use crate::support::Place;

#[test]
fn words_of_names_and_folders_are_found() {
    let place = Place::new();
    let desk = place.open();
    for name in [
        "Pier P2/IMG_0001.JPG",
        "PXL2024BridgeXMLReport.pdf",
        "Bericht-LH-014_final.docx",
        "🌉 bridge.txt",
    ] {
        place.file(name, [0, 159, 146, 150]);
    }
    desk.capture(&place.drop());
    desk.catch_up();
    let by_name = |query: &str| -> Vec<String> {
        let found = desk.search(query);
        found.hits.into_iter().map(|hit| hit.name).collect()
    };
    let photo = ["IMG_0001.JPG"];
    for query in [
        "0001",
        "IMG",
        "img_0001.jpg",
        "jpg",
        "\"IMG 0001\"",
        "Pier",
        "p2 img",
    ] {
        assert_eq!(by_name(query), photo, "{query}");
    }
    let report = ["PXL2024BridgeXMLReport.pdf"];
    for query in [
        "PXL2024BridgeXMLReport",
        "2024",
        "PXL",
        "xml report",
        "\"bridge xml\"",
        "pdf",
    ] {
        assert_eq!(by_name(query), report, "{query}");
    }
    for query in ["LH-014", "final", "014 Bericht", "\"lh 014\""] {
        assert_eq!(by_name(query), ["Bericht-LH-014_final.docx"], "{query}");
    }
    assert_eq!(by_name("🌉"), ["🌉 bridge.txt"]);
}

#[test]
fn composed_and_decomposed_letters_are_the_same() {
    let place = Place::new();
    let desk = place.open();
    for (name, text) in [
        ("Pru\u{308}fung.txt", "мои\u{306} мост"),
        ("Pr\u{fc}fung 2.txt", "мо\u{439} мост"),
        ("か\u{3099}く.txt", "1"),
        ("\u{304c}く 2.txt", "2"),
        ("\u{1112}\u{1161}\u{11ab}강.txt", "3"),
    ] {
        desk.capture(&place.file(name, text));
    }
    desk.catch_up();
    for query in ["Prüfung", "Pru\u{308}fung", "prufung", "мой", "мои\u{306}"] {
        assert_eq!(desk.items(query), [1, 2], "{query}");
    }
    for query in ["がく", "か\u{3099}く"] {
        assert_eq!(desk.items(query), [3, 4], "{query}");
    }
    assert_eq!(desk.items("한강"), [5]);
}
