//! Times as text: `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`, always UTC and always six digits.

/// Whether `text` has the form of an event's time.
pub fn is_event_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000000+00:00";
    let well_formed = text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| {
            if *form == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == *form
            }
        });
    let part = |at: std::ops::Range<usize>| {
        text.get(at)
            .and_then(|t| t.parse::<u32>().ok())
            .unwrap_or(u32::MAX)
    };
    well_formed
        && (1..=12).contains(&part(5..7))
        && (1..=31).contains(&part(8..10))
        && part(11..13) < 24
        && part(14..16) < 60
        && part(17..19) < 61
        // The zone is always UTC.
        && text.ends_with("+00:00")
}

/// The date of an event's time, `YYYY-MM-DD`.
pub fn date_of(event_time: &str) -> &str {
    event_time.get(..10).unwrap_or("0000-00-00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_is_a_time() {
        assert!(is_event_time("2026-03-01T10:00:07.137000+00:00"));
        for bad in [
            "2026-03-01T10:00:07+00:00",
            "2026-13-01T10:00:07.137000+00:00",
            "2026-03-01T10:00:07.137000+01:00",
            "2026-03-01 10:00:07.137000+00:00",
            "2026-03-01T10:00:07.137000Z",
        ] {
            assert!(!is_event_time(bad), "{bad}");
        }
    }
}
