//! Random bytes: nothing panics, and no answer depends on how the bytes were cut.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use extract::text::{NotText, TextDecoder, WINDOW};
use extract::{detect, plain_text};
use proptest::collection::vec;
use proptest::prelude::*;

fn read(bytes: &[u8], cuts: &[usize]) -> Result<(String, u64, String), NotText> {
    let mut decoder = TextDecoder::new();
    let mut text = String::new();
    let mut rest = bytes;
    for cut in cuts.iter().cycle().take_while(|_| !cuts.is_empty()) {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*cut).min(rest.len()));
        decoder.push(piece, &mut text)?;
        rest = after;
    }
    decoder.push(rest, &mut text)?;
    let decoded = decoder.finish(&mut text)?;
    Ok((decoded.encoding.to_string(), decoded.marks, text))
}

/// Short stretches in several encodings, binary and escapes, one after the other.
fn mixed() -> impl Strategy<Value = Vec<u8>> {
    let stretch = prop_oneof![
        4 => "[ -~\n]{0,40}".prop_map(String::into_bytes),
        2 => "[a-zäöüß😀я橋 ]{0,20}".prop_map(String::into_bytes),
        1 => "[а-я ]{0,20}".prop_map(|s| encoding_rs::KOI8_R.encode(&s).0.into_owned()),
        1 => "[ぁ-ん ]{0,20}".prop_map(|s| encoding_rs::ISO_2022_JP.encode(&s).0.into_owned()),
        1 => "[a-zä\n]{0,20}".prop_map(|s| s.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        1 => vec(any::<u8>(), 0..8),
        1 => Just(b"\xff\xfe".to_vec()),
        1 => Just(b"\xef\xbb\xbf".to_vec()),
        1 => Just(b"\xff\xfe\0\0".to_vec()),
        1 => Just(b"\x1b[0m".to_vec()),
        1 => Just(b"PK\x03\x04".to_vec()),
        1 => Just(b"\0\0\0\x10ftyp".to_vec()),
    ];
    vec(stretch, 0..8).prop_map(|stretches| stretches.concat())
}

proptest! {
    #[test]
    fn cuts_do_not_matter(bytes in mixed(), cuts in vec(1usize..9, 1..5)) {
        prop_assert_eq!(read(&bytes, &cuts), read(&bytes, &[]));
    }

    #[test]
    fn nor_do_they_where_a_window_ends(
        before in 0usize..12,
        bytes in mixed(),
        windows in 1usize..4,
        cuts in vec(1usize..50_000, 1..5),
        tail in mixed(),
    ) {
        let mut all = vec![b'a'; windows * WINDOW - before];
        all.extend(&bytes);
        all.extend(b"plain ascii ".iter().cycle().take(WINDOW - before));
        all.extend(&tail);
        prop_assert_eq!(read(&all, &cuts), read(&all, &[]));
    }

    #[test]
    fn a_type_is_always_told(bytes in mixed(), name in ".{0,12}", more in 0u64..3) {
        let kind = detect(&bytes, Some(&name), bytes.len() as u64 + more);
        prop_assert_eq!(detect(&bytes, Some(&name), bytes.len() as u64 + more), kind);
        let mut text = Vec::new();
        if let Ok(outcome) = plain_text(bytes.as_slice(), kind.as_str(), &mut text) {
            let text = String::from_utf8(text).unwrap();
            prop_assert_eq!(outcome.chars, text.chars().count() as u64);
        }
    }

    #[test]
    fn utf8_is_left_alone(text in "[a-z äß\n橋😀]{0,200}") {
        let read = read(text.as_bytes(), &[7]);
        prop_assert_eq!(read, Ok(("utf8".to_owned(), 0, text)));
    }
}
