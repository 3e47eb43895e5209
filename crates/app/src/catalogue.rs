//! Every code of the program in one list: for the documentation, the screens and the command line.

use bundle::verify::CODES;

use crate::error::ErrorKind;
use crate::fault::Fault;

/// Where a code comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// A check of a bundle, its archive apart.
    Bundle,
    /// The judgement of the archive around a bundle.
    Archive,
    /// The program itself.
    Program,
}

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The stable word.
    pub word: &'static str,
    /// What it means, in one sentence.
    pub means: &'static str,
    /// What to do about it.
    pub next: &'static str,
    /// Where it comes up.
    pub group: Group,
    /// Whose matter it is.
    pub kind: ErrorKind,
}

/// What is found out only when a member is read, so that the reader of archives does not name it.
const CRC: (&str, &str) = (
    "zip_crc_mismatch",
    "The checksum of a member is not that of its bytes.",
);
/// A read error is one of the program, not of the archive.
const READ_FAILED: &str = "zip_read_failed";

/// All codes, each word once.
pub fn codes() -> Vec<Entry> {
    let archive = bundle::zip::catalogue()
        .filter(|(word, _)| *word != READ_FAILED)
        .chain([CRC])
        .map(|(word, means)| Entry {
            word,
            means,
            next: bundle::verify::explain(word).map_or("", |code| code.next),
            group: Group::Archive,
            kind: ErrorKind::Refused,
        });
    let archive: Vec<Entry> = archive.collect();
    let checks = CODES.iter().map(|code| Entry {
        word: code.word,
        means: code.means,
        next: code.next,
        group: Group::Bundle,
        kind: ErrorKind::Refused,
    });
    let checks = checks.filter(|check| archive.iter().all(|entry| entry.word != check.word));
    let mut all: Vec<Entry> = checks.collect();
    all.extend(archive);
    all.extend(Fault::ALL.iter().map(|fault| Entry {
        word: fault.code(),
        means: fault.means(),
        next: fault.next(),
        group: Group::Program,
        kind: fault.kind(),
    }));
    all
}

/// The entry for a code as it stands in a report: a word, and after a colon the place.
pub fn explain(code: &str) -> Option<Entry> {
    let word = code.split(':').next().unwrap_or(code);
    let all = codes();
    let exact = all.iter().find(|entry| entry.word == word);
    let wider = || {
        let wider = bundle::verify::explain(word)?;
        all.iter().find(|entry| entry.word == wider.word)
    };
    exact.or_else(wider).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_says_what_to_do() {
        let all = codes();
        let mut words: Vec<_> = all.iter().map(|entry| entry.word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all.len());
        for entry in &all {
            assert!(entry.means.ends_with('.'), "{}", entry.word);
            assert!(entry.next.ends_with('.'), "{}", entry.word);
        }
    }

    #[test]
    fn a_code_is_explained_by_its_nearest_entry() {
        assert_eq!(explain("hash_mismatch:a:b").unwrap().word, "hash_mismatch");
        assert_eq!(explain("zip_gap:x").unwrap().word, "zip_gap");
        assert_eq!(explain("zip_of_the_future").unwrap().word, "zip_malformed");
        assert_eq!(explain("no_such_word"), None);
    }
}
