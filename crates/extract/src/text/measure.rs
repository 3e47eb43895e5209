//! Signs of measure, which say nothing about the language of a text.
//!
//! Detectors are trained on prose. In a table of readings "300 µm", "± 0,5", "Ø 12" and "m³" are often all there is beyond
//! ASCII, and look to them like Chinese, Polish or Latvian.

use std::borrow::Cow;

/// The stretch with blanks for signs of measure, `before` being the byte before it. Bytes are those of windows-1252.
pub(super) fn hide(before: Option<u8>, stretch: &[u8]) -> Cow<'_, [u8]> {
    let mut hidden = Cow::Borrowed(stretch);
    for (at, &byte) in stretch.iter().enumerate() {
        if byte.is_ascii() {
            continue;
        }
        let back = |steps: usize| match at.checked_sub(steps) {
            Some(place) => stretch.get(place).copied(),
            None if steps == at + 1 => before,
            None => None,
        };
        let unit = [back(1), back(2), back(3)];
        if is_sign(unit, byte, stretch.get(at + 1).copied())
            && let Some(place) = hidden.to_mut().get_mut(at)
        {
            *place = b' ';
        }
    }
    hidden
}

/// Whether the byte stands where the sign would, after the three bytes `back` of it, the nearest first.
fn is_sign(back: [Option<u8>; 3], byte: u8, next: Option<u8>) -> bool {
    let [previous, second, third] = back;
    let ends = !is_letter(next);
    match byte {
        // ° before its unit or nothing
        0xb0 => !is_letter(previous) && (ends || matches!(next, Some(b'C' | b'F' | b'K'))),
        // ± ¼ ½ ¾ × Ø ÷
        0xb1 | 0xbc..=0xbe | 0xd7 | 0xd8 | 0xf7 => !is_letter(previous) && ends,
        // µ before its unit
        0xb5 => !is_letter(previous) && next.is_some_and(|b| b.is_ascii_alphabetic()),
        // ² and ³ after m, km, mm …
        0xb2 | 0xb3 => {
            let short = match second {
                Some(b'c' | b'd' | b'k' | b'm') => !is_letter(third),
                other => !is_letter(other),
            };
            previous == Some(b'm') && short && ends
        }
        _ => false,
    }
}

/// Whether it is, or may be in some encoding, a letter.
fn is_letter(byte: Option<u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii())
}
