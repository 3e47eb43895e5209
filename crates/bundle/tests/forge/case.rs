//! A forged bundle and the answers that it must get.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bundle::verify::{Report, Status};

use crate::receiver::{Desk, strict};

/// A file and who checks it.
pub struct Attempt {
    file: Vec<u8>,
    desk: Desk,
}

impl From<Vec<u8>> for Attempt {
    fn from(file: Vec<u8>) -> Self {
        let desk = strict();
        Self { file, desk }
    }
}

impl From<(Vec<u8>, Desk)> for Attempt {
    fn from((file, desk): (Vec<u8>, Desk)) -> Self {
        Self { file, desk }
    }
}

/// Integrity, signer, policy.
pub type Answers = (&'static str, &'static str, &'static str);

/// Wrongly put together by a signer who is trusted.
pub const WRONG: Answers = ("changed", "trusted", "not_checked");
/// Something is missing, and the signer left it out.
pub const LACKING: Answers = ("incomplete", "trusted", "not_checked");
/// Not worth looking at the rest.
pub const UNREADABLE: Answers = ("unreadable", "not_checked", "not_checked");
/// The bytes are those that were sealed, but the receiver's rules say no.
pub const UNMET: Answers = ("intact", "trusted", "not_met");
/// As good as its original.
pub const GOOD: Answers = ("intact", "trusted", "met");

pub struct Case {
    pub what: &'static str,
    /// The first failure; none if it is accepted.
    pub code: Option<&'static str>,
    pub answers: Answers,
    pub make: Box<dyn Fn() -> Attempt>,
}

pub fn refused<A: Into<Attempt>>(
    code: &'static str,
    what: &'static str,
    answers: Answers,
    make: impl Fn() -> A + 'static,
) -> Case {
    Case {
        what,
        code: Some(code),
        answers,
        make: Box::new(move || make().into()),
    }
}

pub fn accepted<A: Into<Attempt>>(what: &'static str, make: impl Fn() -> A + 'static) -> Case {
    Case {
        what,
        code: None,
        answers: GOOD,
        make: Box::new(move || make().into()),
    }
}

impl Case {
    /// What is wrong with the verifier's answer, if anything.
    pub fn complaint(&self) -> Option<String> {
        let report = catch_unwind(AssertUnwindSafe(|| {
            let attempt = (self.make)();
            attempt.desk.check(&attempt.file)
        }));
        let Ok(report) = report else {
            return Some(format!("{}: panicked", self.what));
        };
        let answers = (
            report.integrity.as_str(),
            report.signer.as_str(),
            report.policy.as_str(),
        );
        // A code that ends with a colon or a slash stands for any place.
        let as_expected = match (report.code.as_deref(), self.code) {
            (Some(code), Some(expected)) if expected.ends_with([':', '/']) => {
                code.starts_with(expected)
            }
            (code, expected) => code == expected,
        };
        let same = as_expected && answers == self.answers && report.accepted == self.code.is_none();
        (!same).then(|| {
            format!(
                "{}: {:?} {answers:?}, not {:?} {:?}; failed: {:?}",
                self.what,
                report.code,
                self.code,
                self.answers,
                failures(&report)
            )
        })
    }
}

pub fn failures(report: &Report) -> Vec<(&str, &str)> {
    let failed = report.checks.iter();
    let failed = failed.filter(|check| check.status == Status::Fail);
    failed
        .filter_map(|check| Some((check.code.as_deref()?, check.detail.as_str())))
        .collect()
}

/// Demands the expected answers for every case.
pub fn all(cases: &[Case]) {
    let wrong: Vec<String> = cases.iter().filter_map(Case::complaint).collect();
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}
