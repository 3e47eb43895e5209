//! Times of files as text: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn+00:00`, always UTC and always nine digits.

const DAY: i64 = 86_400;

/// The text of a file time: seconds since 1970-01-01T00:00:00Z, and nanoseconds forward from there.
///
/// None outside of the years 0 to 9999, and for a billion nanoseconds or more: there is no text of that form for them.
pub fn file_time(seconds: i64, nanoseconds: u32) -> Option<String> {
    let (year, month, day) = date_of(seconds.div_euclid(DAY));
    let clock = seconds.rem_euclid(DAY);
    let known = (0..=9999).contains(&year) && nanoseconds < 1_000_000_000;
    known.then(|| {
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{nanoseconds:09}+00:00",
            clock / 3600,
            clock / 60 % 60,
            clock % 60
        )
    })
}

/// The proleptic Gregorian date of a day counted from 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468; // from 0000-03-01, so that a leap day ends its year
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        // Each as `date -u -d @SECONDS` has it.
        for (seconds, nanoseconds, text) in [
            (0, 0, "1970-01-01T00:00:00.000000000+00:00"),
            (-1, 999_999_999, "1969-12-31T23:59:59.999999999+00:00"),
            (-1, 0, "1969-12-31T23:59:59.000000000+00:00"),
            (951_782_400, 1, "2000-02-29T00:00:00.000000001+00:00"),
            (-2_208_988_800, 5, "1900-01-01T00:00:00.000000005+00:00"),
            (-2_203_891_201, 0, "1900-02-28T23:59:59.000000000+00:00"),
            (-2_203_891_200, 0, "1900-03-01T00:00:00.000000000+00:00"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000000+00:00"),
            (
                1_795_523_696,
                123_456_789,
                "2026-11-24T12:34:56.123456789+00:00",
            ),
            (
                253_402_300_799,
                999_999_999,
                "9999-12-31T23:59:59.999999999+00:00",
            ),
            (-62_167_219_200, 0, "0000-01-01T00:00:00.000000000+00:00"),
        ] {
            assert_eq!(file_time(seconds, nanoseconds).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_has_no_such_text_has_none() {
        for (seconds, nanoseconds) in [
            (253_402_300_800, 0),
            (-62_167_219_201, 999_999_999),
            (i64::MAX, 0),
            (i64::MIN, 0),
            (0, 1_000_000_000),
        ] {
            assert_eq!(file_time(seconds, nanoseconds), None);
        }
    }
}
