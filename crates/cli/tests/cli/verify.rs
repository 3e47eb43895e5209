use crate::program::{Files, Ran, run};

const SERIES_1: &str = "ours/good/series-1.zip";
const STRICT: [&str; 4] = [
    "--policy",
    "ours/kits/strict/policy.yaml",
    "--allowlist",
    "ours/kits/strict/allowlist.yaml",
];
/// The fingerprint of the key that sealed it.
const FINGERPRINT: &str = "293c706124888d1bb9a55e74d10ca88dd807b6a4ea3a67873036706d75a49d0f";

fn verify(arguments: &[&str]) -> Ran {
    run(&[&["verify"], arguments].concat())
}

#[test]
fn an_accepted_bundle() {
    let ran = verify(&[&[SERIES_1], &STRICT[..]].concat());
    assert_eq!(
        ran.out,
        "\
Nothing was changed since it was sealed on 2026-03-01 10:00 UTC by the sealing device's clock. Signed by Ada Ström.
ACCEPTED.

  Unchanged?      Yes. Every byte is the one that was listed when it was sealed.
  Signed by?      Ada Ström, with a key that you trust.
  Your rules?     Met (FG_STRICT).
  Its time?       Only the sealing device's clock says when.

  Case            Harbour bridge
  Package         no. 1
  Label           spring round, day 1
  Sealed at       2026-03-01 10:00:56 UTC
  Documents       3
  Entries         1 to 8
  Series          complete up to this package
  File SHA-256    7b3b89b2c37239e91986a7b517912c30621fe2025998f56877acccc5f1f44e3d
"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 0));
}

#[test]
fn a_signer_who_is_not_confirmed() {
    let ran = verify(&[SERIES_1]);
    assert_eq!(
        ran.out,
        "\
Nothing was changed since it was sealed on 2026-03-01 10:00 UTC by the sealing device's clock. \
Not yet confirmed: who sealed it. Compare this fingerprint with the one you were given.
NOT ACCEPTED until you confirm who sealed it.

  Unchanged?      Yes. Every byte is the one that was listed when it was sealed.
  Signed by?      NOT CONFIRMED. The card in it says: Ada Ström.
  Your rules?     Met (FIELDGRADE_V1).
  Its time?       Only the sealing device's clock says when.

  Case            Harbour bridge
  Package         no. 1
  Label           spring round, day 1
  Sealed at       2026-03-01 10:00:56 UTC
  Documents       3
  Entries         1 to 8
  Series          complete up to this package
  File SHA-256    7b3b89b2c37239e91986a7b517912c30621fe2025998f56877acccc5f1f44e3d
  Fingerprint     293c706124888d1bb9a55e74d10ca88dd807b6a4ea3a67873036706d75a49d0f

failed[toolchain_not_allowed]: It is not confirmed who signed: the key is not among those you trust.
  found: FG_DESK, key 293c706124888d1bb9a55e74d10ca88dd807b6a4ea3a67873036706d75a49d0f
  next: Compare the fingerprint with the one the sender gave you by another way, then trust the key.
"
    );
    assert_eq!(
        ran.err,
        "\
hint: ask the sender, by telephone or face to face, for the fingerprint of their key, and give it with --fingerprint
hint: the keys that you trust are given with --allowlist FILE; none were
"
    );
    assert_eq!(ran.status, 1);
    assert_eq!(verify(&[SERIES_1, "--quiet"]).err, "");
}

#[test]
fn a_fingerprint_confirms_and_a_wrong_one_does_not() {
    let spaced = FINGERPRINT.to_uppercase().replace("BB9A", " bb:9A-");
    let ran = verify(&[SERIES_1, "--fingerprint", &spaced]);
    assert_eq!((ran.err.as_str(), ran.status), ("", 0));
    assert!(ran.out.contains("\nACCEPTED.\n"), "{}", ran.out);

    let other = FINGERPRINT.replace('2', "3");
    let ran = verify(&[SERIES_1, "--fingerprint", &other]);
    assert_eq!((ran.err.as_str(), ran.status), ("", 1));
    assert!(ran.out.contains("\nREFUSED.\n"), "{}", ran.out);
    assert!(
        ran.out.contains("failed[fingerprint_mismatch]"),
        "{}",
        ran.out
    );

    let ran = verify(&[SERIES_1, "--fingerprint", &FINGERPRINT[1..]]);
    assert_eq!(
        ran.err,
        "\
error[fingerprint_malformed]: A fingerprint has 64 digits from 0 to 9 and a to f; this is something else.
  at: --fingerprint
  next: Copy the whole fingerprint; spaces, colons and hyphens between the digits do no harm.
"
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));
}

#[test]
fn any_signer_accepts_and_says_so() {
    let ran = verify(&[SERIES_1, "--any-signer"]);
    assert_eq!(ran.status, 0);
    let verdict = "\nACCEPTED, although the signer is not confirmed (--any-signer).\n";
    assert!(ran.out.contains(verdict), "{}", ran.out);
    assert!(
        ran.out
            .contains("NOT CONFIRMED. The card in it says: Ada Ström.")
    );
}

#[test]
fn a_changed_bundle() {
    let ran = verify(&[
        "bad/flipped-blob-byte.zip",
        "--policy",
        "kits/strict/policy.yaml",
        "--allowlist",
        "kits/strict/allowlist.yaml",
    ]);
    assert_eq!(
        ran.out,
        "\
This is not what was sealed: something was changed. Do not rely on it. Signed by a key that you trust.
REFUSED.

  Unchanged?      NO. Something is not what was sealed.
  Signed by?      The holder of a key that you trust.
  Your rules?     Not checked (FG_STRICT).
  Its time?       Only the sealing device's clock says when.

  Label           one-text
  Sealed at       2026-11-24 18:33:08 UTC
  File SHA-256    22d0d3026faac314b9036484392b211debf4bdf23c7e5cf85d484f018e9be5c1

failed[hash_mismatch]: The bytes of a member are not the bytes that were sealed.
  at: cas/raw/839081d0b14428a40c89d429371efcd2e6fc78371e5f28ff143fb89b25be07a9
  found: 839081d0b14428a40c89d429371efcd2e6fc78371e5f28ff143fb89b25be07a9 was sealed
  next: Ask the sender for the file again and compare its SHA-256 with theirs.

failed[blob_name_mismatch]: A document's bytes do not match the digest that is its name.
  at: cas/raw/839081d0b14428a40c89d429371efcd2e6fc78371e5f28ff143fb89b25be07a9
  found: its digest is 28bfb929b43aa44d144be360b6fd504333d19cbee36efd9880f7f553acf61979
  next: Tell the sender: their program put the bundle together wrongly.
"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 1));
}

#[test]
fn a_file_that_is_no_bundle() {
    let ran = verify(&["bad/truncated.zip"]);
    assert_eq!(
        ran.out,
        "\
This file cannot be read as a bundle. Who sealed it was not checked.
REFUSED.

  Unchanged?      CANNOT BE SAID. The file cannot be read as a bundle.
  Signed by?      Not checked.
  Your rules?     Not checked (FIELDGRADE_V1).
  Its time?       Not checked.

  File SHA-256    71d7660e9c2b58c8fe065bc6dbeb973e197234e86b5cb4b2d4fa85ea3385c5d5

failed[zip_malformed]: This is not a ZIP archive, or a part of it is missing.
  found: no end record: not a ZIP archive, or cut short
  next: Ask the sender for the file again and compare its SHA-256 with theirs.
"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 1));
}

#[test]
fn what_cannot_be_opened() {
    let folder = Files::new();
    let missing = folder.path("none.zip");
    for (path, expected) in [
        (
            missing.as_str(),
            "\
error[no_such_file]: There is no file of this name.
  at: DIR/none.zip
  next: Check the path, and whether the drive is connected.
",
        ),
        (
            "ours/good",
            "\
error[is_a_directory]: This is a folder, not a file.
  at: ours/good
  next: Name the file inside it.
",
        ),
        (
            "/dev/null",
            "\
error[not_a_file]: This is a device, a pipe or a socket, not a file.
  at: /dev/null
  next: Save it as a file first.
",
        ),
    ] {
        let ran = verify(&[path]);
        assert_eq!(folder.hide(&ran.err), expected);
        assert_eq!((ran.out.as_str(), ran.status), ("", 3));
    }
}

#[test]
fn rules_that_cannot_be_read() {
    let folder = Files::new();
    let policy = folder.write(
        "rules.yaml",
        "mode: REVIEW_ONLY\nthresholds:\n  max: [1, 2\nx: 1\n",
    );
    let ran = verify(&[SERIES_1, "--policy", &policy]);
    assert_eq!(
        folder.hide(&ran.err),
        "\
error[policy_unreadable]: This is not YAML: invalid indentation.
  at: DIR/rules.yaml, line 4, column 2
  next: Compare the indentation, quotes and brackets with the lines around it.
"
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));

    let policy = folder.write(
        "wrong.yaml",
        "meap_v1:\n  thresholds:\n    max_bundle_mb: many\n",
    );
    let ran = verify(&[SERIES_1, "--policy", &policy]);
    assert!(
        ran.err
            .starts_with("error[policy_wrong_type]: `thresholds.max_bundle_mb` should be")
    );
    assert!(ran.err.contains("\n  at: "), "{}", ran.err);
    assert!(
        ran.err.contains("wrong.yaml, line 3, column "),
        "{}",
        ran.err
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));
}

#[test]
fn keys_that_cannot_be_read() {
    let folder = Files::new();
    let list = "allowlist:\n  toolchain_ids:\n    - {id: DESK, pubkey_path: keys.pub}\n";
    let list = folder.write("list.yaml", list);
    let ran = verify(&[SERIES_1, "--allowlist", &list]);
    assert_eq!(
        folder.hide(&ran.err),
        "\
error[key_file_missing]: The list of keys names a key file that is not there.
  at: DIR/list.yaml, entry \"DESK\", key file DIR/keys.pub
  next: Put the file there, or correct or remove the entry.
"
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));

    folder.write(
        "keys.pub",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    );
    let ran = verify(&[SERIES_1, "--allowlist", &list]);
    assert_eq!(
        folder.hide(&ran.err),
        "\
error[key_malformed]: This is not an Ed25519 key in the form of RFC 8410.
  at: DIR/list.yaml, entry \"DESK\", key file DIR/keys.pub
  next: Ask the owner of the key for the file again: a PEM block \"PUBLIC KEY\" with an Ed25519 key.
"
    );
    assert_eq!((ran.out.as_str(), ran.status), ("", 2));
}

/// Every way to end, as one document each.
#[test]
fn programs_get_one_document_whatever_happens() {
    let folder = Files::new();
    let policy = folder.write("rules.yaml", "a: [");
    let list = "allowlist: {toolchain_ids: [{id: DESK, pubkey_path: none.pub}]}";
    let list = folder.write("list.yaml", list);
    let accepted = [&[SERIES_1], &STRICT[..]].concat();
    let cases: [(&[&str], i32, &str); 9] = [
        (&accepted, 0, ""),
        (&[SERIES_1], 1, "toolchain_not_allowed"),
        (
            &["bad/flipped-blob-byte.zip"],
            1,
            "hash_mismatch:cas/raw/839081d0b14428a40c89d429371efcd2e6fc78371e5f28ff143fb89b25be07a9",
        ),
        (&["bad/truncated.zip"], 1, "zip_malformed"),
        (&["none.zip"], 3, "no_such_file"),
        (&["ours"], 3, "is_a_directory"),
        (&[SERIES_1, "--policy", &policy], 2, "policy_unreadable"),
        (&[SERIES_1, "--allowlist", &list], 2, "key_file_missing"),
        (&[], 2, "usage"),
    ];
    for (arguments, status, code) in cases {
        let ran = verify(&[arguments, &["--json"]].concat());
        let document = ran.document();
        assert_eq!(ran.status, status, "{arguments:?}");
        let refused = &document["verdict"];
        let told = if refused.is_null() {
            let error = &document["error"];
            assert!(
                error["message"].is_string() && error["next"].is_string(),
                "{error}"
            );
            &error["code"]
        } else {
            assert_eq!(refused, if status == 0 { "accepted" } else { "refused" });
            assert!(!document["checks"].as_array().unwrap().is_empty());
            &document["code"]
        };
        assert_eq!(told.as_str().unwrap_or_default(), code, "{arguments:?}");
    }
}
