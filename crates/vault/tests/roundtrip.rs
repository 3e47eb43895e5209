//! The main job below the surface: real files become items, a sealed bundle, a verdict, and the same bytes again.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "support/own_receiver.rs"]
mod own_receiver;

use std::path::Path;

use bundle::verify::SeriesAnswer;
use store::{DataRoot, Unwatched};
use vault::{By, Intake, ItemStatus, Machine, Scope, SealRequest, Vault};

use own_receiver::accepted;

const SBOM: &[u8] = br#"{"bomFormat":"CycloneDX","components":[],"specVersion":"1.5","version":1}"#;

fn open(path: &Path) -> Vault {
    let root = DataRoot::create(path).unwrap();
    Vault::open(root, Machine::this("fieldgrade", "0.1.0", SBOM))
        .unwrap()
        .0
}

fn request(scope: Scope) -> SealRequest<'static> {
    SealRequest {
        label: "first",
        ..SealRequest::of(scope)
    }
}

#[test]
fn files_become_a_bundle_that_verifies_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let drop = folder.path().join("drop");
    std::fs::create_dir(&drop).unwrap();
    for n in 0..300 {
        std::fs::write(
            drop.join(format!("note {n}.txt")),
            format!("note number {}", n % 290),
        )
        .unwrap();
    }
    let vault = open(&data);
    let act = vault.act(Some("Ada"), By::Cli).unwrap();
    let project = vault.project("default", &act).unwrap();
    let mut outcomes = Vec::new();
    let report = vault
        .capture(
            &project,
            std::slice::from_ref(&drop),
            &Intake::default(),
            &act,
            &Unwatched,
            &mut |item| outcomes.push(item.clone()),
        )
        .unwrap();
    assert_eq!(
        (report.captured, report.duplicates, report.failed),
        (290, 10, 0)
    );
    assert_eq!(outcomes.len(), 300);
    assert!(outcomes.is_sorted_by(|a, b| a.path < b.path));
    assert!(
        outcomes
            .iter()
            .filter(|o| o.status == ItemStatus::Duplicate)
            .all(|o| o.same_as.is_some())
    );

    let sealed = vault
        .seal(&project, &request(Scope::New), &act, &Unwatched)
        .unwrap();
    let bundle = sealed.bundle.unwrap();
    let report = accepted(&vault, &project, &bundle);
    assert_eq!(report.subject.documents, Some(300));

    let again = vault
        .seal(&project, &request(Scope::New), &act, &Unwatched)
        .unwrap();
    assert!(again.nothing_to_seal);

    // The same files again: seen, not captured again; and still nothing to seal.
    let seen = vault
        .capture(
            &project,
            &[drop],
            &Intake::default(),
            &act,
            &Unwatched,
            &mut |_| {},
        )
        .unwrap();
    assert_eq!((seen.captured, seen.duplicates), (0, 300));
    assert_eq!(vault.items(&project, 0, 1000).unwrap().len(), 300);

    let items = [3, 5].into_iter().collect();
    let excerpt = vault.seal(
        &project,
        &request(Scope::Items {
            items,
            recipient: Some("Bo".into()),
        }),
        &act,
        &Unwatched,
    );
    let excerpt = excerpt.unwrap().bundle.unwrap();
    let report = accepted(&vault, &project, &excerpt);
    assert_eq!(report.subject.series, Some(SeriesAnswer::Complete));

    std::fs::remove_dir_all(data.join("termite_fieldpack/artifacts")).unwrap();
    std::fs::remove_file(data.join("termite_fieldpack/runtime/keys/toolchain_ed25519.pem"))
        .unwrap();
    for seal in [&bundle, &excerpt] {
        let made = vault.reproduce(&project, seal, None, &Unwatched).unwrap();
        assert_eq!(Some(made.sha256), seal.bundle_sha256);
    }
    assert!(
        vault
            .verify_ledger(&project, &Unwatched)
            .unwrap()
            .findings
            .is_empty()
    );
    vault.check_heads().unwrap();
}
