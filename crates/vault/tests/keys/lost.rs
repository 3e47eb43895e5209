use std::fs;

use bundle::verify::{Integrity, SignerAnswer};
use vault::keys::{KeyState, Replacement};

use crate::support::{House, card_of, check_with, code, content, source, string};

const LOST: Replacement<'static> = Replacement {
    reason: "laptop stolen",
    lost: true,
    passphrase: None,
    new_passphrase: None,
};

#[test]
fn a_lost_key_is_an_error_with_a_next_step_and_nothing_is_replaced() {
    let house = House::new();
    let case = house.case("default");
    let first = house.sealed(&case, "one");
    let key = house.active();
    let path = house.keys().join(&key.file_name);
    fs::remove_file(&path).unwrap();
    house.capture(&case, "two");
    let error = house.try_seal(&case, None).unwrap_err();
    assert_eq!(error.code(), "key_missing");
    assert_eq!(error.place(), Some(path.as_path()));
    assert!(error.next_step().contains("keys replace --lost"));
    let replacement = Replacement {
        lost: false,
        ..LOST
    };
    assert_eq!(
        code(house.vault.replace_key(&replacement, &house.act)),
        "key_missing"
    );
    assert!(!path.exists());
    assert_eq!(house.vault.own_keys().unwrap(), [key]);
    assert_eq!(house.again().active_key_or_new().unwrap(), house.active());
    assert!(house.check(&house.bytes(&first)).accepted);
}

#[test]
fn a_key_at_hand_is_never_replaced() {
    let house = House::new();
    house.case("default");
    let replace = |replacement: &Replacement<'_>| house.vault.replace_key(replacement, &house.act);
    assert_eq!(code(replace(&LOST)), "key_at_hand");
    house
        .vault
        .lock_key(&house.active(), None, Some("pass"))
        .unwrap();
    let opens = Replacement {
        passphrase: Some("pass"),
        ..LOST
    };
    assert_eq!(code(replace(&opens)), "key_at_hand");
    let unsaid = Replacement {
        lost: false,
        ..LOST
    };
    assert_eq!(code(replace(&unsaid)), "key_locked");
    assert_eq!(house.vault.own_keys().unwrap().len(), 1);
}

#[test]
fn a_replaced_key_passes_on_no_trust() {
    let house = House::new();
    let case = house.case("default");
    let first = house.sealed(&case, "one");
    house.rotate();
    let second = house.sealed(&case, "two");
    let old = house.active();
    let path = house.keys().join(&old.file_name);
    fs::remove_file(&path).unwrap();
    let replaced = house.vault.replace_key(&LOST, &house.act).unwrap();
    assert_eq!(replaced.old.state, KeyState::Replaced);
    assert!(replaced.new.toolchain_id.ends_with(".3"));
    assert!(!path.exists(), "what is lost is not made up");

    let event = house.last(&case, "KEY_REPLACED");
    let body = content(&event);
    assert!(!body.contains("signature_old") && !body.contains("old_public_key"));
    assert_eq!(string(&body, "old"), old.public.id().to_string());
    assert_eq!(string(&source(&event), "reason"), "laptop stolen");

    let third = house.sealed(&case, "three");
    let file = house.bytes(&third);
    let by_old = check_with(&file, &[&old]);
    assert_eq!(by_old.integrity, Integrity::Intact);
    assert_eq!(by_old.signer, SignerAnswer::Unconfirmed);
    assert_eq!(by_old.code.as_deref(), Some("toolchain_not_allowed"));
    assert!(check_with(&file, &[&replaced.new]).accepted);
    let own = house.check(&file);
    assert!(own.accepted, "{:#?}", own.checks);
    assert_eq!(card_of(&file).handovers, []);
    // A change after that hands over from the new key only.
    let rotated = house.rotate();
    let fourth = house.bytes(&house.sealed(&case, "four"));
    let told = card_of(&fourth).handovers;
    assert_eq!(told.len(), 1);
    let read = bundle::format::handover::Statement::read(told[0].as_object().unwrap()).unwrap();
    assert_eq!(
        (read.old, read.change.new),
        (replaced.new.public, rotated.new.public)
    );
    for bundle in [first, second] {
        assert!(house.check(&house.bytes(&bundle)).accepted);
    }
    house.sound();
}

#[test]
fn a_key_that_nobody_can_unlock_is_replaced_beside_its_file() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "one");
    let old = house.active();
    house.vault.lock_key(&old, None, Some("forgotten")).unwrap();
    let path = house.keys().join(&old.file_name);
    let bytes = fs::read(&path).unwrap();
    let guess = Replacement {
        passphrase: Some("guess"),
        ..LOST
    };
    let replaced = house.vault.replace_key(&guess, &house.act).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_ne!(replaced.new.file_name, old.file_name);
    let bundle = house.sealed(&case, "two");
    assert!(house.check(&house.bytes(&bundle)).accepted);
}

#[test]
fn a_package_that_the_lost_key_began_is_given_up() {
    let house = House::new();
    let case = house.case("default");
    house.begun(&case, "one");
    fs::remove_file(house.keys().join(&house.active().file_name)).unwrap();
    assert_eq!(code(house.try_seal(&case, None)), "key_missing");
    house.vault.replace_key(&LOST, &house.act).unwrap();
    let bundle = house.given_up(&case, "KEY_REPLACED");
    assert!(house.check(&house.bytes(&bundle)).accepted);
}

#[test]
fn there_is_nothing_to_replace_before_the_first_key() {
    let house = House::new();
    assert_eq!(
        code(house.vault.replace_key(&LOST, &house.act)),
        "key_unknown"
    );
    assert!(!house.keys().join("toolchain_ed25519.pem").exists());
}
