//! Names that are one and the same: exactly, on file systems that fold case or normalise, or as a file and a folder.
//!
//! Names of blobs are lower-case ASCII of one shape, so they collide only by being equal; a sorted index finds that.
//! The few other names are compared by a hash of their folded form, sixteen bytes each.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use unicode_normalization::UnicodeNormalization;

use super::entry::Entry;
use super::name::{Folder, Name};
use super::problem::{Flaw, Problems};
use super::safe::name_flaw;

/// The places of the entries in the order of their names; among equal names, in the order of the directory.
pub(super) fn sort(entries: &[Entry]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
    let name = |place: &u32| at(entries, *place).map(|entry| &entry.name);
    if !entries.is_sorted_by(|a, b| a.name <= b.name) {
        sorted.sort_unstable_by(|a, b| name(a).cmp(&name(b)).then(a.cmp(b)));
    }
    sorted
}

/// The first entry of this name.
pub(super) fn find<'e>(entries: &'e [Entry], sorted: &[u32], name: &Name) -> Option<&'e Entry> {
    entries.get(position(entries, sorted, name)?)
}

/// Where the entry of this name stands.
pub(crate) fn position(entries: &[Entry], sorted: &[u32], name: &Name) -> Option<usize> {
    let place =
        sorted.partition_point(|place| at(entries, *place).is_some_and(|entry| entry.name < *name));
    let place = *sorted.get(place)?;
    at(entries, place).filter(|entry| entry.name == *name)?;
    usize::try_from(place).ok()
}

/// Notes every collision.
pub(super) fn judge(entries: &[Entry], sorted: &[u32], problems: &mut Problems) {
    duplicates(entries, sorted, problems);
    let others = Others::new(entries, sorted);
    others.same(problems);
    others.file_and_folder(problems);
}

/// One problem for all: the reference names no place either.
fn duplicates(entries: &[Entry], sorted: &[u32], problems: &mut Problems) {
    let mut names = sorted
        .iter()
        .filter_map(|place| Some(&at(entries, *place)?.name));
    let Some(mut last) = names.next() else {
        return;
    };
    let mut first = None;
    let mut count = 0u64;
    for name in names {
        if name == last && !is_folder(name) {
            first = first.or(Some(name));
            count += 1;
        }
        last = name;
    }
    if let Some(name) = first {
        let detail = format!("{count} times a name that stood before, first {name}");
        problems.add(Flaw::Duplicate, "", detail);
    }
}

/// The names that are not names of blobs, by the hash of their folded form.
struct Others<'e> {
    entries: &'e [Entry],
    sorted: &'e [u32],
    hashes: Vec<(u64, u32)>,
}

impl<'e> Others<'e> {
    fn new(entries: &'e [Entry], sorted: &'e [u32]) -> Self {
        let mut places: Vec<u32> = sorted.to_vec();
        places.retain(|place| other(entries, *place).is_some());
        places.dedup_by_key(|place| other(entries, *place));
        let folded = |place: u32| other(entries, place).map(fold).unwrap_or_default();
        let mut hashes: Vec<(u64, u32)> = places
            .into_iter()
            .map(|place| (hash(&folded(place)), place))
            .collect();
        // Equal hashes are put in the order of their texts, so that nobody can hide a collision of names behind a
        // collision of hashes.
        hashes.sort_unstable_by(|(hash, place), (other_hash, other_place)| {
            let texts = || folded(*place).cmp(&folded(*other_place));
            hash.cmp(other_hash)
                .then_with(texts)
                .then(place.cmp(other_place))
        });
        Self {
            entries,
            sorted,
            hashes,
        }
    }

    /// Names that differ, yet are the same once folded.
    fn same(&self, problems: &mut Problems) {
        for pair in self.hashes.windows(2) {
            if let [(hash, one), (other_hash, two)] = pair
                && hash == other_hash
                && let (Some(one), Some(two)) =
                    (other(self.entries, *one), other(self.entries, *two))
                && fold(one) == fold(two)
            {
                problems.add(
                    Flaw::Collision,
                    two,
                    format!("the same as {one:?} on some systems"),
                );
            }
        }
        for text in self.texts() {
            let folded = Name::new(&fold(text));
            if folded.blob().is_some() && find(self.entries, self.sorted, &folded).is_some() {
                problems.add(Flaw::Collision, text, "the same as a blob on some systems");
            }
        }
    }

    /// Names of files that are folders of other names.
    fn file_and_folder(&self, problems: &mut Problems) {
        for text in self.texts() {
            let folded = fold(text);
            for (slash, _) in folded.match_indices('/') {
                if let Some(folder) = folded.get(..slash)
                    && self.is_file(folder)
                {
                    problems.add(Flaw::Collision, text, format!("{folder:?} is a file, too"));
                }
            }
        }
        for folder in Folder::ALL {
            let path = folder.prefix().trim_end_matches('/');
            let in_it = Name::new(&format!("{path}/{}", "0".repeat(64)));
            let from = self
                .sorted
                .partition_point(|place| at(self.entries, *place).is_some_and(|e| e.name < in_it));
            let first = self
                .sorted
                .get(from)
                .and_then(|place| at(self.entries, *place));
            let used = first
                .is_some_and(|entry| entry.name.blob().is_some_and(|(found, _)| found == folder));
            if used && (self.is_file(path) || self.is_file("cas")) {
                problems.add(Flaw::Collision, path, "a file and a folder");
            }
        }
    }

    /// Whether there is a file whose folded name is this.
    fn is_file(&self, folded: &str) -> bool {
        let wanted = hash(folded);
        let from = self.hashes.partition_point(|(hash, _)| *hash < wanted);
        let mut same = self
            .hashes
            .iter()
            .skip(from)
            .take_while(|(hash, _)| *hash == wanted);
        let name = Name::new(folded);
        same.any(|(_, place)| other(self.entries, *place).is_some_and(|text| fold(text) == folded))
            || (name.blob().is_some() && find(self.entries, self.sorted, &name).is_some())
    }

    fn texts(&self) -> impl Iterator<Item = &'e str> {
        self.hashes
            .iter()
            .filter_map(|(_, place)| other(self.entries, *place))
    }
}

/// The text of a name that is neither a blob nor refused already.
///
/// Refused names are left out because they may be long: a folder in each of 65,535 bytes would take hours to compare.
fn other(entries: &[Entry], place: u32) -> Option<&str> {
    match &at(entries, place)?.name {
        Name::Other(text) if name_flaw(text).is_none() => Some(text),
        _ => None,
    }
}

fn at(entries: &[Entry], place: u32) -> Option<&Entry> {
    entries.get(usize::try_from(place).ok()?)
}

fn is_folder(name: &Name) -> bool {
    matches!(name, Name::Other(text) if text.ends_with('/'))
}

/// What a file system makes of a name that ignores case and normal forms.
///
/// Lower case alone keeps letters apart that are the same in upper case, such as `ſ` and `s`, and upper case alone keeps
/// apart `ẞ` and `ß`.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let upper = text
        .nfd()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).nfc().collect()
}

/// A hash that only narrows the search: equal hashes are looked at, so nothing depends on its being secret.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}
