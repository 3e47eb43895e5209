//! Types of files: what is inside comes first, the name second, and neither is ever trusted to be well made.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use extract::{detect, plain_text};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

fn kind(bytes: &[u8], name: &str) -> &'static str {
    detect(bytes, Some(name), bytes.len() as u64).as_str()
}

/// Members with their bytes stored; sizes after the content if `streamed`.
fn zip(members: &[(&str, &str)], streamed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, data) in members {
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        let shown = if streamed { [0; 4] } else { size };
        bytes.extend(b"PK\x03\x04\x14\0");
        bytes.extend([
            if streamed { 8 } else { 0 },
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ]);
        bytes.extend(shown);
        bytes.extend(shown);
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(name.as_bytes());
        bytes.extend(data.as_bytes());
        if streamed {
            bytes.extend(b"PK\x07\x08\0\0\0\0");
            bytes.extend(size);
            bytes.extend(size);
        }
    }
    bytes.extend(b"PK\x01\x02");
    bytes
}

#[test]
fn by_content_whatever_the_name() {
    let cases: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", "audio/mp4"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"ID3\x03\0\0\0\0\0\0", "audio/mpeg"),
        (b"BM\x36\0\0\0\0\0\0\0", "image/bmp"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\0", "video/webm"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "application/pdf"),
        (b"%PDF-1.4\n1 0 obj", "application/pdf"),
        (b"\0\0%PDF-1.4\n1 0 obj", "application/pdf"),
        (b"{\\rtf1\\ansi a}", "application/rtf"),
        (b"{\"a\": [1, 2]}", "application/json"),
        (b"{\"a\": 1}\n{\"a\": 2}\n", "application/x-ndjson"),
        (b"<?xml version=\"1.0\"?><a/>", "application/xml"),
        (
            b"<?xml version=\"1.0\"?><!-- b --><svg width=\"1\"/>",
            "image/svg+xml",
        ),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "image/svg+xml",
        ),
        (
            b"\xef\xbb\xbf<!DOCTYPE html>\n<title>a</title>",
            "text/html",
        ),
        (b"<!-- a --><HTML><p>a", "text/html"),
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "text/html"),
        (
            b"<?xml version=\"1.0\"?><gpx><wpt/></gpx>",
            "application/gpx+xml",
        ),
        (
            b"Received: from a\r\n by b\r\nFrom: a@b\r\n\r\nc",
            "message/rfc822",
        ),
        (b"From: a@b\nDate: today\n\nc", "message/rfc822"),
        (
            b"From a@b Tue\nFrom: a@b\nDate: today\n\nc",
            "application/mbox",
        ),
        (b"#!/usr/bin/env python3\nprint()\n", "text/x-python"),
        (b"BEGIN:VCARD\r\nFN:A", "text/vcard"),
        (b"\x01\x02\x03\0\x04\x05", "application/octet-stream"),
    ];
    for (bytes, expected) in cases {
        let shown = String::from_utf8_lossy(bytes);
        for name in ["", "a", "a.txt", "photo.JPG", ".csv", "a.pdf", "a.unheard"] {
            assert_eq!(kind(bytes, name), *expected, "{shown:?} as {name:?}");
        }
    }
}

#[test]
fn a_text_is_what_its_name_says() {
    let cases = [
        ("a.txt", "text/plain"),
        ("a.TXT", "text/plain"),
        ("a.log", "text/plain"),
        ("a", "text/plain"),
        ("a.jpg", "text/plain"),
        (".md", "text/plain"),
        ("a.md", "text/markdown"),
        ("dir.x/a.b.csv", "text/csv"),
        ("a.tsv", "text/tab-separated-values"),
        ("a.yml", "application/yaml"),
        ("a.json", "application/json"),
        ("a.xml", "application/xml"),
        ("a.html", "text/html"),
    ];
    // Texts that other tables of signatures take for a bitmap, a program, music, JSON and a mail.
    let yasno = encoding_rs::WINDOWS_1251
        .encode("ясно: трещина расширилась на два миллиметра")
        .0
        .into_owned();
    let texts: [&[u8]; 8] = [
        b"time,value\n1,2\n",
        b"BM 17: crack",
        b"MZ",
        b"ID3 was here",
        b"[12:00] arrived",
        b"From: the office\nTo: the site\n\nmemo",
        "Größe".as_bytes(),
        &yasno,
    ];
    for text in texts {
        for (name, expected) in cases {
            let shown = String::from_utf8_lossy(text);
            assert_eq!(kind(text, name), expected, "{shown:?} as {name}");
        }
    }
}

#[test]
fn nothing_and_nothing_known() {
    assert_eq!(kind(b"", "a.csv"), "application/x-empty");
    assert_eq!(detect(b"", Some("a.csv"), 9).as_str(), "text/csv");
    assert_eq!(
        detect(b"", Some("a.jpg"), 9).as_str(),
        "application/octet-stream"
    );
    assert_eq!(detect(b"a", None, 1).as_str(), "text/plain");
    assert_eq!(kind(b"\0\0\0", "a.csv"), "application/octet-stream");
}

#[test]
fn a_head_may_end_anywhere() {
    let json = br#"{"name": "Gr\u00f6\u00dfe", "list": [1, 2, {"a": "\"b"}]}"#;
    for length in 1..json.len() {
        let head = &json[..length];
        assert_eq!(detect(head, None, 1 << 40).as_str(), "application/json");
        assert_eq!(kind(head, ""), "text/plain");
    }
    let text = "Größe 😀".as_bytes();
    for length in 1..text.len() {
        assert_eq!(
            detect(&text[..length], None, 1 << 40).as_str(),
            "text/plain"
        );
    }
}

#[test]
fn office_documents_are_told_apart_inside() {
    let kinds = [
        ("word/document.xml", DOCX),
        ("xl/workbook.xml", XLSX),
        ("ppt/presentation.xml", PPTX),
    ];
    for streamed in [false, true] {
        for (part, expected) in kinds {
            let members = [
                ("[Content_Types].xml", "<Types/>"),
                ("_rels/.rels", "<a/>"),
                (part, "<b/>"),
            ];
            assert_eq!(kind(&zip(&members, streamed), "a.zip"), expected);
            assert_eq!(kind(&zip(&members, streamed), "a.odt"), expected);
        }
        let odt = "application/vnd.oasis.opendocument.text";
        assert_eq!(
            kind(
                &zip(&[("mimetype", odt), ("content.xml", "")], streamed),
                "a.docx"
            ),
            odt
        );
        let plain = zip(&[("a.txt", "a"), ("word/b.txt", "b")], streamed);
        assert_eq!(kind(&plain, "a"), "application/zip");
        // Only the name can tell.
        assert_eq!(kind(&plain, "a.docx"), DOCX);
    }
    let ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
    assert_eq!(kind(ole, "a.doc"), "application/msword");
    assert_eq!(kind(ole, "a.xyz"), "application/x-ole-storage");
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_samples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert!(paths.len() >= 25);
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let found = kind(&bytes, name);
        assert_eq!(kind(&bytes, name), found);
        let end = path
            .extension()
            .unwrap()
            .to_str()
            .unwrap()
            .to_ascii_lowercase();
        let expected = match end.as_str() {
            "jpg" => "image/jpeg",
            "txt" => "text/plain",
            "csv" => "text/csv",
            "eml" => "message/rfc822",
            "pdf" => "application/pdf",
            "xlsx" => XLSX,
            "docx" => DOCX,
            other => panic!("a sample ends in {other}"),
        };
        assert_eq!(found, expected, "{name}");
        if !found.starts_with("text/") {
            assert!(plain_text(bytes.as_slice(), found, &mut Vec::new()).is_err());
            continue;
        }
        let mut text = Vec::new();
        let outcome = plain_text(bytes.as_slice(), found, &mut text).unwrap();
        let extractor = match name {
            "Übergabe alter Rechner (UTF-16).txt" => "utf16le",
            "Messprotokoll 2018 (alt).txt" => "windows-1252",
            _ => "utf8",
        };
        assert_eq!(
            (outcome.extractor.as_str(), outcome.marks),
            (extractor, 0),
            "{name}"
        );
        assert_eq!(text == bytes, extractor == "utf8");
        let text = String::from_utf8(text).unwrap();
        match extractor {
            "utf16le" => assert!(
                text.starts_with("Übergabe aus dem alten Bauwerksbuch LH-014\r\nPrüfung 2021:")
            ),
            "windows-1252" => assert!(text.contains("Geländerhöhe Südseite: 1,12 m – in Ordnung")),
            _ => {}
        }
    }
}
