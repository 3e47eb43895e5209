use std::fs;
use std::os::unix::fs::PermissionsExt;

use vault::keys::KeyFileState;

use crate::support::{House, check_with, code, mode};

const GOOD: Option<&str> = Some("correct horse");

#[test]
fn a_locked_key_seals_with_its_passphrase_only() {
    let house = House::new();
    let case = house.case("default");
    house.capture(&case, "one");
    let key = house.active();
    let path = house.keys().join(&key.file_name);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(
        house.vault.key_file_state(&key).unwrap(),
        KeyFileState::Open
    );

    house.vault.lock_key(&key, None, GOOD).unwrap();
    let locked = fs::read_to_string(&path).unwrap();
    assert!(locked.starts_with("FIELDGRADE LOCKED KEY, VERSION 1\n"));
    assert!(!locked.contains("PRIVATE KEY"));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(
        house.vault.key_file_state(&key).unwrap(),
        KeyFileState::Locked
    );

    assert_eq!(code(house.try_seal(&case, None)), "key_locked");
    assert_eq!(
        code(house.try_seal(&case, Some("Correct horse"))),
        "passphrase_wrong"
    );
    // Nothing of a sealing that could not be signed stands in the record.
    assert!(!house.kinds(&case).contains(&"SEAL".to_owned()));
    let bundle = house.try_seal(&case, GOOD).unwrap();
    assert!(check_with(&house.bytes(&bundle), &[&key]).accepted);

    // Capturing needs no key, and nothing was replaced.
    house.capture(&case, "two");
    assert_eq!(house.vault.own_keys().unwrap().len(), 1);
    house.sound();
}

#[test]
fn a_passphrase_is_changed_and_taken_away_by_who_knows_it() {
    let house = House::new();
    house.case("default");
    let key = house.active();
    let path = house.keys().join(&key.file_name);
    let plain = fs::read(&path).unwrap();
    let lock = |old, new| house.vault.lock_key(&key, old, new);
    lock(None, GOOD).unwrap();
    let locked = fs::read(&path).unwrap();
    assert_eq!(code(lock(None, Some("other"))), "key_locked");
    assert_eq!(code(lock(Some("wrong"), None)), "passphrase_wrong");
    assert_eq!(code(lock(GOOD, Some(""))), "invalid_value");
    assert_eq!(
        fs::read(&path).unwrap(),
        locked,
        "a refusal changes nothing"
    );
    lock(GOOD, Some("battery staple")).unwrap();
    assert_eq!(code(lock(GOOD, None)), "passphrase_wrong");
    lock(Some("battery staple"), None).unwrap();
    assert_eq!(fs::read(&path).unwrap(), plain, "the same key as before");
    assert_eq!(
        fs::read_dir(house.keys()).unwrap().count(),
        2,
        "no copy stays behind"
    );
}

#[test]
fn a_key_that_lies_there_is_taken_and_made_private() {
    let house = House::new();
    fs::create_dir_all(house.keys()).unwrap();
    let given = bundle::key::SigningKey::from_seed(&[9; 32]);
    let path = house.keys().join("toolchain_ed25519.pem");
    fs::write(&path, given.to_pem()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let case = house.case("default");
    assert_eq!(mode(&path), 0o600);
    let bundle = house.sealed(&case, "one");
    assert_eq!(bundle.keyid, bundle::key::Signer::public_key(&given).id());
}

#[test]
fn a_damaged_key_file_is_named_and_not_replaced() {
    let house = House::new();
    let case = house.case("default");
    house.capture(&case, "one");
    let key = house.active();
    let path = house.keys().join(&key.file_name);
    let good = fs::read(&path).unwrap();
    house.vault.lock_key(&key, None, GOOD).unwrap();
    let locked = fs::read(&path).unwrap();
    for damage in [
        Vec::new(),
        b"FIELDGRADE LOCKED KEY, VERSION 1\n{}".to_vec(),
        locked[..locked.len() / 2].to_vec(),
        vec![b'x'; 20_000],
        bundle::key::SigningKey::from_seed(&[1; 32])
            .to_pem()
            .into_bytes(),
    ] {
        fs::write(&path, &damage).unwrap();
        assert_eq!(code(house.try_seal(&case, GOOD)), "key_invalid");
        assert_eq!(
            house.vault.key_file_state(&key).unwrap(),
            KeyFileState::Unusable
        );
        assert_eq!(fs::read(&path).unwrap(), damage);
    }
    fs::write(&path, good).unwrap();
    house.seal(&case);
}

#[test]
fn a_key_file_that_got_no_name_is_wiped_at_the_next_start() {
    let house = House::new();
    house.case("default");
    let left = house.keys().join(".new-1-1");
    let private = bundle::key::SigningKey::from_seed(&[1; 32]);
    fs::write(&left, private.to_pem()).unwrap();
    let case = house.again().find_project("default").unwrap();
    assert!(case.is_some());
    assert!(!left.exists());
    assert_eq!(house.vault.own_keys().unwrap().len(), 1);
}
