//! Random damage: whatever it is, there is an answer, and never a good one.

use proptest::prelude::*;

use bundle::verify::{Executor, InTurn, Integrity, Task};

use crate::forge::{forge, pack, unpack, vector};
use crate::hooks::Members;
use crate::receiver::{Desk, strict};

/// One change to some bytes.
#[derive(Debug, Clone)]
enum Damage {
    Flip(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    Copy(usize, usize, usize),
    Word(usize, &'static str),
}

/// What readers trip over.
const WORDS: [&str; 18] = [
    "\n",
    "\r\n",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "1e999",
    "18446744073709551616",
    "\\ud800",
    "\u{2028}",
    "\0",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), 1..=255_u8).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, len)| Damage::Cut(at, len)),
        (any::<usize>(), prop::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (any::<usize>(), any::<usize>(), 1..300_usize)
            .prop_map(|(from, to, len)| Damage::Copy(from, to, len)),
        (any::<usize>(), 0..WORDS.len()).prop_map(|(at, word)| Damage::Word(at, WORDS[word])),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |place: usize| place % (bytes.len() + 1);
        match self {
            Self::Flip(place, bits) => {
                let at = at(*place);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Self::Cut(place, len) => {
                let at = at(*place);
                let end = bytes.len().min(at + len);
                bytes.drain(at..end);
            }
            Self::Insert(place, new) => {
                let at = at(*place);
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Copy(from, to, len) => {
                let (from, to) = (at(*from), at(*to));
                let piece = bytes[from..bytes.len().min(from + len)].to_vec();
                bytes.splice(to..to, piece);
            }
            Self::Word(place, word) => {
                let at = at(*place);
                bytes.splice(at..at, word.bytes());
            }
        }
    }
}

fn spoil(damages: &[Damage], bytes: &mut Vec<u8>) {
    for damage in damages {
        damage.apply(bytes);
    }
}

/// Those that begin with the first entry.
const WHOLE: [&str; 3] = ["series-1", "series-4-full", "excerpt"];

const BUNDLES: [&str; 5] = [
    "series-1",
    "series-3",
    "series-4-full",
    "excerpt",
    "rotated-2",
];

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(BUNDLES.to_vec())
}

/// The last task first, as a pool of threads may do.
struct Backwards;

impl Executor for Backwards {
    fn run(&self, tasks: Vec<Task<'_>>) {
        tasks.into_iter().rev().for_each(|task| task());
    }
}

/// Checks a file twice; both times say the same, and the answers fit together.
fn check(desk: &Desk, file: &[u8]) -> bundle::verify::Report {
    let report = desk.check_with(file, &InTurn);
    assert_eq!(report, desk.check_with(file, &Backwards));
    assert_eq!(report.accepted, report.code.is_none());
    if report.accepted {
        assert_eq!(report.integrity, Integrity::Intact);
    }
    report
}

fn member(members: &mut Members, place: usize) -> &mut Vec<u8> {
    let at = place % members.len();
    members.values_mut().nth(at).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// The file itself.
    #[test]
    fn a_damaged_file_is_refused(name in names(), damages in prop::collection::vec(damage(), 1..4)) {
        let good = vector(name);
        let mut file = good.clone();
        spoil(&damages, &mut file);
        prop_assume!(file != good);
        prop_assert!(!check(&strict(), &file).accepted);
    }

    /// A member, in an archive that is sound again. Nobody signed that.
    #[test]
    fn a_damaged_member_is_refused(name in names(), place: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let mut members = unpack(&vector(name));
        let member = member(&mut members, place);
        let good = member.clone();
        spoil(&damages, member);
        prop_assume!(*member != good);
        prop_assert!(!check(&strict(), &pack(&members)).accepted);
    }

    /// A member, and everything after it sealed again by the signer: no crash, and nothing but the papers that a signer may
    /// write as they like is accepted.
    #[test]
    fn a_damaged_member_that_was_sealed_again(name in names(), place: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let alter = move |members: &mut Members| {
            let member = member(members, place);
            spoil(&damages, member);
        };
        let file = forge(name).members(alter).build();
        let report = check(&strict(), &file);
        prop_assert!(!report.accepted || file == vector(name), "{:?}", report.subject);
    }

    /// A line, and everything after it sealed again, hashes left as they are.
    #[test]
    fn a_damaged_line_that_was_sealed_again(name in names(), place: usize, damages in prop::collection::vec(damage(), 1..3)) {
        let alter = move |lines: &mut Vec<Vec<u8>>| {
            let at = place % lines.len();
            spoil(&damages, &mut lines[at]);
        };
        let file = forge(name).lines(alter).build();
        let report = check(&strict(), &file);
        prop_assert!(!report.accepted || file == vector(name), "{:?}", report.subject);
    }

    /// The manifest, signed as it has become. An increment says things that only the signer vouches for: the title, the
    /// project's id and the chain stand in its first entry.
    #[test]
    fn a_damaged_manifest_that_was_signed_again(name in prop::sample::select(WHOLE.to_vec()), damages in prop::collection::vec(damage(), 1..3)) {
        let alter = move |bytes: &mut Vec<u8>| spoil(&damages, bytes);
        let file = forge(name).manifest_bytes(alter).build();
        prop_assert!(!check(&strict(), &file).accepted || file == vector(name));
    }
}
