//! Nothing of one case shows in another.

use store::Unwatched;
use vault::{Intake, Naming};

use crate::support::{NOTHING, Place};

#[test]
fn the_same_files_in_two_cases_never_meet() {
    let place = Place::new();
    let desk = place.open();
    let other = desk
        .vault
        .create_project("other", &Naming::default(), &desk.act)
        .unwrap();
    place.file("shared.txt", "rust on the bearing");
    desk.capture(&place.drop());
    place.file("only there.txt", "rust and Rumpelstilzchen");
    for n in 0..30 {
        place.file(&format!("filler {n}.txt"), "rust rust rust");
    }
    desk.vault
        .capture(
            &other,
            &[place.drop()],
            &Intake::default(),
            &desk.act,
            &Unwatched,
            &mut |_| {},
        )
        .unwrap();
    desk.catch_up();
    let alone = desk.search("rust");
    assert_eq!(alone.total, 1);
    desk.vault.catch_up(&other, &desk.act, &Unwatched).unwrap();
    // Neither hits nor counts nor order know that the other case was filled meanwhile.
    let beside = desk.search("rust");
    assert_eq!((beside.hits, beside.total), (alone.hits, alone.total));
    assert_eq!(desk.items("Rumpelstilzchen"), NOTHING);
    assert_eq!(desk.items("filler"), NOTHING);
    assert_eq!(desk.items("rust -Rumpelstilzchen"), [1]);
    let there = desk.vault.search(&other, "rust", 1000, None).unwrap();
    assert_eq!(there.total, 32);
    let next = desk
        .vault
        .search(&other, "rust", 1, None)
        .unwrap()
        .next
        .unwrap();
    // A place in one case, taken to another, shows nothing of the first.
    let taken = desk
        .vault
        .search(&desk.project, "rust", 10, Some(&next))
        .unwrap();
    assert_eq!(taken.total, 1);
    assert!(taken.hits.iter().all(|hit| hit.name == "shared.txt"));
}
