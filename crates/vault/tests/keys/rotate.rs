use std::fs;

use bundle::key::{Signer, SigningKey};
use bundle::verify::{Nothing, SignerAnswer, TrustedKey};
use store::Unwatched;
use vault::keys::{KeyState, Rotation};
use vault::{Scope, SealRequest};

use crate::support::{House, card_of, check, check_with, code, content, mode, source, string};

#[test]
fn both_keys_sign_the_change_in_every_open_case() {
    let house = House::new();
    let (one, two) = (house.case("default"), house.case("two"));
    let closed = house.case("closed");
    house.vault.close_project(&closed, &house.act).unwrap();
    house.sealed(&one, "before");
    let old = house.active();
    let rotated = house.rotate();
    assert_eq!(rotated.cases, ["default", "two"]);
    assert_eq!(rotated.new.toolchain_id, format!("{}.2", old.toolchain_id));
    assert_eq!(
        (rotated.old.state, rotated.new.state),
        (KeyState::Rotated, KeyState::Active)
    );
    assert!(rotated.old.ended_utc.is_some());
    for path in [&rotated.new.file_name, &old.file_name] {
        assert_eq!(mode(&house.keys().join(path)), 0o600);
    }

    for case in [&one, &two] {
        let event = house.last(case, "KEY_ROTATED");
        let body = content(&event);
        assert_eq!(fields(&body), vector_fields());
        assert_eq!(string(&body, "old"), old.public.id().to_string());
        assert_eq!(string(&body, "new_toolchain_id"), rotated.new.toolchain_id);
        assert_eq!(event.payload.toolchain_id, old.toolchain_id);
        assert_eq!(string(&source(&event), "reason"), "yearly change");
        house.capture(case, "after");
        assert_eq!(
            house.last(case, "CAPTURE").payload.toolchain_id,
            rotated.new.toolchain_id
        );
    }
    assert!(!house.kinds(&closed).contains(&"KEY_ROTATED".to_owned()));
    house.sound();
}

fn fields(body: &bundle::canon::Object) -> Vec<&str> {
    body.iter().map(|(key, _)| key.as_str()).collect()
}

/// The fields of the KEY_ROTATED in a package that another sealer made.
fn vector_fields() -> Vec<&'static str> {
    const VECTOR: &str = "/../../tests/vectors/ours/good/rotated-2.zip";
    let path = format!("{}{VECTOR}", env!("CARGO_MANIFEST_DIR"));
    let file = fs::read(path).unwrap();
    let archive = bundle::zip::Archive::open(&file, &bundle::zip::Limits::default()).unwrap();
    let mut lines = String::new();
    let mut reader = archive.reader(archive.find("provenance.jsonl").unwrap());
    std::io::Read::read_to_string(&mut reader, &mut lines).unwrap();
    let line = lines
        .lines()
        .find(|line| line.contains("\"event_type\":\"KEY_ROTATED\""));
    let line = bundle::format::line::Line::parse(line.unwrap().as_bytes()).unwrap();
    let body: &'static _ = Box::leak(Box::new(line.content().unwrap().clone()));
    fields(body)
}

#[test]
fn packages_after_a_change_are_judged_by_who_is_trusted() {
    let house = House::new();
    let case = house.case("default");
    let first = house.sealed(&case, "before");
    let rotated = house.rotate();
    let second = house.sealed(&case, "after");
    let (first, second) = (house.bytes(&first), house.bytes(&second));
    let (old, new) = (&rotated.old, &rotated.new);

    for (keys, answers) in [
        (
            vec![old, new],
            [SignerAnswer::Trusted, SignerAnswer::Trusted],
        ),
        (
            vec![old],
            [SignerAnswer::Trusted, SignerAnswer::Unconfirmed],
        ),
        (
            vec![new],
            [SignerAnswer::Unconfirmed, SignerAnswer::Trusted],
        ),
    ] {
        for (file, answer) in [&first, &second].into_iter().zip(answers) {
            let report = check_with(file, &keys);
            assert_eq!(report.signer, answer);
            assert_eq!(
                report.accepted,
                answer == SignerAnswer::Trusted,
                "{report:#?}"
            );
            assert_eq!(report.integrity, bundle::verify::Integrity::Intact);
        }
    }
    // Who knows the package before knows the key that the change must start from.
    let report = house.check(&second);
    assert!(report.accepted, "{:#?}", report.checks);

    let statements = card_of(&second).handovers;
    assert_eq!(statements.len(), 1);
    let read = bundle::format::handover::Statement::read(statements[0].as_object().unwrap());
    assert_eq!(read.unwrap().change.new, new.public);
    assert_eq!(card_of(&first).handovers.len(), 0);
    // The other case's chains stay that case's business: the statement is the house's.
    let chain = content(&house.last(&case, "KEY_ROTATED"));
    assert_ne!(
        statements[0].as_object().unwrap().get("chain"),
        chain.get("chain")
    );
}

#[test]
fn a_change_that_only_one_key_signed_is_not_explained() {
    // The same bundle with a stranger's key in the ledger's place shows that the check above can fail.
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "before");
    house.rotate();
    let second = house.sealed(&case, "after");
    let file = house.bytes(&second);
    let known = house.vault.receiving().unwrap();
    let stranger = SigningKey::from_seed(&[8; 32]);
    let report = check(
        &file,
        &[TrustedKey::new(
            &house.active().toolchain_id,
            stranger.public_key(),
        )],
        &known,
    );
    assert_eq!(report.signer, SignerAnswer::BadSignature);
    assert!(check(&file, known.keys(), &Nothing).accepted);
}

#[test]
fn old_packages_can_be_made_again_after_changes_and_without_any_private_key() {
    let house = House::new();
    let case = house.case("default");
    let mut sealed = vec![house.sealed(&case, "a")];
    for text in ["b", "c"] {
        house.rotate();
        sealed.push(house.sealed(&case, text));
    }
    let names: Vec<String> = house
        .vault
        .own_keys()
        .unwrap()
        .into_iter()
        .map(|key| key.toolchain_id)
        .collect();
    assert!(
        names[1].ends_with(".2") && names[2].ends_with(".3"),
        "{names:?}"
    );
    for entry in fs::read_dir(house.keys()).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for bundle in &sealed {
        let made = house
            .vault
            .reproduce(&case, bundle, None, &Unwatched)
            .unwrap();
        assert_eq!(Some(made.sha256), bundle.bundle_sha256);
    }
    house.capture(&case, "d");
    assert_eq!(code(house.try_seal(&case, None)), "key_missing");
    let rotation = Rotation::default();
    assert_eq!(
        code(house.vault.rotate_key(&rotation, &house.act)),
        "key_missing"
    );
    assert!(!house.keys().join("toolchain_ed25519.4.pem").exists());
}

#[test]
fn a_change_cut_short_leaves_the_old_state_and_its_file_is_used_again() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "before");
    let old = house.active();
    // As a crash between the file and the record leaves it.
    let left = SigningKey::from_seed(&[7; 32]);
    let path = house.keys().join("toolchain_ed25519.2.pem");
    fs::write(&path, left.to_pem()).unwrap();

    let again = house.again();
    assert_eq!(again.active_key().unwrap().unwrap(), old);
    let second = house.sealed(&case, "still");
    assert!(check_with(&house.bytes(&second), &[&old]).accepted);

    let rotated = house.rotate();
    assert_eq!(rotated.new.public, left.public_key());
    assert_eq!(rotated.new.file_name, "toolchain_ed25519.2.pem");
    assert_eq!(mode(&path), 0o600);
    let third = house.sealed(&case, "after");
    assert!(check_with(&house.bytes(&third), &[&rotated.new]).accepted);
    house.sound();
}

#[test]
fn a_leftover_that_cannot_be_opened_is_left_alone() {
    let house = House::new();
    house.case("default");
    let path = house.keys().join("toolchain_ed25519.2.pem");
    fs::write(&path, "FIELDGRADE LOCKED KEY, VERSION 1\n{}\n").unwrap();
    let rotated = house.rotate();
    assert_eq!(rotated.new.file_name, "toolchain_ed25519.3.pem");
    assert!(rotated.new.toolchain_id.ends_with(".2"));
    assert!(fs::read_to_string(&path).unwrap().ends_with("{}\n"));
}

#[test]
fn a_leftover_gets_the_passphrase_that_the_new_key_is_to_have() {
    let house = House::new();
    let case = house.case("default");
    let left = SigningKey::from_seed(&[7; 32]);
    let path = house.keys().join("toolchain_ed25519.2.pem");
    fs::write(&path, left.to_pem()).unwrap();
    let rotation = Rotation {
        new_passphrase: Some("pass"),
        ..Rotation::default()
    };
    house.vault.rotate_key(&rotation, &house.act).unwrap();
    assert!(!fs::read_to_string(&path).unwrap().contains("PRIVATE"));
    house.capture(&case, "one");
    assert_eq!(code(house.try_seal(&case, None)), "key_locked");
    house.try_seal(&case, Some("pass")).unwrap();
}

#[test]
fn a_package_begun_with_the_old_key_is_finished_with_it() {
    let house = House::new();
    let case = house.case("default");
    house.begun(&case, "one");
    let rotated = house.rotate();

    house.capture(&case, "two");
    let request = SealRequest::of(Scope::New);
    let outcome = house
        .vault
        .seal(&case, &request, &house.act, &Unwatched)
        .unwrap();
    let [finished] = outcome.finished.as_slice() else {
        panic!("{outcome:?}");
    };
    assert_eq!(finished.keyid, rotated.old.public.id());
    assert!(check_with(&house.bytes(finished), &[&rotated.old]).accepted);
    let second = outcome.bundle.unwrap();
    assert_eq!(second.keyid, rotated.new.public.id());
    let report = house.check(&house.bytes(&second));
    assert!(report.accepted, "{:#?}", report.checks);
}

#[test]
fn a_closed_case_is_sealed_with_the_key_that_it_ended_with() {
    let house = House::new();
    let case = house.case("old");
    house.capture(&case, "one");
    house.vault.close_project(&case, &house.act).unwrap();
    let rotated = house.rotate();
    let bundle = house.seal(&case);
    assert_eq!(bundle.keyid, rotated.old.public.id());
    let file = house.bytes(&bundle);
    assert!(check_with(&file, &[&rotated.old]).accepted);
    assert_eq!(
        card_of(&file).handovers.len(),
        0,
        "the handover came after it"
    );
}

#[test]
fn the_house_knows_every_key_it_ever_had() {
    let house = House::new();
    house.case("default");
    let rotated = house.rotate();
    let old = &rotated.old;
    assert_eq!(house.vault.find_own_key(&old.toolchain_id).unwrap(), *old);
    let id = old.public.id().to_string();
    assert_eq!(house.vault.find_own_key(&id.to_uppercase()).unwrap(), *old);
    assert_eq!(house.vault.find_own_key(&id[..8]).unwrap(), *old);
    for unknown in ["", "FG", &id[..7], "00000000"] {
        assert_eq!(code(house.vault.find_own_key(unknown)), "key_unknown");
    }
}

#[test]
fn a_database_from_before_the_change_is_noticed() {
    let house = House::new();
    let case = house.case("default");
    house.sealed(&case, "one");
    let database = house.vault.root().termite_db();
    let copy = house.path("older.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute("VACUUM INTO ?1", (copy.to_str().unwrap(),))
        .unwrap();
    drop(connection);
    house.rotate();
    house.sound();
    let root = house.path("other");
    let other = crate::support::open(&root);
    let place = other.root().termite_db();
    let other_keys = other.root().keys();
    drop(other);
    for end in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{end}", place.display())).ok();
    }
    fs::copy(&copy, &place).unwrap();
    fs::create_dir_all(&other_keys).unwrap();
    for entry in fs::read_dir(house.keys()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), other_keys.join(entry.file_name())).unwrap();
    }
    assert_eq!(
        code(crate::support::open(&root).check_heads()),
        "ledger_rolled_back"
    );
}
