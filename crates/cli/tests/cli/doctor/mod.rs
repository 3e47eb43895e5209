//! A corpus of damaged data roots: each is a copy of one good root with one thing damaged, and what `doctor` says of it.

mod blobs;
mod bundles;
mod databases;
mod ledgers;
pub mod place;
mod surroundings;

use place::Root;

/// What a sound root that nobody has backed up gives reason to say.
const ALWAYS: [&str; 4] = [
    "warning[no_backup]: ",
    "note[key_unlocked]: ",
    "note[texts_pending]: ",
    "note[search_behind]: ",
];

#[test]
fn a_sound_root() {
    let root = Root::new();
    for arguments in [&[][..], &["--read-data"]] {
        let ran = root.run("doctor", arguments);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
        let expected = "\
warning[no_backup]: no backup is on record: this is the only copy
  next: Make one on another disk with `fieldgrade backup FOLDER`.
note[key_unlocked]: the signing key FG_KEY is not locked with a passphrase
  at: RUNTIME/keys/toolchain_ed25519.pem
";
        let said = root.plain(&ran.out);
        assert!(said.starts_with(expected), "{said}");
        assert_eq!(root.says(arguments), (0, String::new()));
    }
    let out = root.run("doctor", &[]).out;
    assert!(
        out.ends_with(
            "Checked: 10 entries, 4 items, 7 stored files and 1 sealed package, whose bytes were not read (--read-data does).\nNothing is missing.\n"
        ),
        "{out}"
    );
    let out = root.run("doctor", &["--read-data"]).out;
    assert!(out.contains(", every byte read ("), "{out}");
    assert!(out.ends_with("\nNo damage is left.\n"), "{out}");
    let document = root.run("doctor", &["--json"]).document();
    assert_eq!(
        (&document["errors"], &document["checked"]["items"]),
        (&0.into(), &4.into())
    );
    assert_eq!(document["findings"][0]["code"], "no_backup");
}

#[test]
fn nothing_is_written_by_looking() {
    let root = Root::new();
    let before = root.contents();
    root.run("doctor", &["--read-data"]);
    assert_eq!(root.contents(), before);
}

#[test]
fn there_is_no_such_root() {
    let root = Root::empty();
    let ran = root.run("doctor", &[]);
    assert_eq!(ran.status, 3);
    assert!(
        ran.err.starts_with("error[not_a_data_root]: "),
        "{}",
        ran.err
    );
}
