use std::fmt::Write as _;

use super::*;

fn refusal(text: &str) -> Option<ManifestError> {
    read(|| text.as_bytes(), &mut |_, _| {}).err()
}

/// Many keys, each with `value`.
fn keys(numbers: impl Iterator<Item = u32>, value: &str) -> String {
    let mut text = String::new();
    for number in numbers {
        write!(text, "\"name {number:090}\":{value},").unwrap();
    }
    text
}

#[test]
fn what_is_held_in_memory_is_bounded() {
    let list = format!("[{}0]", "0,".repeat(3 << 20));
    for text in [
        format!("{{\"files\":{{}},\"ext\":{list}}}"),
        format!("{{\"ext\":{list},\"files\":{{}}}}"),
        format!("{{{}\"files\":{{}}}}", keys(0..60_000, "0")),
        format!("{{\"files\":{{\"a\":{list}}}}}"),
    ] {
        let error = refusal(&text);
        let Some(ManifestError::Parse(error)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.kind, crate::canon::JsonErrorKind::TooLarge);
    }
    let unsorted = format!("{{\"files\":{{{}\"a\":0}}}}", keys((0..400_000).rev(), "0"));
    assert!(matches!(
        refusal(&unsorted),
        Some(ManifestError::Invalid(_))
    ));
}

#[test]
fn a_long_list_is_no_burden() {
    let sorted = format!("{{\"files\":{{{}\"z\":\"\"}}}}", keys(0..200_000, "\"\""));
    assert_eq!(refusal(&sorted), None);
}
