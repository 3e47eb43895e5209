use std::fs;

use bundle::verify::{Nothing, SignerAnswer, TrustedKey};
use vault::keys::{KeyState, Replacement, Revocation, Rotation};

use crate::support::{House, card_of, check, check_with, code, content, source, string};

const REVOKE: Revocation<'static> = Revocation {
    reason: "copied by somebody",
    passphrase: None,
    lost: false,
};

#[test]
fn a_revoked_key_signs_nothing_and_its_follower_tells_of_it() {
    let house = House::new();
    let (case, other) = (house.case("default"), house.case("other"));
    let first = house.sealed(&case, "one");
    let key = house.active();
    let revoked = house.vault.revoke_key(&key, &REVOKE, &house.act).unwrap();
    assert!(revoked.signed);
    assert_eq!(revoked.cases, ["default", "other"]);
    assert_eq!(revoked.key.state, KeyState::Revoked);
    for case in [&case, &other] {
        let event = house.last(case, "KEY_REVOKED");
        assert_eq!(
            string(&content(&event), "keyid"),
            key.public.id().to_string()
        );
        assert_eq!(string(&content(&event), "public_key"), key.public.to_pem());
        assert_eq!(string(&source(&event), "reason"), "copied by somebody");
    }

    house.capture(&case, "two");
    assert_eq!(code(house.try_seal(&case, None)), "key_revoked");
    let rotation = Rotation::default();
    assert_eq!(
        code(house.vault.rotate_key(&rotation, &house.act)),
        "key_revoked"
    );
    assert_eq!(
        code(house.vault.revoke_key(&key, &REVOKE, &house.act)),
        "key_revoked"
    );
    assert_eq!(
        code(
            house
                .vault
                .signing_key(&key, None)
                .map(|_| ())
                .and(Ok(()))
                .and(house.vault.signing_key(&revoked.key, None).map(|_| ()),)
        ),
        "key_revoked"
    );

    let replaced = house
        .vault
        .replace_key(&Replacement::default(), &house.act)
        .unwrap();
    assert_eq!(replaced.old.state, KeyState::Revoked, "it stays revoked");
    let second = house.seal(&case);
    let file = house.bytes(&second);
    assert!(house.check(&file).accepted);
    let told = card_of(&file).revocations;
    assert_eq!(told.len(), 1);
    let read = bundle::format::revocation::read(&told[0]).unwrap();
    assert_eq!(read.key, key.public);
    assert_eq!(
        fs::read_to_string(&revoked.statement).unwrap(),
        house.vault.revocation_of(&key).unwrap().unwrap()
    );

    // What was recorded before stays good here; a stranger who knows of the revocation refuses the same file.
    assert!(house.check(&house.bytes(&first)).accepted);
    let theirs = TrustedKey {
        revoked: true,
        ..TrustedKey::new(&key.toolchain_id, key.public)
    };
    let report = check(&house.bytes(&first), &[theirs], &Nothing);
    assert_eq!(report.signer, SignerAnswer::Revoked);
    house.sound();
}

#[test]
fn an_earlier_key_is_revoked_without_touching_the_present_one() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "one");
    let rotated = house.rotate();
    house
        .vault
        .revoke_key(&rotated.old, &REVOKE, &house.act)
        .unwrap();
    let bundle = house.sealed(&case, "two");
    let file = house.bytes(&bundle);
    assert!(check_with(&file, &[&rotated.new]).accepted);
    let card = card_of(&file);
    assert_eq!((card.handovers.len(), card.revocations.len()), (1, 1));
    assert_eq!(house.active(), rotated.new);
}

#[test]
fn without_the_key_a_revocation_is_said_and_proves_nothing() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "one");
    let key = house.active();
    fs::remove_file(house.keys().join(&key.file_name)).unwrap();
    assert_eq!(
        code(house.vault.revoke_key(&key, &REVOKE, &house.act)),
        "key_missing"
    );
    assert_eq!(house.active(), key, "a refusal revokes nothing");
    let lost = Revocation {
        lost: true,
        ..REVOKE
    };
    let revoked = house.vault.revoke_key(&key, &lost, &house.act).unwrap();
    assert!(!revoked.signed);
    let statement = fs::read(&revoked.statement).unwrap();
    let value = bundle::canon::Value::parse(statement.trim_ascii()).unwrap();
    assert!(bundle::format::revocation::read(&value).is_err());
    house.sound();
}

#[test]
fn a_package_that_the_revoked_key_began_is_given_up() {
    let house = House::new();
    let case = house.case("default");
    house.begun(&case, "one");
    let rotated = house.rotate();
    house
        .vault
        .revoke_key(&rotated.old, &REVOKE, &house.act)
        .unwrap();
    let bundle = house.given_up(&case, "KEY_REVOKED");
    assert_eq!(bundle.keyid, rotated.new.public.id());
    assert!(check_with(&house.bytes(&bundle), &[&rotated.new]).accepted);
}
