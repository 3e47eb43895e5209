use std::collections::BTreeSet;
use std::path::PathBuf;

use app::{AppError, SealOptions};
use clap::Args;
use vault::Scope;

use super::{Outcome, Run};
use crate::context::Context;
use crate::output::sealing::{seal_object, write_seal};
use crate::passphrase;

/// Seal everything new in a case into one signed package
#[derive(Debug, Args)]
pub struct Seal {
    #[command(flatten)]
    pub fields: SealFields,
    /// Everything again, numbered on
    #[arg(long, conflicts_with = "items")]
    full: bool,
    /// Only these items, as an excerpt for somebody: numbers and ranges, as 3,5,8-12
    #[arg(long, value_name = "ITEMS")]
    items: Option<String>,
    /// For whom the excerpt is; hidden in the series
    #[arg(long, value_name = "NAME", requires = "items")]
    recipient: Option<String>,
}

/// How to seal
#[derive(Debug, Clone, Default, Args)]
pub struct SealFields {
    /// A label, in your words
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// A copy of the package here, read back and compared
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The receiver's rules to seal under; without them those of the case hold
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The receiver's list of keys, whose digest the package then names
    #[arg(long, value_name = "FILE")]
    pub allowlist: Option<PathBuf>,
}

impl SealFields {
    pub fn options(self, scope: Scope) -> SealOptions {
        SealOptions {
            scope,
            label: self.label.unwrap_or_default(),
            out: self.out,
            policy: self.policy,
            allowlist: self.allowlist,
        }
    }
}

impl Run for Seal {
    fn run(self, context: &Context) -> Result<Outcome, AppError> {
        let scope = match (&self.items, self.full) {
            (Some(items), _) => Scope::Items {
                items: numbers(items)?,
                recipient: self.recipient.clone(),
            },
            (None, true) => Scope::Full,
            (None, false) => Scope::New,
        };
        let desk = context.desk()?;
        let act = context.act(&desk)?;
        let project = context.project(&desk, &act)?;
        let passphrase = passphrase::of_present(&desk)?;
        let watch = context.watch("Sealing", 0);
        let options = self.fields.options(scope);
        let sealed = app::seal(
            &desk,
            &project,
            &options,
            passphrase.as_ref().map(|text| text.as_str()),
            &act,
            &*watch,
        );
        let sealed = watch.finish(sealed)?;
        context.output.show(
            || seal_object(&sealed).into(),
            |page| write_seal(page, &project, &sealed),
        )?;
        for warning in &sealed.warnings {
            context.output.hint(warning);
        }
        Ok(Outcome::Done)
    }
}

/// `3,5,8-12` as numbers.
fn numbers(text: &str) -> Result<BTreeSet<u64>, AppError> {
    let wrong = || {
        app::Fault::Usage
            .error()
            .saying(format!("{text:?} is no list of item numbers."))
            .advising("Write numbers and ranges, as 3,5,8-12.")
            .at("--items")
    };
    let mut numbers = BTreeSet::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = match (first.trim().parse(), last.trim().parse()) {
            (Ok(first), Ok(last)) if first >= 1 && first <= last && last - first < 10_000_000 => {
                (first, last)
            }
            _ => return Err(wrong()),
        };
        numbers.extend(first..=last);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_items_are_numbers_and_ranges() {
        assert_eq!(
            numbers("3, 5,8-10").unwrap(),
            BTreeSet::from([3, 5, 8, 9, 10])
        );
        for bad in ["", "0", "5-3", "a", "1,,2", "1-99999999999"] {
            assert!(numbers(bad).is_err(), "{bad}");
        }
    }
}
