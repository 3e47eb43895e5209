//! Names under which originals leave: the own name of each, made safe for every file system.

use crate::format::text::is_forbidden;
use crate::zip::is_device;

/// The longest name in bytes: every file system takes it, with room for a folder before it on Windows.
const MAX_LEN: usize = 180;
/// What stands after the last dot is kept whole up to this length.
const MAX_ENDING: usize = 20;

/// A file name without anything that a file system, a shell on Windows or a screen could take for something else.
/// `fallback` is taken where nothing is left of it.
pub fn safe_file_name(name: &str, fallback: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if is_unsafe(c) { '_' } else { c })
        .collect();
    // Windows drops dots and spaces at the end, so that two names would be one.
    let plain = plain.trim_end_matches(['.', ' ']);
    let mut safe = shortened(plain);
    if is_device(&safe) {
        safe.insert(0, '_');
    }
    if safe.is_empty() {
        fallback.to_owned()
    } else {
        safe
    }
}

fn is_unsafe(c: char) -> bool {
    is_forbidden(c)
        || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

fn shortened(name: &str) -> String {
    if name.len() <= MAX_LEN {
        return name.to_owned();
    }
    let ending = name
        .rfind('.')
        .filter(|dot| *dot > 0)
        .and_then(|dot| name.get(dot..))
        .filter(|ending| ending.len() <= MAX_ENDING)
        .unwrap_or_default();
    let mut stem = String::new();
    for c in name.chars() {
        if stem.len() + c.len_utf8() + ending.len() > MAX_LEN {
            break;
        }
        stem.push(c);
    }
    let stem = stem.trim_end_matches(['.', ' ']);
    format!("{stem}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_do_harm_do_none() {
        for (name, safe) in [
            ("note.txt", "note.txt"),
            ("Fördergurt 🏗 4.jpg", "Fördergurt 🏗 4.jpg"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("a\\b:c|d?.txt", "a_b_c_d_.txt"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com¹.log", "_com¹.log"),
            ("COM10.log", "COM10.log"),
            ("a\nb\u{202e}gpj.exe", "a_b_gpj.exe"),
            ("end. . ", "end"),
            ("..", "item-43"),
            ("", "item-43"),
            (".profile", ".profile"),
        ] {
            assert_eq!(safe_file_name(name, "item-43"), safe);
        }
    }

    #[test]
    fn long_names_keep_their_ending() {
        let long = safe_file_name(&format!("{}.jpeg", "ü".repeat(150)), "x");
        assert!(
            long.len() <= MAX_LEN && long.ends_with("ü.jpeg"),
            "{} {long}",
            long.len()
        );
        let no_ending = safe_file_name(&"a".repeat(300), "x");
        assert_eq!(no_ending, "a".repeat(MAX_LEN));
        let odd = safe_file_name(&format!("a.{}", "b".repeat(300)), "x");
        assert_eq!(odd.len(), MAX_LEN);
    }
}
