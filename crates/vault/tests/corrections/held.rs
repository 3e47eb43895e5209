//! Holds.

use vault::Scope;

use crate::desk::{Desk, code};

#[test]
fn what_is_on_hold_cannot_be_erased_until_the_hold_is_lifted() {
    let desk = Desk::new();
    let item = desk.capture("a.txt", "evidence");
    let hold = |set, why: &str| desk.vault.hold(&desk.project, item, set, why, &desk.act);
    assert_eq!(code(hold(false, "x")), "hold_unchanged");
    hold(true, "letter of 3 May").unwrap();
    assert_eq!(code(hold(true, "x")), "hold_unchanged");
    let detail = desk.vault.item_detail(&desk.project, item).unwrap();
    assert_eq!(detail.hold.unwrap().reason, "letter of 3 May");
    assert_eq!(code(desk.erase(item)), "item_held");
    assert!(desk.blob("evidence").exists());
    desk.withdraw(item).unwrap();
    assert_eq!(code(desk.erase(item)), "item_held");
    hold(false, "released on 4 June").unwrap();
    desk.erase(item).unwrap();
    assert!(!desk.blob("evidence").exists());
    assert_eq!(code(hold(true, "too late")), "item_erased");
    desk.accepted(&desk.seal(Scope::New));
}

/// A hold on one item keeps the bytes that another one has too.
#[test]
fn a_hold_keeps_the_bytes_against_another_item() {
    let desk = Desk::new();
    let first = desk.capture("a.txt", "same");
    let second = desk.capture("b.txt", "same");
    desk.vault
        .hold(&desk.project, first, true, "court", &desk.act)
        .unwrap();
    let erased = desk.erase(second).unwrap();
    assert_eq!(erased.erased, []);
    assert_eq!(erased.kept_for, [first]);
    assert!(desk.blob("same").exists());
}
