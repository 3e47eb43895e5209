//! Collecting what the checks find.

use crate::verify::check::{Check, CheckId, Status};
use crate::verify::code::explain;

/// At most so many failures of one check are listed; the last one says how many more there are.
const MAX_LISTED: usize = 100;

/// Collects results while checks run, in any order.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    results: Vec<Check>,
    more: Vec<(CheckId, usize)>,
}

impl Checks {
    pub(crate) fn fail(&mut self, id: CheckId, code: impl Into<String>, detail: impl Into<String>) {
        let (code, detail) = (code.into(), detail.into());
        debug_assert!(explain(&code).is_some(), "{code} is not in the catalogue");
        if self.results.iter().filter(|check| check.id == id).count() < MAX_LISTED {
            self.results.push(Check {
                id,
                status: Status::Fail,
                code: Some(code),
                detail,
            });
        } else if let Some((_, more)) = self.more.iter_mut().find(|(other, _)| *other == id) {
            *more += 1;
        } else {
            self.more.push((id, 1));
        }
    }

    pub(crate) fn skip(&mut self, id: CheckId, why: impl Into<String>) {
        self.results.push(Check {
            id,
            status: Status::Skipped,
            code: None,
            detail: why.into(),
        });
    }

    pub(crate) fn pass(&mut self, id: CheckId, detail: impl Into<String>) {
        if !self.results.iter().any(|check| check.id == id) {
            self.results.push(Check {
                id,
                status: Status::Pass,
                code: None,
                detail: detail.into(),
            });
        }
    }

    pub(crate) fn failed(&self, id: CheckId) -> bool {
        self.results
            .iter()
            .any(|check| check.id == id && check.status == Status::Fail)
    }

    pub(crate) fn codes(&self, id: CheckId) -> impl Iterator<Item = &str> {
        self.results
            .iter()
            .filter(move |check| check.id == id)
            .filter_map(|check| check.code.as_deref())
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        for check in other.results {
            match (check.status, check.code) {
                (Status::Fail, Some(code)) => self.fail(check.id, code, check.detail),
                (Status::Skipped, _) => self.skip(check.id, check.detail),
                _ => self.pass(check.id, check.detail),
            }
        }
        self.more.extend(other.more);
    }

    /// Every check has a result: those that nothing was said of were not reached.
    pub(crate) fn finish(mut self, why_not_reached: &str) -> Vec<Check> {
        for id in CheckId::ALL {
            if !self.results.iter().any(|check| check.id == id) {
                self.skip(id, why_not_reached);
            }
        }
        for (id, more) in std::mem::take(&mut self.more) {
            if let Some(check) = self.results.iter_mut().rfind(|check| check.id == id) {
                check.detail = format!("{} (and {more} more)", check.detail);
            }
        }
        self.results.sort_by_key(|check| check.id);
        self.results
    }
}
