//! From a file's first bytes: is it text, and in which encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::WINDOW;
use super::decoder::Decoder;
use super::encoding::{Encoding, Form, Order};
use super::measure;
use super::utf16;

const ESCAPE: u8 = 0x1b;

/// Why bytes are not read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// There are NULs that are not UTF-16.
    #[error("there are NUL bytes")]
    Nul,
    /// There are too many controls or undecodable bytes for a text.
    #[error("there are too many control characters")]
    Controls,
}

/// What the first bytes say.
pub(super) struct Start {
    /// The encoding to go on with.
    pub encoding: Encoding,
    /// How many bytes the byte order mark takes.
    pub mark: usize,
    /// Whether all was ASCII, so that a later byte may decide otherwise.
    pub open: bool,
}

/// How many first bytes [`start`] needs to see of a file of which these are the first.
pub(super) fn enough(head: &[u8]) -> usize {
    let plain = head
        .iter()
        .take(WINDOW)
        .take_while(|b| is_plain(**b))
        .count();
    if plain < WINDOW && plain < head.len() {
        plain + WINDOW
    } else {
        WINDOW
    }
}

/// Whether the byte means the same in all encodings that are read here but UTF-16 and UTF-32.
pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && byte != ESCAPE
}

/// Judges the first bytes of a file; `last` if there are no more.
pub(super) fn start(sample: &[u8], last: bool) -> Result<Start, NotText> {
    let start = if let Some((encoding, mark)) = byte_order_mark(sample) {
        Start {
            encoding,
            mark,
            open: false,
        }
    } else if sample.contains(&0) {
        let order = utf16::order(sample, last).ok_or(NotText::Nul)?;
        Start {
            encoding: Encoding(Form::Utf16(order)),
            mark: 0,
            open: false,
        }
    } else {
        let encoding = told_by(None, sample, last);
        Start {
            encoding: encoding.unwrap_or(Encoding::UTF8),
            mark: 0,
            open: encoding.is_none(),
        }
    };
    let mut text = String::new();
    let mut decoder = Decoder::new(start.encoding);
    decoder.push(
        sample.get(start.mark..).unwrap_or_default(),
        false,
        &mut text,
    );
    let controls = text.chars().filter(|c| is_control(*c)).count() as u64;
    let odd =
        (controls + decoder.marks()).saturating_mul(if start.encoding.legacy() { 64 } else { 8 });
    if odd > text.chars().count() as u64 {
        Err(NotText::Controls)
    } else {
        Ok(start)
    }
}

fn byte_order_mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
    let (form, mark) = match bytes {
        [0xff, 0xfe, 0, 0, ..] => (Form::Utf32(Order::Little), 4),
        [0, 0, 0xfe, 0xff, ..] => (Form::Utf32(Order::Big), 4),
        [0xff, 0xfe, ..] => (Form::Utf16(Order::Little), 2),
        [0xfe, 0xff, ..] => (Form::Utf16(Order::Big), 2),
        [0xef, 0xbb, 0xbf, ..] => (Form::Utf8, 3),
        _ => return None,
    };
    Some((Encoding(form), mark))
}

/// Which encoding a stretch of text is in, `before` being the byte before it, or nothing if it is all ASCII.
pub(super) fn told_by(before: Option<u8>, stretch: &[u8], last: bool) -> Option<Encoding> {
    let ascii = stretch.is_ascii();
    // The Japanese of old mail shifts between two alphabets with escapes, all of it ASCII.
    let shifts = |w: &[u8]| matches!(w, [ESCAPE, b'$', b'@' | b'B']);
    if ascii && !stretch.windows(3).any(shifts) {
        return None;
    }
    if !ascii && is_utf8(stretch, last) {
        return Some(Encoding::UTF8);
    }
    let prose = measure::hide(before, stretch);
    if !ascii && prose.is_ascii() {
        return Some(Encoding(Form::Legacy(encoding_rs::WINDOWS_1252)));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(before.as_slice(), false);
    detector.feed(&prose, last);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if ascii && guess != encoding_rs::ISO_2022_JP {
        return None;
    }
    // Of the two names of one decoder, the one that says all it reads.
    let guess = if guess == encoding_rs::GBK {
        encoding_rs::GB18030
    } else {
        guess
    };
    Some(Encoding(Form::Legacy(guess)))
}

/// Whether this is UTF-8, or so nearly that the few wrong bytes are damage: one to ten sound characters beyond ASCII.
fn is_utf8(bytes: &[u8], last: bool) -> bool {
    let (mut sound, mut broken) = (0usize, 0usize);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut = !last && chunks.peek().is_none() && is_cut(chunk.invalid());
        broken += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    broken == 0 || broken.saturating_mul(10) <= sound
}

/// Whether more bytes could complete the character.
fn is_cut(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Whether the character is one that no text has use for. Those of teleprinters and terminals are in many logs.
pub(super) fn is_control(c: char) -> bool {
    match c {
        '\u{7}'..='\r' | '\u{1a}' | '\u{1b}' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control(),
    }
}
