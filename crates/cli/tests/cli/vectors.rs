//! The vectors through the program.

use crate::program::{project, run};

/// Every vector through the program: the verdict of the index, and an exit status that never calls a refusal good.
#[test]
fn every_bundle_of_the_index_ends_as_it_should() {
    let index = project().join("tests/vectors/ours/index.json");
    let index: serde_json::Value = serde_json::from_slice(&std::fs::read(index).unwrap()).unwrap();
    for file in index["files"].as_array().unwrap() {
        let name = format!("ours/{}", file["name"].as_str().unwrap());
        let kit = format!("ours/kits/{}", file["kit"].as_str().unwrap());
        let (policy, list) = (
            format!("{kit}/policy.yaml"),
            format!("{kit}/allowlist.yaml"),
        );
        let ran = run(&[
            "verify",
            &name,
            "--policy",
            &policy,
            "--allowlist",
            &list,
            "--json",
        ]);
        let document = ran.document();
        let expect = &file["expect"];
        for key in ["verdict", "code", "integrity", "signer", "policy", "time"] {
            assert_eq!(document[key], expect[key], "{name}: {key}");
        }
        assert_eq!(
            ran.status,
            i32::from(expect["verdict"] != "accepted"),
            "{name}"
        );
    }
}

/// No vector, however hostile its names, sends a control character to the terminal.
#[test]
fn hostile_names_are_shown_harmless() {
    let mut shown = 0;
    for file in std::fs::read_dir(project().join("tests/vectors/bad")).unwrap() {
        let path = file.unwrap().path();
        for command in ["verify", "inspect"] {
            let ran = run(&[command, path.to_str().unwrap()]);
            assert!(
                matches!(ran.status, 0 | 1),
                "{}: {}",
                path.display(),
                ran.err
            );
            let text = ran.out + &ran.err;
            let bad = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(bad, None, "{}", path.display());
            shown += usize::from(text.contains('\u{fffd}'));
        }
    }
    assert!(shown > 0);
}

#[test]
fn all_shows_every_check_once_or_more() {
    let ran = run(&["verify", "ours/good/series-1.zip", "--all"]);
    let (_, checks) = ran.out.split_once("\nAll checks:\n").unwrap();
    assert_eq!(checks.lines().count(), 21);
    assert_eq!(
        checks
            .lines()
            .filter(|line| line.starts_with("  pass "))
            .count(),
        20
    );
    assert!(checks.contains(
        "  FAIL     Is it signed by somebody you trust? toolchain_not_allowed; FG_DESK,"
    ));
}

#[test]
fn an_increment_says_what_it_leaves_unchecked() {
    let ran = run(&["verify", "ours/good/series-3.zip"]);
    assert!(
        ran.out
            .contains("\n  Entries         16 to 23\n  Withdrawn items 4, 3\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("\n  Before it       not checked: events 1 to 15\n"),
        "{}",
        ran.out
    );
}
