//! A page of text for people.

use bundle::format::text::{clean, is_forbidden};
use bundle::format::time::is_event_time;

/// Collects lines. Every text that is put on it is made safe for a terminal; only the page itself sets colours.
#[derive(Debug)]
pub struct Page {
    text: String,
    colour: bool,
}

/// How a line is set apart where colours are shown; its words say the same without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// The most important line.
    Strong,
    /// All is well.
    Good,
    /// Look at this.
    Open,
    /// Do not rely on it.
    Bad,
}

impl Page {
    pub fn new(colour: bool) -> Self {
        let text = String::new();
        Self { text, colour }
    }

    /// A line.
    pub fn line(&mut self, text: &str) {
        self.toned(Tone::Plain, text);
    }

    /// A line that is set apart.
    pub fn toned(&mut self, tone: Tone, text: &str) {
        let text = clean(text.as_bytes()).text;
        let style = match tone {
            Tone::Plain => "",
            Tone::Strong => "1",
            Tone::Good => "32",
            Tone::Open => "33",
            Tone::Bad => "31",
        };
        if self.colour && !style.is_empty() {
            for part in ["\u{1b}[", style, "m", &text, "\u{1b}[0m\n"] {
                self.text.push_str(part);
            }
        } else {
            self.text.push_str(&text);
            self.text.push('\n');
        }
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A name and its value, in two columns.
    pub fn field(&mut self, name: &str, value: &str) {
        self.line(&format!("  {name:<15} {value}"));
    }

    /// A field that has something to say.
    pub fn some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.field(name, value);
        }
    }

    /// Text of our own with its line ends, as it is.
    pub fn verbatim(&mut self, text: &str) {
        self.text.extend(
            text.chars()
                .filter(|c| matches!(c, '\n' | '\t') || !is_forbidden(*c)),
        );
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// A time of a bundle as people read it; what is no such time, as it stands there.
pub fn time(text: &str) -> String {
    match (text.get(..10), text.get(11..19)) {
        (Some(date), Some(clock)) if is_event_time(text) => format!("{date} {clock} UTC"),
        _ => text.to_owned(),
    }
}

/// A number of bytes as people say it: three digits and a decimal unit.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if count < 1000 {
        return format!("{count} {}", if count == 1 { "byte" } else { "bytes" });
    }
    let (mut unit, mut scale) = ("kB", 1000u64);
    for next in UNITS {
        unit = next;
        if count / scale < 1000 {
            break;
        }
        scale = scale.saturating_mul(1000);
    }
    let (whole, tenth) = (count / scale, count % scale / (scale / 10));
    match whole {
        100.. => format!("{whole} {unit}"),
        _ => format!("{whole}.{tenth} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_never_overstated() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (27_059, "27.0 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1.0 MB"),
            (20_000_000_000, "20.0 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (count, text) in cases {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn a_page_lets_no_foreign_control_character_through() {
        for colour in [false, true] {
            let mut page = Page::new(colour);
            page.toned(Tone::Bad, "a\u{1b}[2J\nb\u{202e}");
            let text = page.into_text();
            assert!(text.contains("a\u{fffd}[2J\u{fffd}b\u{fffd}"));
            assert_eq!(text.starts_with("\u{1b}[31m"), colour);
        }
    }
}
