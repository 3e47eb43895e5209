use super::*;

fn refusal(text: &str) -> Option<ManifestError> {
    read(|| text.as_bytes(), &mut |_, _| {}).err()
}

#[test]
fn what_is_held_in_memory_is_bounded() {
    let list = format!("[{}0]", "0,".repeat(3 << 20));
    let fields: String = (0..400_000).map(|n| format!("\"key {n}\":0,")).collect();
    for text in [
        format!("{{\"files\":{{}},\"ext\":{list}}}"),
        format!("{{\"ext\":{list},\"files\":{{}}}}"),
        format!("{{{fields}\"files\":{{}}}}"),
        format!("{{\"files\":{{\"a\":{list}}}}}"),
    ] {
        let error = refusal(&text);
        let Some(ManifestError::Parse(error)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.kind, crate::canon::JsonErrorKind::TooLarge);
    }
    let names: String = (0..400_000)
        .rev()
        .map(|n| format!("\"name {n:090}\":0,"))
        .collect();
    let unsorted = format!("{{\"files\":{{{names}\"a\":0}}}}");
    assert!(matches!(
        refusal(&unsorted),
        Some(ManifestError::Invalid(_))
    ));
}

#[test]
fn a_long_list_is_no_burden() {
    let names: String = (0..200_000)
        .map(|n| format!("\"name {n:090}\":\"\","))
        .collect();
    assert_eq!(
        refusal(&format!("{{\"files\":{{{names}\"z\":\"\"}}}}")),
        None
    );
}
