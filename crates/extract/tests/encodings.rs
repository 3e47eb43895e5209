//! Sentences of several languages, in the encodings their writers used, read back to the letter.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use encoding_rs::Encoding;
use extract::text::{NotText, TextDecoder, WINDOW};
use extract::{Error, plain_text};

const GERMAN: &str = "Prüfung der Brücke: Größe des Risses 0,4 mm, Geländer südlich in Ordnung. \
    Öffnung bei 19 °C – kein Übermaß.\r\n";
const FRENCH: &str =
    "Le pont a été contrôlé à l’aube ; la fissure s’élargit près du pilier où l’eau pénètre.\n";
const POLISH: &str =
    "Most został sprawdzony o świcie; pęknięcie poszerza się przy filarze, gdzie wpływa źródło.\n";
const RUSSIAN: &str =
    "Заметки водолаза: опора моста осмотрена, трещина расширилась на два миллиметра.\n";
const GREEK: &str = "Η γέφυρα ελέγχθηκε την αυγή· η ρωγμή μεγαλώνει κοντά στον πυλώνα.\n";
const TURKISH: &str =
    "Köprü şafakta incelendi; çatlağın genişliği ayağın yanında arttı, işçiler ölçtü.\n";
const JAPANESE: &str =
    "橋の支承を点検しました。ひび割れの幅は〇・四ミリで、昨年より広がっています。\n";
const CHINESE: &str = "黎明时检查了大桥，桥墩附近的裂缝正在扩大，水从那里渗入。\n";
const TAIWANESE: &str = "黎明時檢查了大橋，橋墩附近的裂縫正在擴大，水從那裡滲入。\n";
const KOREAN: &str = "새벽에 다리를 점검했습니다. 교각 근처의 균열이 넓어지고 있습니다.\n";

/// The label to encode with, the extractor that has to be told, the text.
const LEGACY: &[(&str, &str, &str)] = &[
    ("windows-1252", "windows-1252", GERMAN),
    ("windows-1252", "windows-1252", FRENCH),
    ("windows-1250", "windows-1250", POLISH),
    ("iso-8859-2", "iso-8859-2", POLISH),
    ("windows-1251", "windows-1251", RUSSIAN),
    ("koi8-r", "koi8-u", RUSSIAN),
    ("ibm866", "ibm866", RUSSIAN),
    ("iso-8859-5", "iso-8859-5", RUSSIAN),
    ("windows-1253", "windows-1253", GREEK),
    ("windows-1254", "windows-1254", TURKISH),
    ("shift_jis", "shift_jis", JAPANESE),
    ("euc-jp", "euc-jp", JAPANESE),
    ("iso-2022-jp", "iso-2022-jp", JAPANESE),
    ("gbk", "gb18030", CHINESE),
    ("gb18030", "gb18030", CHINESE),
    ("big5", "big5", TAIWANESE),
    ("euc-kr", "euc-kr", KOREAN),
];

const ALL: &[&str] = &[
    GERMAN, FRENCH, POLISH, RUSSIAN, GREEK, TURKISH, JAPANESE, CHINESE, TAIWANESE, KOREAN,
];

fn encode(label: &str, text: &str) -> Vec<u8> {
    let encoding = Encoding::for_label(label.as_bytes()).unwrap();
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{label} cannot say {text}");
    bytes.into_owned()
}

/// The extractor, the marks and the text.
type Read = Result<(String, u64, String), NotText>;

/// Reads the bytes in pieces of one size.
fn read_by(bytes: &[u8], size: usize) -> Read {
    let mut decoder = TextDecoder::new();
    let mut text = String::new();
    for piece in bytes.chunks(size) {
        decoder.push(piece, &mut text)?;
    }
    let decoded = decoder.finish(&mut text)?;
    Ok((decoded.encoding.to_string(), decoded.marks, text))
}

fn read(bytes: &[u8]) -> Read {
    let whole = read_by(bytes, usize::MAX);
    assert_eq!(read_by(bytes, 1009), whole);
    whole
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is compared with what may fail"
)]
fn good(extractor: &str, text: &str) -> Read {
    Ok((extractor.to_owned(), 0, text.to_owned()))
}

#[test]
fn legacy_encodings_are_told_by_their_language() {
    for (label, extractor, text) in LEGACY {
        assert_eq!(read(&encode(label, text)), good(extractor, text), "{label}");
        let long = text.repeat(3000);
        assert_eq!(
            read(&encode(label, &long)),
            good(extractor, &long),
            "{label}"
        );
    }
}

#[test]
fn a_short_word_is_enough_in_german() {
    for word in ["Größe", "Prüfung Süd", "GRÖSSE", "§ 5 Absatz 2", "19 °C"] {
        let bytes = encode("windows-1252", word);
        assert_eq!(read(&bytes), good("windows-1252", word));
    }
}

#[test]
fn signs_of_measure_are_no_foreign_language() {
    let western = [
        "Rissbreite 300 µm",
        "time;temp °C;width µm\n1;2;3",
        "Ø 12 mm",
        "±0,5 mm",
        "3 m³ auf 5 mm²",
        "µm;m²;½",
        "Prüfung: ±0,5 mm, Ø 12, Größe 3 m³",
    ];
    for text in western {
        let bytes = encode("windows-1252", text);
        assert_eq!(read(&bytes), good("windows-1252", text));
        let late = format!("{}{text}", "1;2;3\n".repeat(20_000));
        let bytes = encode("windows-1252", &late);
        assert_eq!(read(&bytes), good("windows-1252", &late));
    }
    for text in ["oni mają to", "są tu"] {
        assert_eq!(read(&encode("iso-8859-2", text)), good("iso-8859-2", text));
    }
    let text = "Опора моста: ±5 мм, 19 °C, 300 µm";
    assert_eq!(
        read(&encode("windows-1251", text)),
        good("windows-1251", text)
    );
}

#[test]
fn the_byte_before_a_late_letter_counts() {
    let text = format!("{}STRAßE", "1;2;3\n".repeat(20_000));
    assert_eq!(
        read(&encode("windows-1252", &text)),
        good("windows-1252", &text)
    );
}

#[test]
fn the_first_letter_beyond_ascii_decides_however_late_it_comes() {
    let log = "2018-03-01 10:00 all is well\n".repeat(10_000);
    for (label, extractor, text) in LEGACY {
        let text = format!("{log}{text}");
        assert_eq!(
            read(&encode(label, &text)),
            good(extractor, &text),
            "{label}"
        );
    }
    let text = format!("{log}Größe 😀");
    assert_eq!(read(text.as_bytes()), good("utf8", &text));
    assert_eq!(read(log.as_bytes()), good("utf8", &log));
}

#[test]
fn colours_of_a_terminal_do_not_decide() {
    let log = "\u{1b}[31mred\u{1b}[0m plain\n".repeat(10_000);
    let text = format!("{log}Größe");
    assert_eq!(
        read(&encode("windows-1252", &text)),
        good("windows-1252", &text)
    );
    assert_eq!(read(text.as_bytes()), good("utf8", &text));
}

#[test]
fn the_end_of_a_window_is_not_the_end_of_the_text() {
    // A character across the end of the window is not damage.
    let text = format!("ä{}😀", "a".repeat(WINDOW - 3));
    assert_eq!(read(text.as_bytes()), good("utf8", &text));
    // Letters that begin just before the end of the first window are judged by those after it.
    let text = format!("{}{RUSSIAN}", "1".repeat(WINDOW - 1));
    assert_eq!(
        read(&encode("windows-1251", &text)),
        good("windows-1251", &text)
    );
}

#[test]
fn an_escape_that_shifts_to_no_japanese_does_not_decide() {
    let text = format!("\u{1b}$B\u{1b}$B!{}Größe", "a\n".repeat(WINDOW));
    assert_eq!(read(text.as_bytes()), good("utf8", &text));
}

#[test]
fn byte_order_marks_decide_and_are_dropped() {
    type Unit = fn(char) -> Vec<u8>;
    fn utf16(c: char, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        c.encode_utf16(&mut [0; 2])
            .iter()
            .flat_map(|unit| bytes(*unit))
            .collect()
    }
    let forms: [(&str, Unit); 5] = [
        ("utf8", |c| c.to_string().into_bytes()),
        ("utf16le", |c| utf16(c, u16::to_le_bytes)),
        ("utf16be", |c| utf16(c, u16::to_be_bytes)),
        ("utf32le", |c| u32::from(c).to_le_bytes().to_vec()),
        ("utf32be", |c| u32::from(c).to_be_bytes().to_vec()),
    ];
    for text in ALL
        .iter()
        .flat_map(|text| [(*text).to_owned(), format!("😀{text}").repeat(2000)])
    {
        for (extractor, unit) in &forms {
            let bytes: Vec<u8> = format!("\u{feff}{text}").chars().flat_map(unit).collect();
            assert_eq!(read(&bytes), good(extractor, &text), "{extractor}");
            if !extractor.starts_with("utf32") {
                let bare: Vec<u8> = text.chars().flat_map(unit).collect();
                assert_eq!(
                    read(&bare),
                    good(extractor, &text),
                    "{extractor} without a mark"
                );
            }
        }
    }
}

#[test]
fn utf8_comes_out_byte_for_byte() {
    for text in [
        "",
        "a",
        "\n",
        "Größe",
        "a\r\nb\rc\n",
        "e\u{301}",
        "\u{c}\u{7}\u{1b}[0m",
        "a\u{feff}b",
    ] {
        assert_eq!(read(text.as_bytes()), good("utf8", text));
    }
    for text in ALL {
        assert_eq!(read(text.as_bytes()), good("utf8", text));
        let long = text.repeat(5000);
        assert_eq!(read(long.as_bytes()), good("utf8", &long));
    }
}

#[test]
fn damaged_utf8_stays_utf8_with_marks_that_are_counted() {
    let mut bytes = GERMAN.repeat(2).into_bytes();
    bytes.extend(b"\xff\xc3");
    let text = format!("{}\u{fffd}\u{fffd}", GERMAN.repeat(2));
    assert_eq!(read(&bytes), Ok(("utf8".to_owned(), 2, text)));

    // Far behind the window another encoding begins: what was decided holds.
    let mut bytes = GERMAN.repeat(2000).into_bytes();
    bytes.extend(encode("windows-1252", "Größe"));
    let text = format!("{}Gr\u{fffd}\u{fffd}e", GERMAN.repeat(2000));
    assert_eq!(read(&bytes), Ok(("utf8".to_owned(), 2, text)));
}

#[test]
fn binary_is_not_text() {
    let random: Vec<u8> = (1u32..5000)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8 | 1)
        .collect();
    assert_eq!(read(b"a\0b"), Err(NotText::Nul));
    assert_eq!(
        read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0"),
        Err(NotText::Nul)
    );
    // Text in one order as much as in the other, and units that no script uses.
    assert_eq!(read(b"A\0\0B"), Err(NotText::Nul));
    assert_eq!(read(b"A\0\x01\xe0\x02\xe0B\0"), Err(NotText::Nul));
    assert_eq!(read(b"\x01\x02\x03\x04"), Err(NotText::Controls));
    assert_eq!(read(&random), Err(NotText::Controls));
    let samples: Vec<u8> = (0..4000u16)
        .flat_map(|i| (i.wrapping_mul(40_503)).to_le_bytes())
        .collect();
    assert_eq!(read(&samples), Err(NotText::Nul));
    // A refusal stays one.
    let mut decoder = TextDecoder::new();
    let mut text = String::new();
    assert!(decoder.push(&vec![0; 200_000], &mut text).is_err());
    assert_eq!(decoder.push(b"text", &mut text), Err(NotText::Nul));
    assert_eq!(text, "");
}

#[test]
fn from_a_reader_to_a_sink() {
    let mut out = Vec::new();
    let bytes = encode("windows-1252", GERMAN);
    let outcome = plain_text(bytes.as_slice(), "text/plain", &mut out).unwrap();
    assert_eq!(out, GERMAN.as_bytes());
    assert_eq!(
        (outcome.extractor.as_str(), outcome.version),
        ("windows-1252", "1")
    );
    assert_eq!(outcome.bytes, GERMAN.len() as u64);
    assert_eq!(outcome.chars, GERMAN.chars().count() as u64);
    assert_eq!(outcome.marks, 0);

    let long = GERMAN.repeat(5000);
    let bytes = encode("windows-1252", &long);
    out.clear();
    let outcome = plain_text(bytes.as_slice(), "text/plain", &mut out).unwrap();
    assert!(out == long.as_bytes());
    assert_eq!(outcome.chars, bytes.len() as u64);

    let refused = plain_text(&b"a"[..], "image/jpeg", &mut out);
    assert!(matches!(refused, Err(Error::Type(_))));
    let refused = plain_text(&b"\0\0"[..], "text/plain", &mut out);
    assert!(matches!(refused, Err(Error::NotText(NotText::Nul))));
    let full = plain_text(&b"text"[..], "text/csv", &mut [0u8; 2][..]);
    assert!(matches!(full, Err(Error::Write(_))));
    let empty = plain_text(&b""[..], "text/plain", &mut out).unwrap();
    assert_eq!((empty.extractor.as_str(), empty.bytes), ("utf8", 0));
}
