//! Keys, as people and programs manage them.

use std::os::unix::fs::PermissionsExt;

use crate::house::House;

const PASS: (&str, &str) = ("FG_KEY_PASSPHRASE", "correct horse");

#[test]
fn a_key_is_locked_used_and_unlocked() {
    let house = House::new();
    house.seal(&[], "one");
    let path = house.key_file("toolchain_ed25519.pem");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let locked = house.json(&[PASS], &["keys", "lock"]);
    assert_eq!(locked["file_state"], "locked");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("FIELDGRADE LOCKED KEY, VERSION 1\n"));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let path = house.files.write("two.txt", "two");
    house.json(&[], &["ingest", &path]);
    let (code, next) = house.refused(&[], &["seal"], 1);
    assert_eq!(code, "key_locked");
    assert!(next.contains("FG_KEY_PASSPHRASE"));
    let wrong = [("FG_KEY_PASSPHRASE", "wrong")];
    assert_eq!(house.refused(&wrong, &["seal"], 1).0, "passphrase_wrong");
    house.json(&[PASS], &["seal"]);
    // From a file, with the line end that an editor leaves; the file that is not there is named.
    let file = house.files.write("passphrase", "correct horse\n");
    house.seal(&[("FG_KEY_PASSPHRASE_FILE", &file)], "three");
    let none = house.files.path("none");
    assert_eq!(
        house
            .refused(&[("FG_KEY_PASSPHRASE_FILE", &none)], &["seal"], 3)
            .0,
        "no_such_file"
    );

    // Another passphrase needs both.
    assert_eq!(house.refused(&[PASS], &["keys", "lock"], 2).0, "usage");
    let both = [PASS, ("FG_KEY_NEW_PASSPHRASE", "battery staple")];
    house.json(&both, &["keys", "lock"]);
    assert_eq!(
        house.refused(&[PASS], &["keys", "unlock"], 1).0,
        "passphrase_wrong"
    );
    let new = [("FG_KEY_PASSPHRASE", "battery staple")];
    assert_eq!(house.json(&new, &["keys", "unlock"])["file_state"], "open");
    house.seal(&[], "four");
}

#[test]
fn a_passphrase_is_never_an_argument_and_never_shown() {
    let house = House::new();
    house.seal(&[], "one");
    for arguments in [
        ["keys", "lock", "--passphrase=x"],
        ["keys", "rotate", "--passphrase=x"],
        ["keys", "export", "--passphrase=x"],
    ] {
        assert_eq!(house.refused(&[], &arguments, 2).0, "usage");
    }
    for arguments in [
        &["keys", "lock"][..],
        &["keys", "list"],
        &["keys", "rotate"],
        &["keys", "show"],
    ] {
        let ran = house.run_with(&[PASS], arguments);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(!ran.out.contains("correct horse") && !ran.err.contains("correct horse"));
        assert!(!ran.out.contains("PRIVATE") && !ran.err.contains("PRIVATE"));
    }
}

#[test]
fn a_changed_key_is_listed_and_both_packages_verify() {
    let house = House::new();
    let first = house.seal(&[], "one");
    let rotated = house.json(&[], &["keys", "rotate", "--reason", "yearly change"]);
    assert_eq!(rotated["projects"], serde_json::json!(["default"]));
    let second = house.seal(&[], "two");
    let list = house.json(&[], &["keys", "list"]);
    let states: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["rotated", "active"]);
    for bundle in [&first, &second] {
        assert_eq!(house.json(&[], &["verify", bundle])["signer"], "trusted");
    }
    let text = house.run(&["keys"]).out;
    assert!(
        text.contains("another key followed it") && text.contains("signs now"),
        "{text}"
    );
    let ledger = house.run(&["ledger"]).out;
    assert!(ledger.contains("The signing key was changed"), "{ledger}");
    assert_eq!(
        house.refused(&[], &["keys", "show", "nobody"], 1).0,
        "key_unknown"
    );
}

#[test]
fn a_lost_key_is_replaced_only_when_it_is_said_to_be_lost() {
    let house = House::new();
    house.seal(&[], "one");
    assert_eq!(
        house.refused(&[], &["keys", "replace", "--lost"], 1).0,
        "key_at_hand"
    );
    std::fs::remove_file(house.key_file("toolchain_ed25519.pem")).unwrap();
    let path = house.files.write("two.txt", "two");
    house.json(&[], &["ingest", &path]);
    let (code, next) = house.refused(&[], &["seal"], 1);
    assert_eq!(code, "key_missing");
    assert!(next.contains("keys replace --lost"));
    assert_eq!(house.refused(&[], &["keys", "replace"], 1).0, "key_missing");
    assert!(!house.key_file("toolchain_ed25519.2.pem").exists());
    let ran = house.run(&["keys", "replace", "--lost", "--reason", "stolen"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("nobody trusts the new key yet"));
    let sealed = house.json(&[], &["seal"]);
    assert_eq!(sealed["number"], 2);
}

#[test]
fn a_revoked_key_is_heeded_by_whoever_trusts_it() {
    let (sender, receiver) = (House::new(), House::new());
    let bundle = sender.seal(&[], "one");
    let key = sender.json(&[], &["keys", "show"]);
    let fingerprint = key["fingerprint"].as_str().unwrap();
    let id = key["toolchain_id"].as_str().unwrap();
    // A check with a data root; a receiver who has sealed nothing needs one.
    receiver.json(&[], &["projects", "create", "mine"]);
    let verify = ["verify", &bundle, "--json"];
    let signer = |house: &House| house.run(&verify).document()["signer"].clone();
    let before = signer(&receiver);
    assert_eq!(before, "unconfirmed");

    let other = "0".repeat(64);
    let trust = |fingerprint: &str| {
        [
            "keys",
            "trust",
            &bundle,
            "--fingerprint",
            fingerprint,
            "--until",
            "2999-12-31",
        ]
        .map(str::to_owned)
    };
    let wrong = trust(&other);
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert_eq!(receiver.refused(&[], &wrong, 1).0, "key_other");
    assert_eq!(
        receiver
            .refused(&[], &["keys", "trust", &bundle, "--fingerprint", "12"], 2)
            .0,
        "fingerprint_malformed"
    );
    assert_eq!(
        receiver
            .refused(&[], &["keys", "trust", &bundle, "--from", "soon"], 2)
            .0,
        "usage"
    );
    let right = trust(fingerprint);
    let right: Vec<&str> = right.iter().map(String::as_str).collect();
    let added = receiver.json(&[], &right);
    assert_eq!(added["until"], "3000-01-01T00:00:00.000000+00:00");
    assert_eq!(signer(&receiver), "trusted");

    let statement = sender.files.path("revocation.json");
    let revoked = sender.json(
        &[],
        &[
            "keys", "revoke", id, "--reason", "copied", "--out", &statement,
        ],
    );
    assert_eq!(revoked["signed"], true);
    let taken = receiver.json(&[], &["keys", "revocation", &statement]);
    assert_eq!(taken["revoked"][0]["toolchain_id"], id);
    assert_eq!(signer(&receiver), "revoked");
    assert_eq!(receiver.refused(&[], &right, 1).0, "trust_revoked");
    let list = receiver.run(&["keys", "trusted"]).out;
    assert!(list.contains("revoked by its holder"), "{list}");

    let path = sender.files.write("two.txt", "two");
    sender.json(&[], &["ingest", &path]);
    let (code, next) = sender.refused(&[], &["seal"], 1);
    assert_eq!(code, "key_revoked");
    assert!(next.contains("keys replace"));
    sender.json(&[], &["keys", "replace"]);
    sender.json(&[], &["seal"]);
}

#[test]
fn trust_is_taken_back() {
    let (sender, receiver) = (House::new(), House::new());
    sender.seal(&[], "one");
    let out = sender.files.path("for others");
    let exported = sender.json(&[], &["keys", "export", &out]);
    let card = exported["card"].as_str().unwrap();
    let ran = receiver.run(&["keys", "trust", card, "--name", "Harbour Office"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.err.contains("nobody has confirmed the key"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("Harbour Office"));
    let id = exported["toolchain_id"].as_str().unwrap();
    receiver.json(&[], &["keys", "distrust", id, "--reason", "left"]);
    let trusted = receiver.json(&[], &["keys", "trusted"]);
    assert_eq!(trusted["items"], serde_json::json!([]));
    assert_eq!(
        sender.refused(&[], &["keys", "export", &out], 3).0,
        "file_exists"
    );
}

#[test]
fn a_private_key_travels_locked() {
    let (one, two) = (House::new(), House::new());
    one.seal(&[], "one");
    let copy = one.files.path("copy.key");
    let export = ["keys", "export", "--private", &copy];
    assert_eq!(one.refused(&[], &export, 2).0, "usage");
    assert!(!std::path::Path::new(&copy).exists());
    one.json(&[("FG_KEY_NEW_PASSPHRASE", "correct horse")], &export);
    assert!(!std::fs::read_to_string(&copy).unwrap().contains("PRIVATE"));
    assert_eq!(
        two.refused(&[], &["keys", "import", &copy], 1).0,
        "key_locked"
    );
    let imported = two.json(&[PASS], &["keys", "import", &copy, "--name", "FG_DESK"]);
    assert_eq!(imported["toolchain_id"], "FG_DESK");
    assert_eq!(
        imported["file_state"], "locked",
        "what came locked stays locked"
    );
    let same = one.json(&[], &["keys", "show"]);
    assert_eq!(imported["fingerprint"], same["fingerprint"]);
    two.seal(&[PASS], "two");
    let card = two.json(&[PASS], &["keys", "card"]);
    assert_eq!(card["toolchain_id"], "FG_DESK");
}
