//! Whatever is typed, nothing breaks.

use std::sync::OnceLock;

use proptest::prelude::*;

use crate::support::{Desk, Place};

fn desk() -> &'static Desk {
    static DESK: OnceLock<(Place, Desk)> = OnceLock::new();
    &DESK
        .get_or_init(|| {
            Place::with_texts(&[
                "rust on the bearing B4",
                "橋の支承点検",
                "größere Schäden \"quoted\"",
            ])
        })
        .1
}

fn ask(query: &str) -> u64 {
    let desk = desk();
    match desk.vault.search(&desk.project, query, 10, None) {
        Ok(found) => {
            assert!(found.trouble.is_none(), "{query:?}: {:?}", found.trouble);
            found.total
        }
        Err(error) => {
            assert_eq!(error.code(), "query_empty", "{query:?}: {error}");
            0
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_query_is_an_error(query in any::<String>()) {
        ask(&query);
    }

    #[test]
    fn no_query_in_the_index_own_language_is_an_error(
        query in "([a-z*\"'(){}:^+,;-]| AND | OR | NOT | NEAR|NEAR\\(a b, 2\\)|text:|\\\\|\0|rust|支承){0,40}"
    ) {
        ask(&query);
    }

    #[test]
    fn a_word_that_is_there_is_found_however_it_is_dressed(left in "[\"'(){}:^+,;. ]{0,3}", right in "[\"'(){}:^+,;. *]{0,3}") {
        prop_assert_eq!(ask(&format!("{left}bearing{right}")), 1);
    }
}

#[test]
fn queries_that_broke_others() {
    let long = "x".repeat(10_000);
    let many = "rust ".repeat(2_000);
    let kinds: String = (0..5_000).map(|n| format!("w{n} ")).collect();
    let ideographs = "支承".repeat(5_000);
    let quotes = "\"".repeat(10_001);
    for query in [
        long.as_str(),
        &kinds,
        &ideographs,
        &quotes,
        "\0",
        "a\0b",
        "🌉",
        "👩‍👩‍👧‍👦",
        "\u{202e}x",
        "-\"",
        "\"*",
        "*\"",
        "--x",
        "%",
        "_",
        "'",
        "NEAR(",
        "rust\u{200b}",
    ] {
        ask(query);
    }
    assert_eq!(ask(&many), 1);
    assert_eq!(ask("\"quoted\""), 1);
    assert_eq!(ask("rust AND bearing"), 0);
}
