//! A moment in UTC, to the microsecond, in one spelling.

use std::fmt;
use std::str::FromStr;

/// A moment in UTC, to the microsecond, in the years 0000 to 9999. Its text is always
/// `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`, so that texts sort as times do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(i64);

/// Text that is not a time in the one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form YYYY-MM-DDTHH:MM:SS.ffffff+00:00")]
pub struct NotATime;

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;
/// 0000-01-01T00:00:00 and the last microsecond of 9999.
const FIRST: i64 = -62_167_219_200 * MICROS;
const LAST: i64 = 253_402_300_800 * MICROS - 1;

impl UtcTime {
    /// Microseconds since 1970; out of range is brought to the nearest end.
    pub fn from_unix_micros(micros: i64) -> Self {
        Self(micros.clamp(FIRST, LAST))
    }

    /// Microseconds since 1970.
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// Later by so many microseconds (earlier if negative), within the range.
    #[must_use]
    pub fn plus_micros(self, micros: i64) -> Self {
        Self::from_unix_micros(self.0.saturating_add(micros))
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0.div_euclid(MICROS), self.0.rem_euclid(MICROS));
        let (year, month, day) = date_of(seconds.div_euclid(DAY));
        let clock = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+00:00"
        )
    }
}

impl FromStr for UtcTime {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let number = |from: usize, to: usize| {
            let digits = text
                .get(from..to)
                .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
            digits
                .and_then(|digits| digits.parse::<i64>().ok())
                .ok_or(NotATime)
        };
        let days = days_of(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let clock = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
        let time = Self::from_unix_micros((days * DAY + clock) * MICROS + number(20, 26)?);
        // One spelling only: what does not come back the same (a 31 June, a leap second, other marks) is not a time.
        if time.to_string() == text {
            Ok(time)
        } else {
            Err(NotATime)
        }
    }
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
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`date_of`].
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_both_ways() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000+00:00"),
            (-1, "1969-12-31T23:59:59.999999+00:00"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000+00:00"),
            (1_795_523_696_000_007, "2026-11-24T12:34:56.000007+00:00"),
            (FIRST, "0000-01-01T00:00:00.000000+00:00"),
            (LAST, "9999-12-31T23:59:59.999999+00:00"),
        ] {
            assert_eq!(UtcTime::from_unix_micros(micros).to_string(), text);
            assert_eq!(text.parse::<UtcTime>().unwrap().unix_micros(), micros);
        }
        for wrong in [
            "2026-11-24T12:34:56+00:00",
            "2026-11-24T12:34:56.000007Z",
            "2026-06-31T12:34:56.000007+00:00",
            "2026-11-24T12:34:60.000007+00:00",
            "2026-11-24 12:34:56.000007+00:00",
            "+026-11-24T12:34:56.000007+00:00",
            "2026-11-24T12:34:56.000007+00:00 ",
            "",
            "ä026-11-24T12:34:56.000007+00:0",
        ] {
            assert_eq!(wrong.parse::<UtcTime>(), Err(NotATime), "{wrong}");
        }
    }

    #[test]
    fn every_day_comes_back() {
        for days in (-719_528..2_932_897).step_by(13) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_of(year, month, day), days);
        }
    }
}
