//! Custody.

use vault::{CustodyAct, Intake, Scope};

use crate::desk::Desk;

#[test]
fn custody_goes_from_obtained_to_sealed_and_names_its_gaps() {
    let desk = Desk::new();
    let intake = Intake {
        from: Some("Bo".to_owned()),
        when: Some("yesterday evening".to_owned()),
        authority: Some("warrant 7".to_owned()),
        ..Intake::default()
    };
    let item = desk.capture_in(&desk.project, "a.txt", "a", &intake);
    let other = desk.capture("b.txt", "b");
    desk.vault
        .hold(&desk.project, item, true, "court", &desk.act)
        .unwrap();
    let bundle = desk.seal(Scope::New);
    let lines = desk.vault.custody(&desk.project, item).unwrap();
    let acts: Vec<CustodyAct> = lines.iter().map(|line| line.act).collect();
    assert_eq!(
        acts,
        [
            CustodyAct::Obtained,
            CustodyAct::TakenIn,
            CustodyAct::Held,
            CustodyAct::Sealed
        ]
    );
    let [obtained, taken, held, sealed] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(obtained.who.as_deref(), Some("Bo"));
    assert_eq!(obtained.when.as_deref(), Some("yesterday evening"));
    assert_eq!(obtained.why.as_deref(), Some("warrant 7"));
    assert_eq!(obtained.gaps(), ["where", "how"]);
    assert_eq!(taken.who.as_deref(), Some("Ada"));
    assert!(taken.how.as_deref().unwrap().starts_with("copied from"));
    assert_eq!(held.why.as_deref(), Some("court"));
    assert_eq!(sealed.bundle, bundle.bundle_sha256);
    assert_eq!(sealed.entry, bundle.seq);
    let how = sealed.how.as_deref().unwrap();
    assert!(
        how.starts_with("in sealed package no. 1, signed with the key "),
        "{how}"
    );

    let theirs = desk.vault.custody(&desk.project, other).unwrap();
    assert_eq!(theirs[0].gaps(), ["who", "when", "where", "why", "how"]);
    assert_eq!(theirs.len(), 3);

    desk.vault
        .hold(&desk.project, item, false, "over", &desk.act)
        .unwrap();
    desk.erase(item).unwrap();
    desk.seal(Scope::Full);
    let lines = desk.vault.custody(&desk.project, item).unwrap();
    let after: Vec<CustodyAct> = lines[4..].iter().map(|line| line.act).collect();
    assert_eq!(
        after,
        [CustodyAct::Released, CustodyAct::Erased, CustodyAct::Sealed]
    );
    assert!(
        lines[6]
            .how
            .as_deref()
            .unwrap()
            .contains("without its bytes")
    );
}
