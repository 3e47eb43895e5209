//! Times as people type them: a day, or a moment in UTC.

use store::UtcTime;

use crate::error::AppError;
use crate::fault::Fault;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// The moment from which something holds: the beginning of a day, or a moment.
pub fn from_day(text: &str) -> Result<String, AppError> {
    day(text)
        .or_else(|| moment(text))
        .map_or_else(|| Err(wrong(text)), |time| Ok(time.to_string()))
}

/// The moment up to which something holds: the end of a day, which counts in full, or a moment.
pub fn until_day(text: &str) -> Result<String, AppError> {
    let end = day(text).map(|time| time.plus_micros(DAY));
    end.or_else(|| moment(text))
        .map_or_else(|| Err(wrong(text)), |time| Ok(time.to_string()))
}

/// `2026-05-03`.
fn day(text: &str) -> Option<UtcTime> {
    format!("{text}T00:00:00.000000+00:00").parse().ok()
}

/// `2026-05-03T14:02:11Z`, or in full as it stands in the record.
fn moment(text: &str) -> Option<UtcTime> {
    let short = text
        .strip_suffix('Z')
        .map(|text| format!("{text}.000000+00:00"));
    short.as_deref().unwrap_or(text).parse().ok()
}

fn wrong(text: &str) -> AppError {
    Fault::Usage
        .error()
        .saying(format!("{text:?} is neither a day nor a time in UTC."))
        .advising("Write a day as 2026-05-03, or a time in UTC as 2026-05-03T14:02:11Z.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_from_its_beginning_to_its_end() {
        assert_eq!(
            from_day("2026-05-03").unwrap(),
            "2026-05-03T00:00:00.000000+00:00"
        );
        assert_eq!(
            until_day("2026-12-31").unwrap(),
            "2027-01-01T00:00:00.000000+00:00"
        );
        for read in [from_day, until_day] {
            assert_eq!(
                read("2026-05-03T14:02:11Z").unwrap(),
                "2026-05-03T14:02:11.000000+00:00"
            );
            let full = "2026-05-03T14:02:11.123456+00:00";
            assert_eq!(read(full).unwrap(), full);
            for bad in [
                "",
                "2026",
                "2026-02-30",
                "2026-05-03T14:02",
                "3 May",
                "2026-05-03T14:02:11+02:00",
            ] {
                assert_eq!(read(bad).unwrap_err().code, "usage", "{bad}");
            }
        }
    }
}
