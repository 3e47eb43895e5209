use std::fs;

use bundle::key::{Signer, SigningKey};
use store::Unwatched;
use vault::keys::{Import, KeyState, PrivateExport, Rotation};

use crate::support::{House, check_with, code, mode};

#[test]
fn the_public_half_leaves_with_its_card_and_nothing_is_overwritten() {
    let house = House::new();
    house.case("default");
    let key = house.active();
    let out = house.path("for others");
    let exported = house.vault.export_key(&key, &out, None).unwrap();
    assert_eq!(
        fs::read_to_string(&exported.public).unwrap(),
        key.public.to_pem()
    );
    let card = fs::read(exported.card.unwrap()).unwrap();
    assert_eq!(bundle::format::card::read(&card).unwrap().key, key.public);
    assert_eq!(exported.revocation, None);
    for entry in fs::read_dir(&out).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("PRIVATE"));
    }
    assert_eq!(
        code(house.vault.export_key(&key, &out, None)),
        "file_exists"
    );
}

#[test]
fn the_private_half_leaves_only_locked_and_comes_back() {
    let house = House::new();
    let case = house.case("default");
    let bundle = house.sealed(&case, "one");
    let key = house.active();
    let copy = house.path("copy.key");
    let how = |wrapped_with| PrivateExport {
        passphrase: None,
        wrapped_with,
    };
    let refused = house.vault.export_private_key(&key, &copy, &how(""));
    assert_eq!(code(refused), "invalid_value");
    assert!(!copy.exists());
    house
        .vault
        .export_private_key(&key, &copy, &how("away"))
        .unwrap();
    assert!(!fs::read_to_string(&copy).unwrap().contains("PRIVATE"));
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(
        code(house.vault.export_private_key(&key, &copy, &how("away"))),
        "file_exists"
    );

    let elsewhere = House::new();
    let import = Import {
        file_passphrase: Some("home"),
        ..Import::default()
    };
    let refused = elsewhere.vault.import_key(&copy, &import, &elsewhere.act);
    assert_eq!(code(refused), "passphrase_wrong");
    let import = Import {
        file_passphrase: Some("away"),
        ..Import::default()
    };
    let imported = elsewhere
        .vault
        .import_key(&copy, &import, &elsewhere.act)
        .unwrap();
    assert_eq!(imported.public, key.public);
    assert_eq!(imported.toolchain_id, key.toolchain_id);
    let case = elsewhere.case("default");
    let other = elsewhere.sealed(&case, "two");
    assert_eq!(other.keyid, bundle.keyid);
    assert!(check_with(&elsewhere.bytes(&other), &[&key]).accepted);
}

#[test]
fn the_first_key_may_come_from_elsewhere_with_its_name() {
    let house = House::new();
    let given = house.path("given.pem");
    fs::write(&given, SigningKey::from_seed(&[4; 32]).to_pem()).unwrap();
    let named = |toolchain_id| Import {
        toolchain_id,
        ..Import::default()
    };
    let long = "x".repeat(65);
    for bad in ["", "a b", "../x", "ü", &long] {
        let refused = house
            .vault
            .import_key(&given, &named(Some(bad)), &house.act);
        assert_eq!(code(refused), "name_invalid");
    }
    let import = Import {
        rotation: Rotation {
            new_passphrase: Some("pass"),
            ..Rotation::default()
        },
        ..named(Some("FG_DESK"))
    };
    let key = house.vault.import_key(&given, &import, &house.act).unwrap();
    assert_eq!(
        (key.toolchain_id.as_str(), key.file_name.as_str()),
        ("FG_DESK", "toolchain_ed25519.pem")
    );
    let case = house.case("default");
    house.capture(&case, "one");
    assert_eq!(code(house.try_seal(&case, None)), "key_locked");
    let bundle = house.try_seal(&case, Some("pass")).unwrap();
    assert!(check_with(&house.bytes(&bundle), &[&key]).accepted);
    assert_eq!(
        code(house.vault.import_key(&given, &import, &house.act)),
        "key_exists"
    );
}

#[test]
fn a_key_that_comes_later_is_a_change_of_key() {
    let house = House::new();
    let case = house.case("default");
    let first = house.sealed(&case, "one");
    let old = house.active();
    let given = house.path("given.pem");
    let private = SigningKey::from_seed(&[4; 32]);
    fs::write(&given, private.to_pem()).unwrap();
    let named = Import {
        toolchain_id: Some("OTHER"),
        ..Import::default()
    };
    assert_eq!(
        code(house.vault.import_key(&given, &named, &house.act)),
        "invalid_value"
    );
    let key = house
        .vault
        .import_key(&given, &Import::default(), &house.act)
        .unwrap();
    assert_eq!(key.public, private.public_key());
    assert_eq!(key.toolchain_id, format!("{}.2", old.toolchain_id));
    assert_eq!(house.vault.own_keys().unwrap()[0].state, KeyState::Rotated);
    assert!(house.kinds(&case).contains(&"KEY_ROTATED".to_owned()));
    let second = house.sealed(&case, "two");
    assert!(house.check(&house.bytes(&second)).accepted);
    let made = house
        .vault
        .reproduce(&case, &first, None, &Unwatched)
        .unwrap();
    assert_eq!(Some(made.sha256), first.bundle_sha256);
}

#[test]
fn what_is_no_private_key_is_not_taken_in() {
    let house = House::new();
    let given = house.path("given");
    let public = SigningKey::from_seed(&[4; 32]).public_key().to_pem();
    for bytes in ["", "hello", &public, "FIELDGRADE LOCKED KEY, VERSION 1\n"] {
        fs::write(&given, bytes).unwrap();
        let refused = house
            .vault
            .import_key(&given, &Import::default(), &house.act);
        assert_eq!(code(refused), "key_invalid");
    }
    let refused = house
        .vault
        .import_key(&house.path("none"), &Import::default(), &house.act);
    assert_eq!(code(refused), "io");
    assert!(house.vault.own_keys().unwrap().is_empty());
}
