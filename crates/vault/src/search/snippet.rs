//! A short piece of a passage around what was found.

use std::ops::Range;

use super::words::{CLOSE, GAP, OPEN};

/// How many characters a snippet has at most, and how many of them stand before the first mark.
const LENGTH: usize = 180;
const BEFORE: usize = 40;

/// A short piece of text with what was found in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text on one line; `…` where it was cut.
    pub text: String,
    /// What was found, in bytes of `text`, in order and apart from each other.
    pub marks: Vec<Range<usize>>,
}

impl Snippet {
    /// The same ranges counted in code points, as programs in other languages want them.
    pub fn marks_in_chars(&self) -> Vec<Range<usize>> {
        let at = |end: usize| {
            let before = self.text.get(..end).unwrap_or_default();
            before.chars().count()
        };
        self.marks
            .iter()
            .map(|mark| at(mark.start)..at(mark.end))
            .collect()
    }

    /// The text with something put before and after what was found.
    pub fn marked(&self, open: &str, close: &str) -> String {
        let mut out = String::new();
        let mut done = 0;
        for mark in &self.marks {
            out.push_str(self.text.get(done..mark.start).unwrap_or_default());
            out.push_str(open);
            out.push_str(self.text.get(mark.clone()).unwrap_or_default());
            out.push_str(close);
            done = mark.end;
        }
        out.push_str(self.text.get(done..).unwrap_or_default());
        out
    }

    /// From a passage in which the index has put its marks.
    pub(super) fn of(highlighted: &str) -> Self {
        let letters = letters(highlighted);
        let (start, end) = window(&letters);
        let mut snippet = Self::default();
        if start > 0 {
            snippet.text.push('…');
        }
        let mut open = false;
        for (c, hit) in letters.get(start..end).unwrap_or_default() {
            if *hit != open {
                open = *hit;
                snippet.edge(open);
            }
            snippet.text.push(*c);
        }
        if open {
            snippet.edge(false);
        }
        if end < letters.len() {
            snippet.text.push('…');
        }
        snippet
    }

    fn edge(&mut self, open: bool) {
        let at = self.text.len();
        if open {
            self.marks.push(at..at);
        } else if let Some(mark) = self.marks.last_mut() {
            mark.end = at;
        }
    }
}

/// The characters for people, each with whether it was found. White space is one space, our gaps are gone.
fn letters(highlighted: &str) -> Vec<(char, bool)> {
    let mut letters: Vec<(char, bool)> = Vec::with_capacity(highlighted.len());
    let mut hit = false;
    for c in highlighted.chars() {
        match c {
            OPEN => hit = true,
            CLOSE => hit = false,
            GAP => {}
            c if c.is_whitespace() => {
                if letters.last().is_some_and(|(last, _)| *last != ' ') {
                    letters.push((' ', hit));
                }
            }
            c => letters.push((c, hit)),
        }
    }
    if letters.last().is_some_and(|(last, _)| *last == ' ') {
        letters.pop();
    }
    letters
}

/// The part with the most found characters, beginning and ending between words where there are any.
fn window(letters: &[(char, bool)]) -> (usize, usize) {
    if letters.len() <= LENGTH {
        return (0, letters.len());
    }
    let hit = |index: usize| letters.get(index).is_some_and(|(_, hit)| *hit);
    let starts = (0..letters.len()).filter(|index| hit(*index) && (*index == 0 || !hit(index - 1)));
    let weight = |start: usize| {
        let end = start + LENGTH - BEFORE;
        (start..end).filter(|index| hit(*index)).count()
    };
    // The first of the best: `max_by_key` would give the last.
    let best = starts.rev().max_by_key(|start| weight(*start)).unwrap_or(0);
    let mut start = best.saturating_sub(BEFORE);
    let mut end = (start + LENGTH).min(letters.len());
    start = start.min(end.saturating_sub(LENGTH));
    let is_space = |index: usize| letters.get(index).is_some_and(|(c, _)| *c == ' ');
    if start > 0
        && let Some(space) = (start..best).find(|index| is_space(*index))
    {
        start = space + 1;
    }
    if end < letters.len()
        && let Some(space) = (best + 1..end)
            .rev()
            .take(BEFORE)
            .find(|index| is_space(*index) && !hit(*index))
    {
        end = space;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked() {
        let snippet = Snippet::of("Das \u{1}支\u{200b}承\u{2}\u{200b}\n\n  B4 \u{1}rostet\u{2} ");
        assert_eq!(snippet.text, "Das 支承 B4 rostet");
        assert_eq!(snippet.marked("[", "]"), "Das [支承] B4 [rostet]");
        assert_eq!(snippet.marks_in_chars(), [4..6, 10..16]);
    }

    #[test]
    fn a_long_passage_is_cut_between_words_around_the_densest_place() {
        let filler = "lorem ipsum dolor ".repeat(30);
        let text = format!("\u{1}rust\u{2} {filler}the \u{1}rust\u{2} and \u{1}rust\u{2} {filler}");
        let snippet = Snippet::of(&text);
        assert_eq!(snippet.marks.len(), 2);
        assert!(snippet.text.chars().count() <= LENGTH + 2, "{snippet:?}");
        let shown = snippet.marked("[", "]");
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains(" the [rust] and [rust] lorem"), "{shown}");
        let inside = shown.trim_matches('…');
        assert!(
            inside
                .split(' ')
                .all(|word| "lorem ipsum dolor the and [rust]".contains(word)),
            "{shown}"
        );
    }

    #[test]
    fn one_long_word_is_cut_anywhere() {
        let text = format!("\u{1}{}\u{2}", "x".repeat(1000));
        let snippet = Snippet::of(&text);
        assert_eq!(snippet.text.chars().count(), LENGTH + 1);
        assert_eq!(
            snippet.marked("[", "]"),
            format!("[{}]…", "x".repeat(LENGTH))
        );
        assert_eq!(Snippet::of(""), Snippet::default());
    }
}
