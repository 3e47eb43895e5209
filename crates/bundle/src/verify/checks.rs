//! Collecting what the checks find: bounded, and in one order however many threads found it.

use std::borrow::Cow;

use crate::verify::answers::{Integrity, weigh};
use crate::verify::check::{Check, CheckId, Status};
use crate::verify::code::explain;

/// At most so many failures of one check are listed; the last one says how many more there are.
const MAX_LISTED: usize = 100;

/// At most so many bytes of a place or a detail are repeated: names and keys of others may be megabytes.
const SHOWN: usize = 1000;

/// A text that a report may repeat.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    match text.split_at_checked(text.floor_char_boundary(SHOWN)) {
        Some((start, rest)) if !rest.is_empty() => format!("{start}…").into(),
        _ => text.into(),
    }
}

/// Collects results while checks run, in any order.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    found: [Found; CheckId::ALL.len()],
}

/// What one check found.
#[derive(Debug, Default)]
struct Found {
    /// The failures with the smallest places, in their order.
    failures: Vec<(u64, String, String)>,
    /// How many there were.
    count: u64,
    /// What the worst of all of them, listed or not, says about the bundle's integrity.
    worst: Option<Integrity>,
    /// How it ended if nothing failed, where something is to be said about that.
    otherwise: Option<(Status, String)>,
}

impl Checks {
    pub(crate) fn fail(&mut self, id: CheckId, code: impl Into<String>, detail: impl Into<String>) {
        let place = self.found(id).map_or(0, |found| found.count);
        self.fail_at(id, place, code, detail);
    }

    /// A failure that several threads may find: listed by its place, not by when it was found.
    pub(crate) fn fail_at(
        &mut self,
        id: CheckId,
        place: u64,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) {
        let bounded = |text: String| match shown(&text) {
            Cow::Owned(cut) => cut,
            Cow::Borrowed(_) => text,
        };
        let (code, detail) = (bounded(code.into()), bounded(detail.into()));
        debug_assert!(explain(&code).is_some(), "{code} is not in the catalogue");
        if let Some(found) = self.found.get_mut(id as usize) {
            found.count += 1;
            found.worst = found.worst.max(Some(weigh(id, &code)));
            found.list(place, code, detail);
        }
    }

    /// The status `skipped` of a report: the check could not be made, since one before it failed or since this bundle has
    /// nothing that it could judge. It never counts as passed.
    pub(crate) fn skip(&mut self, id: CheckId, why: impl Into<String>) {
        self.otherwise(id, Status::Skipped, why.into());
    }

    pub(crate) fn pass(&mut self, id: CheckId, detail: impl Into<String>) {
        self.otherwise(id, Status::Pass, detail.into());
    }

    pub(crate) fn failed(&self, id: CheckId) -> bool {
        self.found(id).is_some_and(|found| found.count > 0)
    }

    /// What the failures of a check say about integrity.
    pub(crate) fn worst(&self, id: CheckId) -> Integrity {
        let worst = self.found(id).and_then(|found| found.worst);
        worst.unwrap_or(Integrity::Intact)
    }

    /// Adds what others found, after what is here.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (here, there) in self.found.iter_mut().zip(other.found) {
            let start = here.count;
            for (place, code, detail) in there.failures {
                here.list(start.saturating_add(place), code, detail);
            }
            here.count += there.count;
            here.worst = here.worst.max(there.worst);
            here.otherwise = here.otherwise.take().or(there.otherwise);
        }
    }

    /// Forgets everything about the checks after one.
    pub(crate) fn nothing_after(&mut self, last: CheckId) {
        for found in self.found.iter_mut().skip(last as usize + 1) {
            *found = Found::default();
        }
    }

    /// Every check has a result: those that nothing was said of were not reached.
    pub(crate) fn finish(self, why_not_reached: &str) -> Vec<Check> {
        let mut results = Vec::new();
        for (id, found) in CheckId::ALL.into_iter().zip(self.found) {
            let more = found.count - found.failures.len() as u64;
            if found.failures.is_empty() {
                let skipped = || (Status::Skipped, why_not_reached.to_owned());
                let (status, detail) = found.otherwise.unwrap_or_else(skipped);
                results.push(Check {
                    id,
                    status,
                    code: None,
                    detail,
                });
            }
            for (_, code, detail) in found.failures {
                results.push(Check {
                    id,
                    status: Status::Fail,
                    code: Some(code),
                    detail,
                });
            }
            if let Some(last) = results.last_mut().filter(|_| more > 0) {
                last.detail = format!("{} (and {more} more)", last.detail);
            }
        }
        results
    }

    fn found(&self, id: CheckId) -> Option<&Found> {
        self.found.get(id as usize)
    }

    fn otherwise(&mut self, id: CheckId, status: Status, detail: String) {
        if let Some(found) = self.found.get_mut(id as usize) {
            found.otherwise.get_or_insert((status, detail));
        }
    }
}

impl Found {
    fn list(&mut self, place: u64, code: String, detail: String) {
        let at = self.failures.partition_point(|(other, ..)| *other <= place);
        if at < MAX_LISTED {
            self.failures.truncate(MAX_LISTED - 1);
            self.failures.insert(at, (place, code, detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The failures of one check that are listed, and what the last one says.
    fn listed(checks: Checks) -> (Vec<String>, String) {
        let list = checks.finish("");
        let failed = list.iter().filter(|check| check.status == Status::Fail);
        let codes = failed.filter_map(|check| check.code.clone()).collect();
        let last = list.iter().rfind(|check| check.status == Status::Fail);
        (codes, last.map(|check| check.detail.clone()).unwrap())
    }

    #[test]
    fn the_first_hundred_places_are_listed_whoever_comes_first() {
        let code = |n: u64| format!("hash_mismatch:{n}");
        let mut forwards = Checks::default();
        let mut backwards = Checks::default();
        for n in 0..1000 {
            forwards.fail_at(CheckId::Digests, n, code(n), "");
            backwards.fail_at(CheckId::Digests, 999 - n, code(999 - n), "");
        }
        let (codes, last) = listed(forwards);
        assert_eq!(listed(backwards), (codes.clone(), last.clone()));
        assert_eq!(codes, (0..100).map(code).collect::<Vec<_>>());
        assert_eq!(last, " (and 900 more)");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let mut checks = Checks::default();
        checks.fail(
            CheckId::Lines,
            format!("hash_mismatch:{}", "é".repeat(5000)),
            "",
        );
        let (codes, _) = listed(checks);
        assert!(
            codes
                .iter()
                .all(|code| code.len() <= SHOWN + 3 && code.ends_with("é…"))
        );
        assert_eq!(shown("é"), "é");
    }

    #[test]
    fn what_is_not_listed_still_counts() {
        let mut checks = Checks::default();
        for _ in 0..500 {
            checks.fail(CheckId::Presence, "unexpected_zip_member", "");
        }
        let mut other = Checks::default();
        other.fail(CheckId::Presence, "manifest_file_missing", "");
        checks.absorb(other);
        assert_eq!(checks.worst(CheckId::Presence), Integrity::Incomplete);
        assert!(listed(checks).1.ends_with("(and 401 more)"));
    }

    #[test]
    fn a_check_that_failed_did_not_pass() {
        let mut checks = Checks::default();
        checks.pass(CheckId::Previous, "not checked: events 1 to 8");
        checks.fail(CheckId::Previous, "previous_mismatch", "");
        let results = checks.finish("");
        let of = |check: &&Check| check.id == CheckId::Previous;
        assert_eq!(results.iter().filter(of).count(), 1);
        assert_eq!(results.len(), CheckId::ALL.len());
    }
}
