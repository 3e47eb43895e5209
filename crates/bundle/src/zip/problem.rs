//! What can be wrong with an archive: one list of codes, and the bounded list of what was found.

use std::fmt;

/// How many problems are kept; the rest is only counted.
const KEPT: usize = 100;
/// How much of a name is repeated in a problem, in characters.
const SHOWN: usize = 300;

/// One thing that is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One of the codes of [`catalogue`].
    pub code: &'static str,
    /// The member's name as the reference shows it; empty if the whole archive is meant. It may hold anything, control
    /// characters included: a screen has to escape it.
    pub place: String,
    /// What was found, in a few words.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The reference writes the colon even after an empty name.
        if self.place.is_empty() && self.code != Flaw::UnsafeName.code() {
            f.write_str(self.code)
        } else {
            write!(f, "{}:{}", self.code, self.place)
        }
    }
}

/// An archive of which not even the directory can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} ({})", .problem.detail)]
pub struct Unreadable {
    /// Why.
    pub problem: Problem,
}

/// Every code with one sentence that explains it.
pub fn catalogue() -> impl Iterator<Item = (&'static str, &'static str)> {
    Flaw::ALL
        .into_iter()
        .map(|flaw| (flaw.code(), flaw.explanation()))
}

macro_rules! flaws {
    ($($flaw:ident $code:literal $explanation:literal)*) => {
        /// The kinds of problems, in the order in which they are reported when the place decides nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Flaw { $($flaw),* }

        impl Flaw {
            const ALL: [Self; [$($code),*].len()] = [$(Self::$flaw),*];

            /// Its stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$flaw => $code),* }
            }

            const fn explanation(self) -> &'static str {
                match self { $(Self::$flaw => $explanation),* }
            }
        }
    };
}

flaws! {
    ReadFailed "zip_read_failed" "The file could not be read."
    Malformed "zip_malformed" "This is not a ZIP archive, or a part of it is missing."
    Limit "zip_limit" "The archive has more entries, names or directory than this reader takes."
    LeadingBytes "zip_leading_bytes" "Bytes stand before the first member that belong to none."
    TrailingBytes "zip_trailing_bytes" "Bytes follow the end of the archive."
    Comment "zip_comment" "The archive or a member carries a comment, which no digest covers."
    Gap "zip_gap" "Bytes stand between the members that belong to none."
    Overlap "zip_overlap" "A member starts inside another one, or stands in another order than the directory says."
    Disk "zip_disk" "The archive claims to be a part of a split archive."
    Count "zip_count" "The end record counts other entries than the directory holds."
    Zip64 "zip_zip64" "Large sizes are written where none are needed, or contradict the small ones."
    HeaderMismatch "zip_header_mismatch" "A member's own header contradicts the directory."
    Extra "zip_extra" "A header carries an extra field other than the one for large sizes."
    Encrypted "zip_encrypted" "A member is encrypted."
    Descriptor "zip_descriptor" "A member's sizes stand behind its data instead of in its header."
    Flags "zip_flags" "A header has a flag that no bundle has."
    Method "zip_method" "A member is compressed in a way other than deflate, or needs a newer format."
    Size "zip_size" "A member's sizes contradict each other or leave the archive."
    Bomb "zip_bomb" "A member claims to be far larger than its data can sensibly be."
    SpecialFile "zip_special_file" "A member is a link, a device or something else that is not a file."
    Directory "zip_directory" "An entry is a folder; bundles hold files only."
    Duplicate "duplicate_zip_members" "A name stands twice in the directory."
    Collision "zip_name_collision" "Two names are the same on some file systems, or one is a file and a folder."
    UnsafeName "unsafe_zip_member" "A name could lead out of its folder, deceive the eye or exist on no other system."
}

impl Flaw {
    /// Structure first, then duplicates, then names, as the reference does; within one rank as found. Bombs come last:
    /// whoever has a limit on the declared size finds that reason before.
    const fn rank(self) -> usize {
        match self {
            Self::Duplicate => 1,
            Self::Collision => 2,
            Self::UnsafeName => 3,
            Self::Bomb => 4,
            _ => 0,
        }
    }

    /// A problem of this kind.
    pub fn at(self, place: &str, detail: impl Into<String>) -> Problem {
        let mut shown: String = place.chars().take(SHOWN).collect();
        if shown.len() < place.len() {
            shown.push('…');
        }
        Problem {
            code: self.code(),
            place: shown,
            detail: detail.into(),
        }
    }

    /// A refusal of this kind.
    pub fn refuse(self, detail: impl Into<String>) -> Unreadable {
        Unreadable {
            problem: self.at("", detail),
        }
    }
}

/// The problems found so far. Hostile archives have millions: each rank keeps the first hundred.
#[derive(Debug, Default)]
pub(super) struct Problems {
    ranks: [Vec<Problem>; 5],
    count: u64,
}

impl Problems {
    /// Notes a problem.
    pub fn add(&mut self, flaw: Flaw, place: &str, detail: impl Into<String>) {
        self.count += 1;
        if let Some(rank) = self
            .ranks
            .get_mut(flaw.rank())
            .filter(|rank| rank.len() < KEPT)
        {
            rank.push(flaw.at(place, detail));
        }
    }

    /// The first hundred in order, and how many there were.
    pub fn finish(self) -> (Vec<Problem>, u64) {
        (
            self.ranks.into_iter().flatten().take(KEPT).collect(),
            self.count,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = catalogue().map(|(code, _)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Flaw::ALL.len());
    }

    #[test]
    fn structure_comes_before_names_and_the_list_is_bounded() {
        let mut problems = Problems::default();
        for _ in 0..1000 {
            problems.add(Flaw::UnsafeName, &"x".repeat(5000), "");
        }
        problems.add(Flaw::Gap, "", "");
        problems.add(Flaw::Duplicate, "", "");
        let (list, count) = problems.finish();
        assert_eq!((list.len(), count), (KEPT, 1002));
        let codes: Vec<_> = list.iter().take(3).map(|problem| problem.code).collect();
        assert_eq!(
            codes,
            ["zip_gap", "duplicate_zip_members", "unsafe_zip_member"]
        );
        assert!(
            list.iter()
                .all(|problem| problem.place.chars().count() <= SHOWN + 1)
        );
    }
}
