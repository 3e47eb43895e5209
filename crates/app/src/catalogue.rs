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
    /// A case: its record, items, keys and sealed packages.
    Case,
    /// The data folder: files, locks and databases.
    Storage,
    /// A file that is to be captured.
    Source,
    /// Runs and their workers.
    Runs,
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
    let faults = Fault::ALL.iter().map(|fault| Entry {
        word: fault.code(),
        means: fault.means(),
        next: fault.next(),
        group: Group::Program,
        kind: fault.kind(),
    });
    let lists = [
        (vault::NEXT_STEPS, Group::Case),
        (store::NEXT_STEPS, Group::Storage),
        (vault::source::NEXT_STEPS, Group::Source),
        (jobs::NEXT_STEPS, Group::Runs),
    ];
    let lists = lists.into_iter().flat_map(|(list, group)| {
        list.iter().map(move |(word, means, next)| Entry {
            word,
            means,
            next,
            group,
            kind: kind_of(word, group),
        })
    });
    let mut all: Vec<Entry> = checks.chain(archive.iter().copied()).collect();
    for entry in faults.chain(lists) {
        // What means the same on several floors stands once, in the words of the floor that people meet first.
        if all.iter().all(|known| known.word != entry.word) {
            all.push(entry);
        }
    }
    all
}

/// Whose matter the codes of the floors below are.
fn kind_of(word: &str, group: Group) -> ErrorKind {
    match group {
        Group::Storage if !vault::STORE_REFUSALS.contains(&word) => ErrorKind::Environment,
        _ => ErrorKind::Refused,
    }
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

    /// Looks for the words in the sources themselves, so that none can be forgotten.
    #[test]
    fn every_code_of_every_crate_is_in_the_catalogue() {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = 0;
        for word in words_below(&crates) {
            assert!(explain(&word).is_some(), "{word} is not in the catalogue");
            found += 1;
        }
        assert!(found > 80, "only {found} words were found");
    }

    /// The words that a function called `code` returns, and the string that opens each row of a list of codes.
    fn words_below(folder: &std::path::Path) -> Vec<String> {
        let mut words = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                words.extend(words_below(&path));
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for body in text.split("fn code(").skip(1) {
                    let end = body.find("\n    }\n").unwrap_or(body.len());
                    let quoted = body[..end].split('"').skip(1).step_by(2);
                    let words_only = quoted.map(|word| word.split(':').next().unwrap_or(word));
                    let is_word = |word: &&str| {
                        !word.is_empty() && word.chars().all(|c| c == '_' || c.is_ascii_lowercase())
                    };
                    words.extend(words_only.filter(is_word).map(str::to_owned));
                }
            }
        }
        words
    }

    #[test]
    fn a_code_is_explained_by_its_nearest_entry() {
        assert_eq!(explain("hash_mismatch:a:b").unwrap().word, "hash_mismatch");
        assert_eq!(explain("zip_gap:x").unwrap().word, "zip_gap");
        assert_eq!(explain("zip_of_the_future").unwrap().word, "zip_malformed");
        assert_eq!(explain("no_such_word"), None);
    }
}
