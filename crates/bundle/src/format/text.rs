//! Names from file systems and people as text that no line reader can misread.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::canon::{Object, Value};

/// Text that went through [`clean`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// Valid text without control, line-separator or bidi characters.
    pub text: String,
    /// The exact bytes in base64, if the text is not exactly what they were.
    pub bytes: Option<String>,
}

impl Clean {
    /// Adds `key` and, where the text was changed, `key_bytes` to an object.
    #[must_use]
    pub fn add_to(&self, object: Object, key: &str) -> Object {
        object
            .with(key, self.text.as_str())
            .with_some(&format!("{key}_bytes"), self.bytes.as_deref())
    }
}

/// Replaces each byte that belongs to no well-formed sequence, and each forbidden character, by U+FFFD.
pub fn clean(bytes: &[u8]) -> Clean {
    replace(bytes, is_forbidden)
}

/// The same for notes, captions, reasons and authorities, in which a line feed may stand.
pub fn clean_lines(bytes: &[u8]) -> Clean {
    replace(bytes, |c| c != '\n' && is_forbidden(c))
}

/// The exact bytes of a text in a body: those beside it where [`clean`] changed something, else its own.
pub fn exact(body: &Object, key: &str) -> Option<Vec<u8>> {
    let beside = body.get(&format!("{key}_bytes")).and_then(Value::as_str);
    match beside.map(|text| STANDARD.decode(text)) {
        Some(Ok(bytes)) => Some(bytes),
        _ => body.get(key)?.as_str().map(|text| text.as_bytes().to_vec()),
    }
}

fn replace(bytes: &[u8], forbidden: impl Fn(char) -> bool) -> Clean {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(|c| {
            if forbidden(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        }));
        // One U+FFFD for every byte: the standard library's lossy conversion would join them.
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    let changed = text.as_bytes() != bytes;
    Clean {
        text,
        bytes: changed.then(|| STANDARD.encode(bytes)),
    }
}

/// Controls, line and paragraph separators, and characters that reorder text on a screen.
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Name of a sealed file, made safe for every file system: the project's reference or word, number, date, digest.
pub fn bundle_file_name(reference: &str, number: &str, date: &str, digest: &str) -> String {
    let tail = format!("_{number}_{date}_{digest}.zip");
    let mut head = String::new();
    for c in reference.trim().chars() {
        let safe = if c.is_alphanumeric() || matches!(c, '-' | '.' | '+' | '(' | ')') {
            c
        } else {
            '-'
        };
        if head.len() + safe.len_utf8() + tail.len() > 80 {
            break;
        }
        // A leading dot would hide the file.
        if !(head.is_empty() && safe == '.') {
            head.push(safe);
        }
    }
    if head.is_empty() {
        head.push_str("bundle");
    }
    head + &tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stray_byte_becomes_one_mark() {
        assert_eq!(
            clean("é ✓".as_bytes()),
            Clean {
                text: "é ✓".into(),
                bytes: None
            }
        );
        assert_eq!(clean(b"caf\xe9.txt").text, "caf\u{fffd}.txt");
        assert_eq!(clean(b"\xe2\x82A.txt").text, "\u{fffd}\u{fffd}A.txt");
        assert_eq!(
            clean(b"\xed\xa0\x80lone").text,
            "\u{fffd}\u{fffd}\u{fffd}lone"
        );
        assert_eq!(
            clean("a\u{2028}b\u{202e}".as_bytes()).text,
            "a\u{fffd}b\u{fffd}"
        );
        assert_eq!(clean_lines(b"a\r\nb").text, "a\u{fffd}\nb");
        assert_eq!(clean("\u{fffd}".as_bytes()).bytes, None);
    }

    #[test]
    fn exact_bytes_come_back() {
        for bytes in [&b"plain"[..], b"caf\xe9", b"two\nlines", b""] {
            let body = clean(bytes).add_to(Object::new(), "name");
            assert_eq!(exact(&body, "name").as_deref(), Some(bytes));
        }
        assert_eq!(exact(&Object::new(), "name"), None);
    }

    #[test]
    fn file_names_are_safe_and_short() {
        assert_eq!(
            bundle_file_name("HB-2026/014", "0007", "2026-03-01", "01234567"),
            "HB-2026-014_0007_2026-03-01_01234567.zip"
        );
        let long = bundle_file_name(&"ü".repeat(10_000), "0001", "2026-03-01", "01234567");
        assert!(long.len() <= 80 && long.starts_with('ü'));
        assert!(bundle_file_name("../\n", "0001", "2026-03-01", "01234567").starts_with('-'));
        assert!(
            bundle_file_name("", "excerpt", "2026-03-01", "01234567").starts_with("bundle_excerpt")
        );
    }
}
