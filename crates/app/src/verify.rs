//! Checking a bundle that lies somewhere as a file.

use std::path::{Path, PathBuf};

use bundle::ReadAt;
use bundle::verify::{Known, Nothing, Progress, Receiver, Report, verify};
use vault::Project;

use crate::desk::Desk;
use crate::error::AppError;
use crate::fault::Fault;
use crate::file::FileReadAt;
use crate::rules::Rules;
use crate::threads::Threads;

/// Whose rules and keys a bundle is checked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyRequest {
    /// A file of rules; without it those of a new project hold.
    pub policy: Option<PathBuf>,
    /// A file that lists keys; without it no key is trusted.
    pub allowlist: Option<PathBuf>,
    /// The fingerprint of the signer's key, as they gave it by another way.
    pub fingerprint: Option<String>,
    /// Accept a signer who is not confirmed.
    pub any_signer: bool,
}

/// Checks a bundle. A bad bundle is no error: it has a report that says so.
pub fn verify_file(
    path: &Path,
    request: &VerifyRequest,
    progress: &dyn Progress,
) -> Result<Report, AppError> {
    if let Some(fingerprint) = &request.fingerprint {
        check_fingerprint(fingerprint)?;
    }
    let rules = Rules::load(request.policy.as_deref(), request.allowlist.as_deref())?;
    let source = FileReadAt::open(path)?;
    judge(&source, request, &rules, &Nothing, progress).map_err(|error| error.in_file(path))
}

/// The same with the rules of a case, the keys that the data root trusts (its own among them), and the bundles it knows,
/// wherever no file is given instead.
pub fn verify_at(
    desk: &Desk,
    project: Option<&Project>,
    path: &Path,
    request: &VerifyRequest,
    progress: &dyn Progress,
) -> Result<Report, AppError> {
    if let Some(fingerprint) = &request.fingerprint {
        check_fingerprint(fingerprint)?;
    }
    let receiving = desk.vault().receiving()?;
    let mut rules = Rules::load(request.policy.as_deref(), request.allowlist.as_deref())?;
    if request.allowlist.is_none() {
        rules.keys = receiving.keys().to_vec();
    }
    if let (None, Some(project)) = (&request.policy, project) {
        rules.policy = desk.vault().policy(project)?;
    }
    let source = FileReadAt::open(path)?;
    judge(&source, request, &rules, &receiving, progress).map_err(|error| error.in_file(path))
}

fn judge<R: ReadAt + ?Sized>(
    source: &R,
    request: &VerifyRequest,
    rules: &Rules,
    known: &dyn Known,
    progress: &dyn Progress,
) -> Result<Report, AppError> {
    let now = store::Clock::now(&store::SystemClock::new()).to_string();
    let receiver = Receiver {
        policy: &rules.policy,
        allowlist_hash: rules.allowlist_hash,
        keys: &rules.keys,
        any_signer: request.any_signer,
        fingerprint: request.fingerprint.as_deref(),
        known,
        now: Some(&now),
    };
    let threads = Threads::available();
    let result = verify(source, &receiver, &threads, progress);
    // Whatever the result says: a check that did not run to its end is no check.
    if threads.panicked() {
        return Err(Fault::Internal.error());
    }
    Ok(result?)
}

/// A fingerprint that could be none is a slip of the hand and says nothing about the bundle.
pub fn check_fingerprint(fingerprint: &str) -> Result<(), AppError> {
    let digits = || {
        fingerprint
            .chars()
            .filter(|c| !matches!(c, ' ' | ':' | '-'))
    };
    if digits().count() == 64 && digits().all(|c| c.is_ascii_hexdigit()) {
        Ok(())
    } else {
        Err(Fault::FingerprintMalformed.error().at("--fingerprint"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/ours");

    struct Stops;

    impl Progress for Stops {
        fn advance(&self, _: u64) {}

        fn canceled(&self) -> bool {
            true
        }
    }

    struct Breaks;

    impl Progress for Breaks {
        fn advance(&self, _: u64) {
            panic!("meant to");
        }

        fn canceled(&self) -> bool {
            false
        }
    }

    fn check(progress: &dyn Progress) -> Result<Report, AppError> {
        let kit = Path::new(VECTORS).join("kits/strict");
        let request = VerifyRequest {
            policy: Some(kit.join("policy.yaml")),
            allowlist: Some(kit.join("allowlist.yaml")),
            ..VerifyRequest::default()
        };
        let path = Path::new(VECTORS).join("good/series-1.zip");
        verify_file(&path, &request, progress)
    }

    #[test]
    fn a_good_bundle_is_accepted_and_a_stopped_check_says_nothing() {
        assert!(check(&bundle::verify::Silent).unwrap().accepted);
        assert_eq!(check(&Stops).unwrap_err().code, "canceled");
    }

    #[test]
    fn a_panic_inside_a_check_is_an_error_and_never_an_answer() {
        assert_eq!(check(&Breaks).unwrap_err().code, "internal");
    }

    #[test]
    fn a_fingerprint_is_64_digits_with_anything_harmless_between() {
        assert!(check_fingerprint(&"aB ".repeat(32)).is_ok());
        assert!(check_fingerprint(&"a:b-".repeat(32)).is_ok());
        assert!(check_fingerprint(&"a".repeat(63)).is_err());
        assert!(check_fingerprint(&format!("{}g", "a".repeat(63))).is_err());
        assert!(check_fingerprint("").is_err());
    }
}
