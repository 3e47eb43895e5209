//! Where settings come from.

use crate::doctor::place::{Root, ran};

#[test]
fn each_setting_says_where_it_came_from() {
    let root = Root::new();
    let file = root.root().join("fieldgrade_ui/runtime/fieldgrade.toml");
    std::fs::write(&file, "disk_reserve_bytes = 1_000_000\n").unwrap();
    let mut command = root.command("config", &[]);
    command.env("FG_KEY_PASSPHRASE", "hush hush");
    let ran = ran(command);
    let begins = "\
FG_DATA_DIR = ROOT
  from --data-dir: where cases, documents and keys are kept
FG_DISK_RESERVE_BYTES = 1000000
  from line 1 of the file: how many bytes should stay free, so that the record can always be written
FG_KEY_PASSPHRASE = (set, and not shown)
  from the variable: unlocks the signing key
FG_KEY_NEW_PASSPHRASE = (none)
  by default: locks a signing key anew
FG_KEY_PASSPHRASE_FILE = (none)
  by default: a file with the passphrase that unlocks the signing key
FG_KEY_NEW_PASSPHRASE_FILE = (none)
  by default: a file with the passphrase that locks a signing key anew
FG_HOST = 127.0.0.1
  by default: the address that the server listens at
";
    let out = ran.out.replace(root.root().to_str().unwrap(), "ROOT");
    assert!(out.starts_with(begins), "{out}");
    assert!(out.contains("\nFG_API_TOKEN = (none)\n"), "{out}");
    assert!(
        out.ends_with("\nThe file is ROOT/fieldgrade_ui/runtime/fieldgrade.toml.\n"),
        "{out}"
    );
    assert_eq!((ran.err.as_str(), ran.status), ("", 0));
}

#[test]
fn what_the_file_says_in_vain_is_named_with_its_line() {
    let root = Root::new();
    let file = root.root().join("fieldgrade_ui/runtime/fieldgrade.toml");
    std::fs::write(&file, "\nkey_passphrase = \"hush hush\"\nprot = 1\n").unwrap();
    let ran = root.run("config", &[]);
    let told = "
  line 2, key_passphrase: a secret does not belong into this file: name a file with key_passphrase_file
  line 3, prot: there is no setting of this name
";
    assert!(ran.out.ends_with(told) && ran.status == 1, "{}", ran.out);
    assert!(!ran.out.contains("hush"));
    let document = root.run("config", &["--json"]).document();
    assert_eq!(document["complaints"][1]["line"], 3);
    assert_eq!(document["settings"][1]["source"], "default");
    std::fs::write(&file, "disk_reserve_bytes = lots\n").unwrap();
    let ran = root.run("documents", &[]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.starts_with("error[config_unreadable]: ")
            && ran.err.contains("fieldgrade.toml, line 1\n"),
        "{}",
        ran.err
    );
}
