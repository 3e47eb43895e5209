//! The text of a file, made such that the parser reads it as PyYAML does.

use super::{MAX_BYTES, Place, YamlError, YamlErrorKind as Error};

/// A text of characters on which all readers agree, with every line ended by U+000A and the document by `...`.
pub(super) struct Source {
    pub(super) text: String,
    /// Where the file ends.
    pub(super) end: Place,
    /// If the last line has no line break: its length in characters, all lines before counted in.
    pub(super) open_end: Option<usize>,
    /// Whether that last line is blank.
    pub(super) blank_end: bool,
}

impl Source {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, YamlError> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::TooLarge.at(Place { line: 1, column: 1 }));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let good = bytes.get(..e.valid_up_to()).unwrap_or_default();
            Error::NotUtf8.at(Place::after(&String::from_utf8_lossy(good)))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some((at, c)) = text.char_indices().find(|(_, c)| !is_allowed(*c)) {
            return Err(Error::Character(c).at(Place::after(text.get(..at).unwrap_or_default())));
        }
        let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
        let end = Place::after(&text);
        let last = text.rsplit('\n').next().unwrap_or_default();
        let blank_end = last.chars().all(char::is_whitespace);
        let open_end = (!last.is_empty()).then(|| text.chars().count());
        if open_end.is_some() {
            text.push('\n');
        }
        // At the very end of a text the parser treats a block scalar in its own way.
        text.push_str("...\n");
        Ok(Self {
            text,
            end,
            open_end,
            blank_end,
        })
    }

    /// Demands that what looks like an anchor has a name that all readers delimit alike. For texts with anchors.
    pub(super) fn check_anchors(&self) -> Result<(), YamlError> {
        let mut before = '\n';
        for (at, c) in self.text.char_indices() {
            let starts = before.is_whitespace() || "[{,:-?".contains(before);
            before = c;
            if c != '&' || !starts {
                continue;
            }
            let rest = self.text.get(at + 1..).unwrap_or_default();
            let ends = |c: char| c.is_whitespace() || "[]{},".contains(c);
            let name = rest.split(ends).next().unwrap_or_default();
            if !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            {
                let place = Place::after(self.text.get(..at).unwrap_or_default());
                return Err(Error::Ambiguous(format!("&{name}")).at(place));
            }
        }
        Ok(())
    }
}

/// The printable characters of YAML 1.1 without U+0085, U+2028 and U+2029, which end a line in YAML 1.1 only.
fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    }
}
