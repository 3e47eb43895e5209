//! What a person types, taken apart: words, "phrases", beginnings*, and -what must not be there.
//!
//! Every word goes to the index inside quotation marks of ours, so nothing that is typed can be a mistake in a language
//! that nobody here knows.

use super::words::{has_words, prepared};
use crate::error::{Result, VaultError};
use crate::project::shown;

/// So many words are looked for; more only take time.
const WANTED: usize = 32;
/// So many are kept out.
const UNWANTED: usize = 16;
/// A longer word or phrase is looked for by its beginning.
const LONGEST: usize = 400;

/// A query, ready for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// All of these must be in an item.
    pub wanted: Vec<String>,
    /// None of these may be.
    pub unwanted: Vec<String>,
    /// Words that were too many.
    pub ignored: u64,
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut query = Self {
            wanted: Vec::new(),
            unwanted: Vec::new(),
            ignored: 0,
        };
        let mut rest = text;
        while let Some((term, after)) = Term::first(rest) {
            rest = after;
            if !has_words(&term.text) {
                continue;
            }
            let (list, most) = if term.excluded {
                (&mut query.unwanted, UNWANTED)
            } else {
                (&mut query.wanted, WANTED)
            };
            let expression = term.expression();
            if list.contains(&expression) {
                continue;
            }
            if list.len() < most {
                list.push(expression);
            } else {
                query.ignored += 1;
            }
        }
        if query.wanted.is_empty() {
            return Err(VaultError::QueryEmpty(shown(text)));
        }
        Ok(query)
    }

    /// One expression for everything that may be marked in a passage.
    pub(super) fn any(&self) -> String {
        self.wanted.join(" OR ")
    }
}

struct Term {
    text: String,
    prefix: bool,
    excluded: bool,
}

impl Term {
    /// The first term of a text and what comes after it.
    fn first(text: &str) -> Option<(Self, &str)> {
        let text = text.trim_start_matches(is_space);
        let (excluded, text) = match text.strip_prefix('-') {
            Some(after) if !after.is_empty() && !after.starts_with(is_space) => (true, after),
            _ => (false, text),
        };
        if text.is_empty() {
            return None;
        }
        let (inside, after) = if let Some(phrase) = text.strip_prefix(is_quote) {
            // A phrase that is not closed goes to the end.
            phrase.split_once(is_quote).unwrap_or((phrase, ""))
        } else {
            let end = text.find(|c| is_space(c) || is_quote(c));
            text.split_at(end.unwrap_or(text.len()))
        };
        // A star may stand inside a word or after a closed phrase.
        let (prefix, after) = match after.strip_prefix('*') {
            Some(after) => (true, after.trim_start_matches('*')),
            None => (inside.ends_with('*'), after),
        };
        let shortened: String = inside.chars().take(LONGEST).collect();
        let prefix = prefix || shortened.len() < inside.len();
        let term = Self {
            text: shortened,
            prefix,
            excluded,
        };
        Some((term, after))
    }

    fn expression(&self) -> String {
        let quoted = prepared(&self.text).replace('"', "\"\"");
        let star = if self.prefix { "*" } else { "" };
        format!("\"{quoted}\"{star}")
    }
}

/// NUL and its like end no word's meaning and begin none.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Word processors turn quotation marks into others.
const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Vec<String> {
        Query::parse(text).unwrap().wanted
    }

    #[test]
    fn words_phrases_beginnings_and_exclusions() {
        assert_eq!(
            wanted("bearing B4 \"site notes\" corr* \"a b\"*"),
            [
                "\"bearing\"",
                "\"B4\"",
                "\"site notes\"",
                "\"corr*\"*",
                "\"a b\"*"
            ]
        );
        let query = Query::parse("rust -paint -\"old bolt\" - x").unwrap();
        assert_eq!(query.wanted, ["\"rust\"", "\"x\""]);
        assert_eq!(query.unwanted, ["\"paint\"", "\"old bolt\""]);
        assert_eq!(
            wanted("„alter Rechner“ «ponts»"),
            ["\"alter Rechner\"", "\"ponts\""]
        );
        assert_eq!(wanted("open \"to the end"), ["\"open\"", "\"to the end\""]);
        assert_eq!(wanted("支承"), ["\"支\u{200b}承\u{200b}\""]);
    }

    #[test]
    fn nothing_is_an_operator() {
        assert_eq!(
            wanted("a OR NEAR(b) AND NOT text:c ^d"),
            [
                "\"a\"",
                "\"OR\"",
                "\"NEAR(b)\"",
                "\"AND\"",
                "\"NOT\"",
                "\"text:c\"",
                "\"^d\""
            ]
        );
        assert_eq!(wanted("a\0b"), ["\"a\"", "\"b\""]);
    }

    #[test]
    fn nothing_to_look_for_is_said() {
        for text in ["", "  ", "\0", "\"\"", "…!?", "-only -without", "*", "-"] {
            assert_eq!(
                Query::parse(text).unwrap_err().code(),
                "query_empty",
                "{text:?}"
            );
        }
    }

    #[test]
    fn too_much_is_cut() {
        let many: String = (0..100).map(|n| format!("w{n} ")).collect();
        let query = Query::parse(&many).unwrap();
        assert_eq!((query.wanted.len(), query.ignored), (WANTED, 68));
        let long = wanted(&"x".repeat(10_000));
        assert_eq!(long, [format!("\"{}\"*", "x".repeat(LONGEST))]);
    }
}
