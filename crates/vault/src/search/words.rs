//! Text as the index takes it: composed, without the marks that we use ourselves, and with a gap where a script has none.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Set between characters that are words of their own; a reader never sees it.
pub(super) const GAP: char = '\u{200b}';
/// Put by the index before and after what was found.
pub(super) const OPEN: char = '\u{1}';
/// See [`OPEN`].
pub(super) const CLOSE: char = '\u{2}';

/// A longer word is not dropped where a piece may have cut it.
const LONGEST_CUT: usize = 100;

/// Prepares a text or a query: only what was prepared in the same way meets in the index.
pub(super) fn prepared(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let composed = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    };
    let mut out = String::with_capacity(composed.len() + composed.len() / 2);
    let mut gap = true;
    for c in composed.chars() {
        if c == GAP {
            continue;
        }
        let alone = stands_alone(c);
        if alone && !gap {
            out.push(GAP);
        }
        out.push(if is_ours(c) { ' ' } else { c });
        if alone {
            out.push(GAP);
        }
        gap = alone;
    }
    Cow::Owned(out)
}

/// ASCII text without controls other than white space.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// Controls would be taken for our marks, or end a text too early.
const fn is_ours(c: char) -> bool {
    c < ' ' && !matches!(c, '\t' | '\n' | '\r')
}

/// Characters of scripts that set no space between words, and symbols: each is found by itself. Punctuation is set apart
/// as well, which changes nothing; accents that follow their letter are not.
fn stands_alone(c: char) -> bool {
    match c {
        '\0'..='\u{9f}' | '\u{300}'..='\u{36f}' => false,
        // Thai, Lao; Myanmar; Khmer; kana, bopomofo, ideographs, Yi; syllables of Hangul; wide and half-wide forms.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}' => true,
        _ => !c.is_alphanumeric(),
    }
}

/// A piece of a text without the words that it may have only half of. The pieces share more than a word with each other,
/// so what goes here is whole in the piece before or after. What is too long for that stays.
pub(super) fn without_cut_words(text: &str, starts: bool, ends: bool) -> &str {
    let run = |mut letters: &mut dyn Iterator<Item = char>| -> usize {
        let run: Vec<char> = (&mut letters)
            .take(LONGEST_CUT + 1)
            .take_while(|c| c.is_alphanumeric() && !stands_alone(*c))
            .collect();
        match run.len() {
            length if length > LONGEST_CUT => 0,
            _ => run.iter().map(|c| c.len_utf8()).sum(),
        }
    };
    let first = if starts { 0 } else { run(&mut text.chars()) };
    let last = if ends {
        0
    } else {
        run(&mut text.chars().rev())
    };
    text.get(first..text.len().saturating_sub(last))
        .unwrap_or_default()
}

/// Whether the index has a word for anything in a text: letters, digits, symbols such as emoji.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_alphanumeric()
            || matches!(c, '\u{a6}' | '\u{a9}' | '\u{ae}' | '\u{b0}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
    })
}

/// The words of a name cut where case, or letter and digit, change: `PXL2024Bridge` as `PXL 2024 Bridge`. Empty where
/// that makes no difference.
pub(super) fn parts(name: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    let mut cut = false;
    while let Some(c) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
        let ends = before.is_some_and(|before| {
            (before.is_lowercase() && c.is_uppercase())
                || (before.is_uppercase() && c.is_uppercase() && next_is_lower)
                || (before.is_alphabetic() && c.is_numeric())
                || (before.is_numeric() && c.is_alphabetic())
        });
        if ends {
            out.push(' ');
            cut = true;
        }
        out.push(c);
        before = Some(c);
    }
    if cut { out } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_spaces_are_set_apart() {
        assert_eq!(prepared("plain text\n"), "plain text\n");
        assert_eq!(
            prepared("支承メモ"),
            "支\u{200b}承\u{200b}メ\u{200b}モ\u{200b}"
        );
        assert_eq!(prepared("B4支承"), "B4\u{200b}支\u{200b}承\u{200b}");
        assert_eq!(prepared("a\u{1}\0b\u{200b}ü"), "a  bü");
        assert_eq!(prepared("u\u{308}"), "ü");
        assert_eq!(prepared("20 °C"), "20 \u{200b}°\u{200b}C");
    }

    #[test]
    fn names_fall_into_their_parts() {
        assert_eq!(
            parts("PXL2024BridgeXMLReport.pdf"),
            "PXL 2024 Bridge XML Report.pdf"
        );
        assert_eq!(parts("Notes on bearing.txt"), "");
    }

    #[test]
    fn words_that_may_be_cut_are_left_to_the_next_piece() {
        let cut = |text| without_cut_words(text, false, false);
        assert_eq!(cut("rosion at the bea"), " at the ");
        assert_eq!(
            without_cut_words("corrosion at the bea", true, false),
            "corrosion at the "
        );
        assert_eq!(
            without_cut_words("rosion at the bearing", false, true),
            " at the bearing"
        );
        assert_eq!(cut("支承の点検"), "支承の点検");
        assert_eq!(cut("…x, y!"), "…x, y!");
        assert_eq!(cut("one"), "");
        let long = "x".repeat(500);
        assert_eq!(cut(&long), long);
        assert_eq!(cut(""), "");
    }

    #[test]
    fn punctuation_is_nothing_to_look_for() {
        assert!(has_words("…a") && has_words("7") && has_words("🌉") && has_words("承"));
        assert!(!has_words("… § -- \"*\" \0"));
    }
}
