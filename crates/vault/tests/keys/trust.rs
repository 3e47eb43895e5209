use std::fs;
use std::path::PathBuf;

use bundle::format::revocation::write;
use bundle::key::Signer;
use bundle::verify::SignerAnswer;
use vault::keys::{Replacement, Revocation, Trust, TrustedEntry};

use crate::support::{House, code, content, keyid, source, string};

/// A sender with one package, and a receiver.
fn two() -> (House, House, Vec<u8>, PathBuf) {
    let (sender, receiver) = (House::new(), House::new());
    let case = sender.case("default");
    let bundle = sender.sealed(&case, "one");
    let file = sender.bytes(&bundle);
    let path = sender.vault.bundle_path(&bundle).unwrap();
    (sender, receiver, file, path)
}

fn trust(house: &House, path: &std::path::Path, trust: &Trust<'_>) -> TrustedEntry {
    house
        .vault
        .trust_key(path, trust, &house.act)
        .unwrap()
        .entry
}

#[test]
fn a_key_is_trusted_from_each_kind_of_file() {
    let (sender, _, file, path) = two();
    let out = sender.path("out");
    let key = sender.active();
    let exported = sender.vault.export_key(&key, &out, None).unwrap();
    let fingerprint = keyid(&key.public);
    let spaced = fingerprint
        .as_bytes()
        .chunks(4)
        .map(|c| std::str::from_utf8(c).unwrap());
    let spaced = spaced.collect::<Vec<_>>().join(" ").to_uppercase();
    for given in [&path, &exported.public, exported.card.as_ref().unwrap()] {
        let receiver = House::new();
        assert_eq!(receiver.check(&file).signer, SignerAnswer::Unconfirmed);
        let asked = Trust {
            fingerprint: Some(&spaced),
            toolchain_id: Some(&key.toolchain_id),
            name: Some("Harbour Office"),
            ..Trust::default()
        };
        let added = receiver
            .vault
            .trust_key(given, &asked, &receiver.act)
            .unwrap();
        assert_eq!(added.entry.public, key.public);
        assert_eq!(added.card.is_some(), *given != exported.public);
        let report = receiver.check(&file);
        assert!(report.accepted, "{:#?}", report.checks);
        let events = receiver.vault.house_events(0, 100).unwrap();
        let last = events.last().unwrap();
        assert_eq!(last.kind.as_str(), "TRUST");
        assert_eq!(string(&content(last), "change"), "trusted");
        assert_eq!(string(&content(last), "keyid"), fingerprint);
        assert_eq!(string(&source(last), "name"), "Harbour Office");
        receiver.sound();
    }
}

#[test]
fn another_key_than_the_fingerprint_says_is_refused() {
    let (sender, receiver, _, path) = two();
    let wrong = "0".repeat(64);
    let asked = Trust {
        fingerprint: Some(&wrong),
        ..Trust::default()
    };
    assert_eq!(
        code(receiver.vault.trust_key(&path, &asked, &receiver.act)),
        "key_other"
    );
    assert!(receiver.vault.trusted_keys().unwrap().is_empty());
    let own = sender
        .vault
        .trust_key(&path, &Trust::default(), &sender.act);
    assert_eq!(code(own), "key_exists");
}

#[test]
fn what_is_no_key_or_a_forged_card_is_refused() {
    let (sender, receiver, file, path) = two();
    let out = sender.path("out");
    let exported = sender
        .vault
        .export_key(&sender.active(), &out, None)
        .unwrap();
    let card = fs::read_to_string(exported.card.unwrap()).unwrap();
    let forged = card.replace("\"name\":\"\"", "\"name\":\"Somebody Else\"");
    assert_ne!(forged, card);
    let mut broken = file.clone();
    broken.truncate(file.len() - 1);
    let given = receiver.path("given");
    for (bytes, expected) in [
        (forged.into_bytes(), "statement_invalid"),
        (broken, "statement_invalid"),
        (b"PK".to_vec(), "statement_invalid"),
        (b"".to_vec(), "key_invalid"),
        (b"hello".to_vec(), "key_invalid"),
        (vec![b'{'; 2 << 20], "statement_invalid"),
    ] {
        fs::write(&given, bytes).unwrap();
        let asked = Trust {
            toolchain_id: Some("X"),
            ..Trust::default()
        };
        let refused = receiver.vault.trust_key(&given, &asked, &receiver.act);
        assert_eq!(code(refused), expected);
    }
    // A key alone does not say under which name it signs.
    let refused = receiver
        .vault
        .trust_key(&exported.public, &Trust::default(), &receiver.act);
    assert_eq!(code(refused), "invalid_value");
    assert!(receiver.vault.trusted_keys().unwrap().is_empty());
    let _ = path;
}

#[test]
fn trust_has_a_beginning_and_an_end() {
    let (sender, receiver, file, path) = two();
    let sealed = sender.vault.seals(&sender.case("default"), 0, 1).unwrap()[0]
        .ts_utc
        .clone();
    let (early, late) = (
        "2001-01-01T00:00:00.000000+00:00",
        "2999-01-01T00:00:00.000000+00:00",
    );
    for (from, until, answer) in [
        (None, None, SignerAnswer::Trusted),
        (Some(early), Some(late), SignerAnswer::Trusted),
        (Some(sealed.as_str()), None, SignerAnswer::Trusted),
        (Some(late), None, SignerAnswer::Expired),
        (None, Some(early), SignerAnswer::Expired),
        (None, Some(sealed.as_str()), SignerAnswer::Expired),
    ] {
        trust(
            &receiver,
            &path,
            &Trust {
                from,
                until,
                ..Trust::default()
            },
        );
        assert_eq!(receiver.check(&file).signer, answer, "{from:?} {until:?}");
    }
    assert_eq!(
        receiver.vault.trusted_keys().unwrap().len(),
        1,
        "said again, not twice"
    );
    for (from, until) in [
        (Some("2026"), None),
        (Some(late), Some(early)),
        (Some(early), Some(early)),
    ] {
        let asked = Trust {
            from,
            until,
            ..Trust::default()
        };
        let refused = receiver.vault.trust_key(&path, &asked, &receiver.act);
        assert_eq!(code(refused), "invalid_value");
    }
}

#[test]
fn trust_is_taken_back() {
    let (sender, receiver, file, path) = two();
    let entry = trust(&receiver, &path, &Trust::default());
    assert!(receiver.check(&file).accepted);
    let found = receiver
        .vault
        .find_trusted_key(&sender.active().toolchain_id)
        .unwrap();
    receiver
        .vault
        .distrust_key(&found, "left the office", &receiver.act)
        .unwrap();
    assert_eq!(receiver.check(&file).signer, SignerAnswer::Unconfirmed);
    let events = receiver.vault.house_events(0, 100).unwrap();
    let last = events.last().unwrap();
    assert_eq!(string(&content(last), "change"), "distrusted");
    assert_eq!(string(&source(last), "reason"), "left the office");
    let again = receiver.vault.distrust_key(&entry, "", &receiver.act);
    assert_eq!(code(again), "key_unknown");
}

#[test]
fn a_revocation_by_the_key_itself_is_taken_over_and_stays() {
    let (sender, receiver, file, path) = two();
    trust(&receiver, &path, &Trust::default());
    let key = sender.active();
    let how = Revocation {
        reason: "stolen",
        ..Revocation::default()
    };
    let revoked = sender.vault.revoke_key(&key, &how, &sender.act).unwrap();
    let taken = receiver
        .vault
        .take_revocation(&revoked.statement, &receiver.act)
        .unwrap();
    assert_eq!(taken.revoked.len(), 1);
    assert_eq!(receiver.check(&file).signer, SignerAnswer::Revoked);
    let events = receiver.vault.house_events(0, 100).unwrap();
    assert_eq!(
        string(&content(events.last().unwrap()), "change"),
        "revoked"
    );
    // Again: nothing more happens.
    let again = receiver
        .vault
        .take_revocation(&revoked.statement, &receiver.act)
        .unwrap();
    assert!(again.revoked.is_empty());
    assert_eq!(
        receiver.vault.house_events(0, 100).unwrap().len(),
        events.len()
    );

    // What is revoked is neither trusted again, under whatever name, nor forgotten.
    let renamed = Trust {
        toolchain_id: Some("OTHER"),
        ..Trust::default()
    };
    for asked in [Trust::default(), renamed] {
        let refused = receiver.vault.trust_key(&path, &asked, &receiver.act);
        assert_eq!(code(refused), "trust_revoked");
    }
    let entry = receiver.vault.trusted_keys().unwrap().remove(0);
    assert_eq!(
        code(receiver.vault.distrust_key(&entry, "", &receiver.act)),
        "trust_revoked"
    );
}

#[test]
fn a_revocation_that_the_key_did_not_sign_is_refused() {
    let (sender, receiver, file, path) = two();
    trust(&receiver, &path, &Trust::default());
    let key = sender.active();
    let stranger = bundle::key::SigningKey::from_seed(&[3; 32]);
    let time = "2026-03-01T10:00:07.137000+00:00";
    let given = receiver.path("given.json");
    let take = |statement: bundle::canon::Object| {
        fs::write(&given, bundle::canon::Value::from(statement).to_canonical()).unwrap();
        receiver.vault.take_revocation(&given, &receiver.act)
    };
    assert_eq!(
        code(take(write(&key.public, time, Some(&stranger)))),
        "statement_invalid"
    );
    assert_eq!(
        code(take(write(&key.public, time, None))),
        "statement_invalid"
    );
    let foreign = write(&stranger.public_key(), time, Some(&stranger));
    assert_eq!(code(take(foreign)), "key_unknown");
    fs::write(&given, "{").unwrap();
    let refused = receiver.vault.take_revocation(&given, &receiver.act);
    assert_eq!(code(refused), "statement_invalid");
    assert!(receiver.check(&file).accepted);
}

#[test]
fn a_card_introduces_the_key_that_follows_a_trusted_one() {
    let (sender, receiver, _, path) = two();
    let old = sender.active();
    trust(&receiver, &path, &Trust::default());
    sender.rotate();
    sender.rotate();
    let case = sender.case("default");
    let third = sender.sealed(&case, "three");
    let card = sender.vault.bundle_path(&third).unwrap();
    let added = receiver
        .vault
        .trust_key(&card, &Trust::default(), &receiver.act)
        .unwrap();
    assert_eq!(added.introduced_by, Some(old.toolchain_id.clone()));
    assert!(receiver.check(&sender.bytes(&third)).accepted);

    // Whoever trusts none of the keys before hears of no introduction.
    let stranger = House::new();
    let added = stranger
        .vault
        .trust_key(&card, &Trust::default(), &stranger.act)
        .unwrap();
    assert_eq!(added.introduced_by, None);

    // After a loss nobody introduces the new key.
    fs::remove_file(sender.keys().join(&sender.active().file_name)).unwrap();
    let lost = Replacement {
        lost: true,
        ..Replacement::default()
    };
    sender.vault.replace_key(&lost, &sender.act).unwrap();
    let fourth = sender.sealed(&case, "four");
    let card = sender.vault.bundle_path(&fourth).unwrap();
    let added = receiver
        .vault
        .trust_key(&card, &Trust::default(), &receiver.act)
        .unwrap();
    assert_eq!(added.introduced_by, None);
}

#[test]
fn a_card_that_proves_an_earlier_key_revoked_is_heeded() {
    let (sender, receiver, file, path) = two();
    let old = sender.active();
    trust(&receiver, &path, &Trust::default());
    sender.rotate();
    sender
        .vault
        .revoke_key(&old, &Revocation::default(), &sender.act)
        .unwrap();
    let second = sender.sealed(&sender.case("default"), "two");
    let card = sender.vault.bundle_path(&second).unwrap();
    let added = receiver
        .vault
        .trust_key(&card, &Trust::default(), &receiver.act)
        .unwrap();
    assert_eq!(added.revoked, [old.toolchain_id]);
    assert_eq!(receiver.check(&file).signer, SignerAnswer::Revoked);
}
