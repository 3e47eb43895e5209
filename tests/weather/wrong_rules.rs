//! Rules and lists of keys that cannot be read: the place is named by line and column.

use support::program::Room;
use support::sound;

use crate::sealed_case;

#[test]
fn line_and_column_are_named() {
    let room = Room::new();
    let bundle = sealed_case(&room, 1);
    room.write("files/new", "new");
    room.run(&["ingest", "files/new"]).ends(0);
    room.write("cut.yaml", "meap_v1:\n  mode: [\n");
    room.write("kind.yaml", "meap_v1:\n  thresholds: 3\n");
    room.write("list.yaml", "allowlist:\n  toolchain_ids: 3\n");
    room.write("flow.yaml", "allowlist:\n  toolchain_ids:\n    - {id: a\n");
    let cases = [
        ("--policy", "cut.yaml", "error[policy_unreadable]: This is not YAML: while parsing a node, did not find expected node content.
  at: cut.yaml, line 3, column 1
  next: Compare the indentation, quotes and brackets with the lines around it.
"),
        ("--policy", "kind.yaml", "error[policy_wrong_type]: `thresholds` should be a mapping.
  at: kind.yaml, line 2, column 15
  next: Put a mapping there, or remove the key.
"),
        ("--allowlist", "list.yaml", "error[policy_wrong_type]: `allowlist.toolchain_ids` should be a list.
  at: list.yaml, line 2, column 18
  next: Put a list there, or remove the key.
"),
        ("--allowlist", "flow.yaml", "error[policy_unreadable]: This is not YAML: while parsing a flow mapping, did not find expected ',' or '…
  at: flow.yaml, line 4, column 1
  next: Compare the indentation, quotes and brackets with the lines around it.
"),
    ];
    for (option, file, expected) in cases {
        for command in [
            &["seal", option, file][..],
            &["verify", &bundle, option, file],
        ] {
            let ran = room.run(command).ends(2);
            assert_eq!(
                (ran.out.as_str(), ran.err.as_str()),
                ("", expected),
                "{command:?}"
            );
        }
    }
    let sealed = room.run(&["seal", "--json"]).ends(0).document();
    assert_eq!(sealed["number"], 2, "nothing was begun by the refused ones");
    sound::sealed(&room, &sealed);
}

#[test]
fn a_key_that_the_list_names_and_nobody_has() {
    let room = Room::new();
    let bundle = sealed_case(&room, 1);
    room.write(
        "list.yaml",
        "allowlist:\n  toolchain_ids:\n    - id: X\n      pubkey_path: gone.pub\n",
    );
    let ran = room
        .run(&["verify", &bundle, "--allowlist", "list.yaml"])
        .ends(2);
    assert_eq!(
        ran.err,
        "error[key_file_missing]: The list of keys names a key file that is not there.
  at: list.yaml, entry \"X\", key file gone.pub
  next: Put the file there, or correct or remove the entry.
"
    );
}
