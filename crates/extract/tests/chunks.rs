//! Chunks: the reference's cases, and what must hold for any text and any way to read it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::io::{self, ErrorKind, Read};
use std::path::Path;

use extract::{Chunk, Chunking, Chunks};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// Gives its bytes a few at a time, and now and then nothing but an interruption.
struct Drip<'a>(&'a [u8], usize, bool);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.2 = !self.2;
        if self.2 {
            return Err(ErrorKind::Interrupted.into());
        }
        let length = self.1.min(buffer.len());
        self.0
            .take(length as u64)
            .read(buffer)
            .inspect(|n| self.0 = &self.0[*n..])
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|d| char::from_digit(d.into(), 16).unwrap());
    bytes.iter().flat_map(digits).collect()
}

fn cut(text: &str, rule: Chunking) -> Vec<Chunk> {
    Chunks::new(text.as_bytes(), rule)
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn the_cases_of_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/primitives.json");
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = index["chunks"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let number = |key: &str| usize::try_from(case[key].as_u64().unwrap()).unwrap();
        let rule = Chunking::new(
            number("chunk_chars"),
            number("overlap_chars"),
            number("min_chunk_chars"),
        );
        let chunks: Vec<_> = cut(case["text"].as_str().unwrap(), rule)
            .iter()
            .map(|chunk| {
                let digest = Sha256::digest(&chunk.text);
                let hex = hex(&digest);
                serde_json::json!([chunk.index, chunk.start, chunk.end, hex])
            })
            .collect();
        assert_eq!(serde_json::Value::Array(chunks), case["chunks"]);
    }
}

#[test]
fn a_short_note_is_found() {
    let chunks = cut(" a\n", Chunking::default());
    assert_eq!(
        chunks,
        [Chunk {
            index: 0,
            start: 0,
            end: 3,
            text: "a".to_owned()
        }]
    );
    assert!(cut(" \n\u{1c}\u{a0}", Chunking::default()).is_empty());
}

#[test]
fn no_numbers_make_it_loop() {
    for (size, overlap) in [
        (0, 0),
        (1, 1),
        (5, 5),
        (5, 900),
        (1, usize::MAX),
        (usize::MAX, usize::MAX),
    ] {
        let chunks = cut("0123456789", Chunking::new(size, overlap, 0));
        assert!(!chunks.is_empty() && chunks.len() <= 10, "{size} {overlap}");
        assert_eq!(chunks.last().unwrap().end, 10);
    }
}

#[test]
fn what_is_not_utf8_ends_with_an_error() {
    for bytes in [&b"a\xff"[..], b"a\xc3", b"\xe2\x82"] {
        let mut chunks = Chunks::new(bytes, Chunking::default());
        assert_eq!(
            chunks.next().unwrap().unwrap_err().kind(),
            ErrorKind::InvalidData
        );
        assert!(chunks.next().is_none());
    }
}

/// The rule as it stands in the format document, on a whole text in memory.
fn by_the_book(text: &str, size: usize, overlap: usize, minimum: usize) -> Vec<Chunk> {
    let all: Vec<char> = text.chars().collect();
    let (mut chunks, mut start) = (Vec::new(), 0);
    while start < all.len() {
        let end = all.len().min(start + size);
        let window: String = all[start..end].iter().collect();
        let text =
            window.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
        if text.chars().count() >= minimum.max(1) {
            let (index, start, end) = (chunks.len() as u64, start as u64, end as u64);
            chunks.push(Chunk {
                index,
                start,
                end,
                text: text.to_owned(),
            });
        }
        if end == all.len() {
            break;
        }
        start = end - overlap;
    }
    chunks
}

proptest! {
    #[test]
    fn read_in_any_pieces_it_is_the_rule_of_the_book(
        text in "[a-z \n😀ü\u{1c}]{0,300}",
        size in 1usize..60,
        overlap in 0usize..60,
        minimum in 0usize..20,
        piece in 1usize..9,
    ) {
        let overlap = overlap % size;
        let rule = Chunking::new(size, overlap, minimum);
        let expected = by_the_book(&text, size, overlap, minimum);
        let dripped: Vec<_> = Chunks::new(Drip(text.as_bytes(), piece, false), rule).collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(&dripped, &expected);
        prop_assert_eq!(cut(&text, rule), expected);
    }

    #[test]
    fn every_character_is_in_a_chunk(text in ".{0,200}", size in 1usize..40, overlap in any::<usize>()) {
        let chunks = cut(&text, Chunking::new(size, overlap, 1));
        for (at, c) in text.chars().enumerate() {
            let at = at as u64;
            let inside = |chunk: &Chunk| (chunk.start..chunk.end).contains(&at) && chunk.text.contains(c);
            prop_assert!(c.is_whitespace() || ('\x1c'..='\x1f').contains(&c) || chunks.iter().any(inside));
        }
    }
}
