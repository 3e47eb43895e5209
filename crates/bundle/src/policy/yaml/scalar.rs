//! What a plain word means: the typing of YAML 1.1 as PyYAML's safe loader applies it.

use super::{Kind, YamlErrorKind as Error};
use crate::canon::MAX_INT;

/// The value of a scalar without tag and quotes.
pub(super) fn plain(text: &str) -> Result<Kind, Error> {
    if let Some(b) = boolean(text) {
        return Ok(Kind::Bool(b));
    }
    if is_float(text) {
        return float(text);
    }
    if is_int(text) {
        return int(text);
    }
    Ok(match text {
        "<<" => Kind::Merge,
        "=" => Kind::Equals,
        _ if is_null(text) => Kind::Null,
        _ if is_date(text) => Kind::Date(text.to_owned()),
        _ => Kind::Text(text.to_owned()),
    })
}

/// The value of a scalar with a tag of the core schema.
pub(super) fn tagged(tag: &str, text: &str) -> Result<Kind, Error> {
    let malformed = || Error::Malformed(text.to_owned());
    match tag {
        "str" => Ok(Kind::Text(text.to_owned())),
        "null" if is_null(text) => Ok(Kind::Null),
        "bool" => boolean(text).map(Kind::Bool).ok_or_else(malformed),
        "int" if is_int(text) => int(text),
        "float" if is_float(text) || decimal(unsigned(text)) => float(text),
        "timestamp" if is_date(text) => Ok(Kind::Date(text.to_owned())),
        "null" | "int" | "float" | "timestamp" => Err(malformed()),
        _ => Err(Error::Tag(format!("!!{tag}"))),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(allowed)
}

fn some(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && all(text, allowed)
}

fn digits(text: &str) -> bool {
    some(text, |b| b.is_ascii_digit())
}

fn digit_or_gap(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// A digit, then digits and `_`.
fn decimal(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && all(text, digit_or_gap)
}

/// `190:20:30`: a decimal, then one or more parts from 0 to 59.
fn sexagesimal(text: &str) -> bool {
    let part = |part: &str| digits(part) && (part.len() == 1 || part.len() == 2 && part < "60");
    text.split_once(':')
        .is_some_and(|(first, rest)| decimal(first) && rest.split(':').all(part))
}

fn is_int(text: &str) -> bool {
    let body = unsigned(text);
    if let Some(binary) = body.strip_prefix("0b") {
        return some(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = body.strip_prefix("0x") {
        return some(hex, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    match body.strip_prefix('0') {
        Some(octal) => all(octal, |b| matches!(b, b'0'..=b'7' | b'_')),
        None => decimal(body) || sexagesimal(body),
    }
}

fn is_float(text: &str) -> bool {
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((whole, tail)) = body.split_once('.') else {
        return false;
    };
    if sexagesimal(whole) {
        return all(tail, digit_or_gap);
    }
    let (fraction, exponent) = match tail.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (tail, None),
    };
    // An exponent needs its sign, and a number that starts with the point has none.
    let exponent_fits = exponent.is_none_or(|e| e.strip_prefix(['-', '+']).is_some_and(digits));
    let mantissa_fits = if whole.is_empty() {
        body.len() == text.len() && decimal(fraction)
    } else {
        decimal(whole) && all(fraction, digit_or_gap)
    };
    exponent_fits && mantissa_fits
}

/// `2024-05-01`, or a date and a time with or without a zone.
fn is_date(text: &str) -> bool {
    date_and_rest(text).is_some_and(|(month, day, rest)| {
        if rest.is_empty() {
            month.len() == 2 && day.len() == 2
        } else {
            is_time(rest)
        }
    })
}

/// Month and day (one digit or two) of a date and what follows it.
fn date_and_rest(text: &str) -> Option<(&str, &str, &str)> {
    let (year, rest) = leading_digits(text);
    let (month, rest) = leading_digits(rest.strip_prefix('-')?);
    let (day, rest) = leading_digits(rest.strip_prefix('-')?);
    let short = |number: &str| (1..=2).contains(&number.len());
    (year.len() == 4 && short(month) && short(day)).then_some((month, day, rest))
}

/// `T1:02:03`, ` 01:02:03.5 +01:30`: what may follow a date.
fn is_time(text: &str) -> bool {
    let time = match text.strip_prefix(['T', 't']) {
        Some(time) => Some(time),
        None => Some(text.trim_start_matches(BLANK)).filter(|time| time.len() < text.len()),
    };
    time.and_then(|time| {
        let (hour, rest) = leading_digits(time);
        let (minute, rest) = leading_digits(rest.strip_prefix(':')?);
        let (second, rest) = leading_digits(rest.strip_prefix(':')?);
        let rest = rest
            .strip_prefix('.')
            .map_or(rest, |fraction| leading_digits(fraction).1);
        Some(
            (1..=2).contains(&hour.len())
                && minute.len() == 2
                && second.len() == 2
                && is_zone(rest),
        )
    })
    .unwrap_or(false)
}

/// Nothing, `Z`, `+1`, `+01` or `+01:30`, perhaps after blanks.
fn is_zone(text: &str) -> bool {
    let zone = text.trim_start_matches(BLANK);
    match zone.strip_prefix(['-', '+']) {
        Some(offset) => {
            let (hour, rest) = leading_digits(offset);
            let minute = rest
                .strip_prefix(':')
                .map(|minute| digits(minute) && minute.len() == 2);
            (1..=2).contains(&hour.len()) && minute.unwrap_or(rest.is_empty())
        }
        None => zone == "Z" || text.is_empty(),
    }
}

const BLANK: [char; 2] = [' ', '\t'];

fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn int(text: &str) -> Result<Kind, Error> {
    let body = unsigned(text).replace('_', "");
    let radix = |digits: &str, radix| match i64::from_str_radix(digits, radix) {
        Ok(n) => Ok(n),
        // `0b_` and `0x_` look like integers and have no digit.
        Err(_) if digits.is_empty() => Err(Error::Malformed(text.to_owned())),
        Err(_) => Ok(i64::MAX),
    };
    let magnitude = if body == "0" {
        0
    } else if let Some(binary) = body.strip_prefix("0b") {
        radix(binary, 2)?
    } else if let Some(hex) = body.strip_prefix("0x") {
        radix(hex, 16)?
    } else if let Some(octal) = body.strip_prefix('0') {
        radix(octal, 8)?
    } else {
        body.split(':').try_fold(0i64, |sum, part| {
            Ok(sum.saturating_mul(60).saturating_add(radix(part, 10)?))
        })?
    };
    if magnitude > MAX_INT {
        return Err(Error::IntOutOfRange(text.to_owned()));
    }
    Ok(Kind::Int(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    }))
}

fn float(text: &str) -> Result<Kind, Error> {
    let body = unsigned(text).replace('_', "");
    let not_finite = || Error::NotFinite(text.to_owned());
    // Beyond twelve places of base sixty the sum depends on who adds it up.
    let parts: Vec<&str> = body.rsplit(':').take(13).collect();
    if parts.len() > 12 {
        return Err(not_finite());
    }
    let mut sum = 0.0;
    let mut base = 1.0;
    for part in parts {
        sum += part.parse::<f64>().map_err(|_| not_finite())? * base;
        base *= 60.0;
    }
    if !f64::is_finite(sum) {
        return Err(not_finite());
    }
    Ok(Kind::Float(if text.starts_with('-') { -sum } else { sum }))
}
