//! Which names are safe: on every file system, on every screen, and in one reading only.

use super::cp437;

/// Bit 11 of the flags: the name is UTF-8.
pub(super) const UTF8: u16 = 1 << 11;

/// The longest name, in bytes.
const MAX_LEN: usize = 255;

/// A name as it is shown, and why it cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub text: String,
    pub flaw: Option<&'static str>,
}

/// Decodes the bytes of a name as the reference shows it: UTF-8 or code page 437, cut at NUL.
pub(super) fn decode(bytes: &[u8], flags: u16) -> Decoded {
    let mut flaw = None;
    let mut text = if bytes.is_ascii() || flags & UTF8 != 0 {
        let text = String::from_utf8_lossy(bytes);
        if text.as_bytes() != bytes {
            flaw = Some("not UTF-8");
        }
        text.into_owned()
    } else {
        flaw = Some("not ASCII, and not marked as UTF-8");
        cp437::decode(bytes)
    };
    let flaw = flaw.or_else(|| name_flaw(text.strip_suffix('/').unwrap_or(&text)));
    if let Some(nul) = text.find('\0') {
        text.truncate(nul);
    }
    Decoded { text, flaw }
}

/// Why a member must not be called so, if there is a reason.
pub fn name_flaw(name: &str) -> Option<&'static str> {
    if matches!(super::Name::new(name), super::Name::Blob(..)) {
        return None;
    }
    if name.is_empty() {
        return Some("empty");
    }
    if name.len() > MAX_LEN {
        return Some("longer than 255 bytes");
    }
    if name.contains('\\') {
        return Some("a backslash");
    }
    if name.starts_with('/') {
        return Some("an absolute path");
    }
    if name
        .split('/')
        .next()
        .is_some_and(|first| first.contains(':'))
    {
        return Some("a colon in the first segment");
    }
    if name.chars().any(is_unprintable) {
        return Some("a control character");
    }
    // Our own folder is called like a device of Windows; a program that unpacks there has to cope with it anyway.
    name.strip_prefix("cas/aux/")
        .unwrap_or(name)
        .split('/')
        .find_map(segment_flaw)
}

/// Characters that a screen hides, or that change how the rest is shown.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}')
}

fn segment_flaw(segment: &str) -> Option<&'static str> {
    match segment {
        "" => Some("an empty segment"),
        "." | ".." => Some("a dot segment"),
        _ if segment.ends_with(['.', ' ']) => Some("a dot or space at the end of a segment"),
        _ if is_device(segment) => Some("a device name of Windows"),
        _ => None,
    }
}

/// Windows looks only at what stands before the first dot, and ignores spaces there.
pub(crate) fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or(segment);
    let stem = stem.trim_end_matches(' ').to_ascii_uppercase();
    if matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) {
        return true;
    }
    let port = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    let mut number = port.unwrap_or_default().chars();
    matches!(
        (number.next(), number.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_bundles_are_safe() {
        let digest = "ab".repeat(32);
        for name in [
            "manifest.json",
            "READ-ME-FIRST.txt",
            "sbom/bom.cdx.json",
            &format!("cas/aux/{digest}"),
            &format!("cas/raw/{digest}"),
            "cas/aux/zzz",
            "a b/ü.txt",
            ".hidden",
            "..a/b..c",
            "a/b:c",
            "console.txt",
            "com10",
        ] {
            assert_eq!(name_flaw(name), None, "{name}");
        }
    }

    #[test]
    fn each_rule_refuses() {
        for name in [
            "",
            "/a",
            "a\\b",
            "C:/x",
            "a//b",
            "a/",
            ".",
            "a/../b",
            "./a",
            "a\u{0}b",
            "a\u{1b}[31m",
            "a\u{85}",
            "a\u{202e}b",
            "a\u{2066}",
            "a\u{2028}b",
            "nul",
            "a/CON",
            "aux.txt",
            "Com1.log",
            "lpt\u{b9}",
            "nul .txt",
            "conin$",
            "a.",
            "a /b",
            "cas/aux",
            "cas/aux/aux",
        ] {
            assert!(name_flaw(name).is_some(), "{name:?}");
        }
        assert!(name_flaw(&"x".repeat(256)).is_some());
        assert_eq!(name_flaw(&"x".repeat(255)), None);
    }

    #[test]
    fn names_are_shown_as_the_reference_shows_them() {
        let shown = |bytes: &[u8], flags| decode(bytes, flags).text;
        assert_eq!(shown(b"\x81bel", 0), "übel");
        assert_eq!(shown("übel".as_bytes(), UTF8), "übel");
        assert_eq!(shown(b"evil.txt\0.sh", 0), "evil.txt");
        assert_eq!(decode("ü".as_bytes(), UTF8).flaw, None);
        assert!(decode("ü".as_bytes(), 0).flaw.is_some());
        assert!(decode(b"\xff", UTF8).flaw.is_some());
        assert!(decode(b"a\0", 0).flaw.is_some());
        assert_eq!(decode(b"folder/", 0).flaw, None);
    }
}
