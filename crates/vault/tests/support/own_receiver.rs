//! A package checked by the data root that sealed it: its own rules, the keys it trusts, and what it knows.

use bundle::verify::{InTurn, Receiver, Report, Silent, verify};
use vault::{Project, SealedBundle, Vault};

/// The bytes of a package.
pub fn bytes(vault: &Vault, bundle: &SealedBundle) -> Vec<u8> {
    std::fs::read(vault.bundle_path(bundle).unwrap()).unwrap()
}

/// What its own receiver says of a package, which must be that it is accepted.
pub fn accepted(vault: &Vault, project: &Project, bundle: &SealedBundle) -> Report {
    let receiving = vault.receiving().unwrap();
    let policy = vault.policy(project).unwrap();
    let receiver = Receiver {
        policy: &policy,
        allowlist_hash: None,
        keys: receiving.keys(),
        any_signer: false,
        fingerprint: None,
        known: &receiving,
        now: None,
    };
    let report = verify(&bytes(vault, bundle), &receiver, &InTurn, &Silent).unwrap();
    assert!(report.accepted, "{:#?}", report.checks);
    report
}
